"""What is kept of an answer of the asset host: its headers and what its bytes come to, not the bytes."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from golive.cdn.asset_manifest import Asset
from golive.cdn.cache_state import CacheState, cache_state, cache_words
from golive.net.errors import ProbeError
from golive.net.http_observation import HttpObservation

_NUMBERS = ("max-age", "s-maxage")


@dataclass(frozen=True, slots=True, repr=False)
class Glimpse:
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
    def cache_words(self) -> str:
        """What the answer says of its cache."""
        return cache_words(self.values)

    @property
    def policy(self) -> dict[str, str]:
        """Directives of Cache-Control (RFC 9111, 5.2) in lower case, with their values."""
        parts = (part.strip().partition("=") for part in (self.header("cache-control") or "").split(","))
        return {name.strip().lower(): value.strip(' "') for name, _, value in parts if name.strip()}

    def lifetime(self, *, shared: bool) -> timedelta | None:
        """Return how long the answer may be served unasked (RFC 9111, 4.2.1); None where it does not say."""
        policy = self.policy
        if "no-store" in policy or "no-cache" in policy or (shared and "private" in policy):
            return timedelta(0)
        for name in ("s-maxage", "max-age") if shared else ("max-age",):
            if policy.get(name, "").isdigit():
                return timedelta(seconds=min(int(policy[name]), 10**9))
        return self._until_expiry()

    def _until_expiry(self) -> timedelta | None:
        expires, date = self.header("expires"), self.header("date")
        if expires is None:
            return None
        try:
            return max(parsedate_to_datetime(expires) - parsedate_to_datetime(date or ""), timedelta(0))
        except (ValueError, TypeError):
            # An invalid date means "already expired" (RFC 9111, 5.3).
            return timedelta(0)


Look = Glimpse | ProbeError


def glimpse(answer: HttpObservation, asset: Asset | None = None, claimed: str | None = None) -> Glimpse:
    """Keep of an answer what matters; its bytes are let go.

    Args:
        answer: complete.
        asset: what the manifest says of it.
        claimed: a host name that the suite claimed to be asked by.
    """
    fits = None
    if asset is not None and asset.digest is not None:
        algorithm, digest = asset.digest
        fits = hashlib.new(algorithm, answer.body).hexdigest() == digest
    start = answer.body[:512].lstrip().lower()
    echoes = claimed is not None and (
        claimed.encode() in answer.body or any(claimed in value for _, value in answer.headers)
    )
    return Glimpse(
        title=answer.title,
        status=answer.status,
        http_version=answer.http_version,
        headers=answer.headers,
        size=len(answer.body),
        sha256=hashlib.sha256(answer.body).hexdigest(),
        fits=fits,
        is_page=start.startswith((b"<!doctype html", b"<html")),
        echoes=echoes,
    )
