"""What a profile says of the asset host: manifest, origin, purging, and how long things may be kept."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, Endpoint, HttpsUrl, HttpUrl, SecretName
from golive.profile.registry import extend, part

HASHED_NAME = (
    r"[-._](?:[0-9a-f]{8,64}|(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{8}(?![A-Za-z0-9_-]))"
    r"(?:\.chunk|\.min)?\.[a-z0-9]{2,5}$"
)
"""Names as the usual bundlers write them: a hexadecimal digest, or eight characters of base 64 or 36."""


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return value


class OriginKey(Frozen):
    """What the edge shows to the origin, which refuses everybody else."""

    header: str = "X-Origin-Key"
    """The request header that carries the key."""
    secret: SecretName
    """The secret that is the key."""


class AssetOrigin(Frozen):
    """Where the edge gets assets from, as far as the suite can reach it."""

    url: HttpUrl | None = None
    """Reachable for the suite, to compare bytes with."""
    key: OriginKey | None = None
    """How the edge identifies itself to the origin; None: the origin asks for nothing."""
    closed: tuple[Endpoint, ...] = ()
    """The origin's own public addresses: nobody may be served there."""


class Purge(Frozen):
    """The request that has the edge forget one address; ``{url}`` in the body or the URL stands for it."""

    url: HttpsUrl
    """Where the request is POSTed to."""
    body: JsonValue = {"files": ["{url}"]}
    """Sent as JSON."""
    header: str = "Authorization"
    """The request header that carries the credential."""
    scheme: str = "Bearer "
    """Put before the credential in that header."""
    secret: SecretName
    """The secret that is the credential."""
    within: Duration = timedelta(seconds=30)
    """How long it takes until the edge has forgotten."""


class ClientAddress(Frozen):
    """A route below the API's URL that says what client address the application sees."""

    route: str
    """Its path."""
    field: str = "address"
    """The field of its answer that holds the address."""
    ours: tuple[str, ...] = ()
    """Addresses that the suite comes from, where they are not its machine's own."""


class CdnBounds(Frozen):
    """What is long, large or late."""

    asset_lifetime: Duration = timedelta(days=30)
    """How long browsers must be allowed to keep an asset whose name carries its hash."""
    page_lifetime: Duration = timedelta(minutes=5)
    """How long anybody may keep a page before asking again."""
    error_lifetime: Duration = timedelta(minutes=1)
    """How long anybody may keep an answer that says an error."""
    compress_from: int = Field(default=1024, ge=0)
    """Bytes from which on texts are expected to be compressed."""
    largest_asset: int = Field(default=32_000_000, ge=1_000)
    """Bytes of the largest asset that is read."""
    samples: int = Field(default=6, ge=1, le=50)
    """Assets that are asked for again and again to see what the cache does; one of each kind first."""


class Cdn(Frozen):
    """The host that serves static assets."""

    url: HttpsUrl
    """The public base of all assets."""
    manifest: str | None = None
    """Path of the build's manifest at the asset host, and at its origin."""
    manifest_file: Path | None = None
    """The manifest as the build wrote it, where it is not served."""
    base: str = "/"
    """What the manifest's names stand below, such as ``/_next/``."""
    hashed_names: Annotated[str, AfterValidator(_pattern)] = HASHED_NAME
    """Matches the names of assets that carry a hash of their content."""
    cross_origin: tuple[str, ...] = (".woff2", ".woff", ".ttf", ".otf")
    """Suffixes of assets that browsers load only with CORS."""
    origin: AssetOrigin = AssetOrigin()
    """Where the edge gets assets from."""
    failing_path: str | None = None
    """A path at which the origin fails on purpose, to see whether the edge keeps failures."""
    purge: Purge | None = None
    """How the edge is made to forget an address; None: purging is blind."""
    client_address: ClientAddress | None = None
    """How it is seen which client address the application gets; None: this is not looked at."""
    bounds: CdnBounds = CdnBounds()
    """What counts as long, large or late."""


class CdnFeatures(Frozen):
    """Abilities of the asset host that a deployment may do without."""

    purge: Absent | None = None
    """The suite may have the asset host forget one address."""


CDN = part("cdn", Cdn, is_public=True)
"""The host of static assets."""
extend("features", CdnFeatures)
