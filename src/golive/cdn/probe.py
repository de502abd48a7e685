"""Everything about the asset host: every asset at every address, and what the cache before it does."""

import asyncio
import secrets
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from golive.cdn.asset_manifest import Asset, read_asset_manifest
from golive.cdn.observation import (
    AssetLook,
    CdnSurvey,
    EdgeLook,
    Look,
    OriginLook,
    ResponseSummary,
    is_hashed,
)
from golive.cdn.profile import Cdn
from golive.cdn.response_summary import summarise
from golive.net.access import Access
from golive.net.address import Address
from golive.net.errors import ProbeError, ProtocolError, TransportError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.markup import references
from golive.profile.secrets import Secret

CLAIMED = "golive-stranger.invalid"
"""The host that the suite claims to have been asked for."""
_SIDE_BY_SIDE = 8
"""So many bodies are held at a time."""
_TRIES = 3
_PAUSE = 0.25
_SECOND = 1.1
"""Dates have whole seconds: two answers this far apart differ in theirs, unless one was stored."""


class CdnSurveyor:
    """Looks at the asset host.

    Args:
        access: guard, addresses, trust, limits, deadlines.
        http: a client that reads bodies of the largest asset's size.
        cdn: what the profile says.
        app: URL of the page that uses the assets; None where there is none.
        key: what the origin wants to be shown.
    """

    def __init__(
        self, access: Access, http: HttpProbe, cdn: Cdn, app: str | None, key: Secret | None = None
    ) -> None:
        self._book = access.book
        self._http = http
        self._cdn = cdn
        self._app = app
        self._key = key
        parts = urlsplit(app or "")
        self._few = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._page_origin = f"{parts.scheme}://{parts.netloc}" if app else None

    async def survey(self) -> CdnSurvey:
        """Look at everything.

        Raises:
            ProtocolError: there is no manifest, and no page to take its place.
            TransportError: an address of the asset host answers nothing at all.
        """
        cdn = self._cdn
        host = urlsplit(cdn.url).hostname or ""
        addresses = await self._book.resolve(host, urlsplit(cdn.url).port or 443)
        page, page_assets = await self._page(host)
        at_edge, at_origin = await asyncio.gather(self._manifest(cdn.url), self._manifest(cdn.origin.url))
        named_by, assets = self._named(at_edge, at_origin, page_assets)
        edges = await asyncio.gather(*(self._edge(address, assets) for address in addresses))
        return CdnSurvey(
            cdn,
            assets,
            named_by,
            frozenset(asset.path for asset in at_edge) if isinstance(at_edge, tuple) else None,
            page,
            self._page_origin,
            page_assets,
            tuple(edges),
            await self._origin(assets),
        )

    def _named(
        self,
        at_edge: tuple[Asset, ...] | ProbeError | None,
        at_origin: tuple[Asset, ...] | ProbeError | None,
        page_assets: tuple[str, ...],
    ) -> tuple[str, tuple[Asset, ...]]:
        """The build itself knows best, then the origin; an edge may be out of date."""
        if self._cdn.manifest_file is not None:
            text = self._cdn.manifest_file.read_text(encoding="utf-8")
            return "file", read_asset_manifest(text, self._cdn.base, where=self._cdn.manifest_file.name)
        if isinstance(at_origin, tuple):
            return "origin", at_origin
        if isinstance(at_edge, tuple):
            return "edge", at_edge
        if isinstance(at_edge, ProbeError):
            raise at_edge
        if not page_assets:
            words = "no manifest is named, and the page refers to no asset there"
            raise ProtocolError(words, target=self._cdn.url, phase="read")
        return "page", tuple(Asset(path) for path in page_assets)

    async def _page(self, host: str) -> tuple[Look | None, tuple[str, ...]]:
        if self._app is None:
            return None, ()
        try:
            page = await self._http.get(f"{self._app}/", headers={"accept": "text/html,*/*;q=0.8"})
        except ProbeError as failure:
            return failure, ()
        found = (urlsplit(entry.url) for entry in references(page.text(), page.url))
        paths = (parts.path for parts in found if parts.scheme == "https" and parts.hostname == host)
        return summarise(page), tuple(dict.fromkeys(path for path in paths if path.strip("/")))

    async def _manifest(self, root: str | None) -> tuple[Asset, ...] | ProbeError | None:
        if self._cdn.manifest is None or root is None:
            return None
        at_origin = root == self._cdn.origin.url
        try:
            answer = await self._get(root, self._cdn.manifest, headers=self._shown_key() if at_origin else {})
            if answer.status != 200:
                words = f"the manifest is answered by {answer.status}"
                raise ProtocolError(words, target=answer.title, phase="read")
            return read_asset_manifest(answer.text(), self._cdn.base, where=answer.title)
        except ProbeError as failure:
            return failure

    async def _edge(self, address: Address, assets: tuple[Asset, ...]) -> EdgeLook:
        sampled = {asset.path for asset in samples(assets, self._cdn.bounds.samples)}
        missing = Asset(f"{self._cdn.base}golive-missing-{secrets.token_hex(6)}.js")
        looks, gone, query, claimed, failing = await asyncio.gather(
            asyncio.gather(*(self._asset(address, asset, asset.path in sampled) for asset in assets)),
            self._look(address, missing),
            self._new_query(address, assets),
            self._claimed(address, assets[0]),
            self._failing(address),
        )
        errors = [look.first for look in looks if isinstance(look.first, TransportError)]
        if len(errors) == len(looks):
            raise errors[0]
        return EdgeLook(address, tuple(looks), gone, query, claimed, failing)

    async def _asset(self, address: Address, asset: Asset, sampled: bool) -> AssetLook:
        first = await self._look(address, asset)
        if not sampled or isinstance(first, ProbeError) or first.status != 200:
            return AssetLook(asset, first)
        again: list[Look] = []
        while len(again) < _TRIES and not any(
            isinstance(one, ResponseSummary) and one.cache == "hit" for one in again
        ):
            await asyncio.sleep(_PAUSE if again else 0)
            again.append(await self._look(address, asset))
        same_date = None
        if all(isinstance(one, ResponseSummary) and one.cache == "unknown" for one in again):
            await asyncio.sleep(_SECOND)
            last = await self._look(address, asset)
            if isinstance(last, ResponseSummary) and last.header("date"):
                same_date = last.header("date") == first.header("date")
        plain = await self._look(address, asset, {"accept-encoding": "identity"})
        return AssetLook(asset, first, tuple(again), same_date, plain)

    async def _new_query(self, address: Address, assets: tuple[Asset, ...]) -> Look | None:
        unhashed = (asset.path for asset in assets if not is_hashed(self._cdn, asset))
        path = self._cdn.manifest or next(unhashed, None)
        if path is None:
            return None
        await self._look(address, Asset(f"{path}?golive={secrets.token_hex(8)}"))
        return await self._look(address, Asset(f"{path}?golive={secrets.token_hex(8)}"))

    async def _claimed(self, address: Address, asset: Asset) -> tuple[Look, Look]:
        """Ask in another host's name where nobody else asks: a new query, or a new path where queries count
        for nothing, is a cache entry of its own."""
        nonce = secrets.token_hex(8)
        trial = await self._look(address, Asset(f"{asset.path}?golive={secrets.token_hex(8)}"))
        counts = isinstance(trial, ResponseSummary) and trial.cache != "hit"
        own = Asset(f"{asset.path}?golive={nonce}" if counts else f"{self._cdn.base}golive-{nonce}.js")
        claims = {
            "x-forwarded-host": CLAIMED,
            "x-host": CLAIMED,
            "x-forwarded-server": CLAIMED,
            "forwarded": f"host={CLAIMED}",
        }
        return await self._look(address, own, claims), await self._look(address, own)

    async def _failing(self, address: Address) -> tuple[Look, Look] | None:
        if self._cdn.failing_path is None:
            return None
        failing = Asset(f"{self._cdn.failing_path}?golive={secrets.token_hex(8)}")
        return await self._look(address, failing), await self._look(address, failing)

    async def _origin(self, assets: tuple[Asset, ...]) -> OriginLook:
        origin = self._cdn.origin
        if origin.url is None:
            return OriginLook(closed=await self._closed(assets[0]))
        root, shown = origin.url, self._shown_key()
        answers = await asyncio.gather(*(self._kept(root, asset, shown) for asset in assets))
        stranger = await self._kept(root, assets[0], {}) if origin.key else None
        found = {asset.path: answer for asset, answer in zip(assets, answers, strict=True)}
        return OriginLook(found, stranger, await self._closed(assets[0]))

    async def _closed(self, asset: Asset) -> dict[str, Look]:
        found: dict[str, Look] = {}
        for endpoint in self._cdn.origin.closed:
            ip, _, port = endpoint.rpartition(":")
            found[endpoint] = await self._look(Address(ip.strip("[]"), int(port)), asset)
        return found

    def _shown_key(self) -> dict[str, Secret]:
        key = self._cdn.origin.key
        return {key.header: self._key} if key is not None and self._key is not None else {}

    async def _look(self, address: Address, asset: Asset, headers: dict[str, str] | None = None) -> Look:
        sent = {"accept": "*/*", "accept-encoding": "gzip", **(headers or {})}
        if self._page_origin and asset.suffix in self._cdn.cross_origin:
            sent["origin"] = self._page_origin
        return await self._kept(self._cdn.url, asset, sent, address)

    async def _kept(
        self,
        root: str,
        asset: Asset,
        headers: dict[str, str] | dict[str, Secret],
        address: Address | None = None,
    ) -> Look:
        try:
            answer = await self._get(root, asset.path, headers=headers, address=address)
        except ProbeError as failure:
            return failure
        return summarise(answer, asset, CLAIMED)

    async def _get(self, root: str, path: str, **options: object) -> HttpObservation:
        async with self._few:
            return await self._http.get(urljoin(f"{root}/", path), **options)


def samples(assets: Sequence[Asset], most: int) -> tuple[Asset, ...]:
    """Return one asset of each kind, and then others, up to a bound."""
    kinds: dict[str, Asset] = {}
    for asset in assets:
        kinds.setdefault(asset.suffix, asset)
    return tuple(dict.fromkeys([*kinds.values(), *assets]))[:most]
