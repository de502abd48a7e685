"""What a survey of the asset host saw, and what is kept of each answer: not its bytes. Facts only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from golive.cdn.asset_manifest import Asset
from golive.cdn.cache_state import CacheState, cache_message, cache_state
from golive.cdn.profile import Cdn
from golive.net.address import Address
from golive.net.errors import ProbeError
from golive.net.headers import delta_seconds, read_cache_control, read_date


@dataclass(frozen=True, slots=True, repr=False)
class ResponseSummary:
    """One answer in short. Header names are in lower case."""

    title: str
    status: int
    http_version: str
    headers: tuple[tuple[str, str], ...]
    size: int
    """Bytes, not compressed."""
    sha256: str
    fits: bool | None
    """Whether the bytes have the digest that the manifest names; None where it names none."""
    is_page: bool
    """Whether the body begins like a page of HTML."""
    echoes: bool
    """Whether what the suite claimed of itself stands somewhere in the answer."""

    def values(self, name: str) -> tuple[str, ...]:
        """Return every field line of that name."""
        return tuple(value for key, value in self.headers if key.lower() == name)

    def header(self, name: str) -> str | None:
        """Return a header's value, several joined by a comma; None when missing."""
        values = self.values(name)
        return ", ".join(values) if values else None

    @property
    def cache(self) -> CacheState:
        """Whether a shared cache answered, as far as the answer says."""
        return cache_state(self.values)

    @property
    def cache_message(self) -> str:
        """What the answer says of its cache."""
        return cache_message(self.values)

    @property
    def policy(self) -> dict[str, str]:
        """Directives of Cache-Control in lower case, each with its value or nothing."""
        return read_cache_control(self.values("cache-control"))

    def lifetime(self, *, shared: bool) -> timedelta | None:
        """Return how long the answer may be served unasked (RFC 9111, 4.2.1); None where it does not say."""
        policy = self.policy
        # With field names, no-cache and private are about these fields only (5.2.2.4, 5.2.2.7).
        if "no-store" in policy or policy.get("no-cache") == "" or (shared and policy.get("private") == ""):
            return timedelta(0)
        for name in ("s-maxage", "max-age") if shared else ("max-age",):
            if name in policy:
                # What is no number of seconds means "stale" (4.2.1).
                return delta_seconds(policy[name]) or timedelta(0)
        return self._until_expiry()

    def _until_expiry(self) -> timedelta | None:
        if self.header("expires") is None:
            return None
        expires, date = read_date(self.header("expires")), read_date(self.header("date"))
        # An invalid date means "already expired" (RFC 9111, 5.3).
        return max(expires - date, timedelta(0)) if expires and date else timedelta(0)


Look = ResponseSummary | ProbeError


@dataclass(frozen=True, slots=True)
class AssetLook:
    """One asset at one address."""

    asset: Asset
    first: Look
    again: tuple[Look, ...] = ()
    """The same request again, until a hit or three times; only for the sampled assets."""
    same_date: bool | None = None
    """Whether two answers more than a second apart have the same Date; asked where nothing else tells."""
    plain: Look | None = None
    """The same, by a client that takes nothing compressed; only for the sampled assets."""


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """What one address of the asset host answers."""

    address: Address
    assets: tuple[AssetLook, ...]
    missing: Look
    """An asset that cannot exist."""
    new_query: Look | None
    """A file whose name carries no hash, with a query that nobody asked before."""
    claimed: tuple[Look, Look]
    """An asset asked in another host's name, and the same address asked plainly afterwards."""
    failing: tuple[Look, Look] | None
    """The path that fails on purpose, twice."""

    def facts(self) -> dict[str, JsonValue]:
        """How many assets were answered by what, and what is missing or fails."""
        return {
            "statuses": _counted([_status(look.first) for look in self.assets]),
            "missing asset": _shown(self.missing),
            "failing path": [_shown(look) for look in self.failing or ()],
        }

    @property
    def summaries(self) -> tuple[ResponseSummary, ...]:
        """Every answer about an asset."""
        looks = (
            look for seen in self.assets for look in (seen.first, *seen.again, seen.plain) if look is not None
        )
        return tuple(look for look in looks if isinstance(look, ResponseSummary))


@dataclass(frozen=True, slots=True)
class OriginLook:
    """What the origin answers, past the edge."""

    assets: dict[str, Look] = field(default_factory=dict)
    """Path to the answer to the suite, with the key."""
    stranger: Look | None = None
    """An asset asked for without the key."""
    closed: dict[str, Look] = field(default_factory=dict)
    """Public address of the origin to what it answers there."""


@dataclass(frozen=True, slots=True)
class CdnSurvey:
    """The asset host."""

    kind: ClassVar[str] = "http"

    cdn: Cdn
    assets: tuple[Asset, ...]
    manifest_source: str
    """``file``, ``origin``, ``edge`` or ``page``."""
    edge_manifest: frozenset[str] | None
    """Paths of the assets that the manifest at the edge names; None where none is served."""
    page: Look | None
    page_origin: str | None
    """What the page's browser sends as Origin."""
    page_assets: tuple[str, ...]
    """Paths at the asset host that the page refers to."""
    edges: tuple[EdgeLook, ...]
    origin: OriginLook

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"assets of {urlsplit(self.cdn.url).hostname}"

    def facts(self) -> dict[str, JsonValue]:
        """Counts, and the first answers of every address."""
        again: list[JsonValue] = [
            f"{look.asset.path}: {[_shown(one) for one in (look.first, *look.again)]}"
            for edge in self.edges
            for look in edge.assets
            if look.again
        ]
        return {
            "assets": len(self.assets),
            "named by": self.manifest_source,
            "assets of the page": len(self.page_assets),
            "asked again": again[:20],
            "addresses": {str(edge.address): edge.facts() for edge in self.edges},
            "compared with the origin": sum(
                isinstance(look, ResponseSummary) for look in self.origin.assets.values()
            ),
        }


def _status(look: Look) -> str:
    return str(look.status) if isinstance(look, ResponseSummary) else type(look).__name__


def _shown(look: Look) -> str:
    if isinstance(look, ProbeError):
        return f"{type(look).__name__}: {look.message}"
    return f"{look.status}, {look.cache_message}"


def _counted(words: Sequence[str]) -> dict[str, JsonValue]:
    return {word: words.count(word) for word in sorted(set(words))}


def is_hashed(cdn: Cdn, asset: Asset) -> bool:
    """Whether the asset's name carries a hash of its content, as the profile tells names."""
    return re.search(cdn.hashed_names, asset.path.rpartition("/")[2]) is not None
