"""Everything readable that a frontend serves: its page, its assets, and source maps that lie beside them."""

import asyncio
import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from golive.cdn.asset_manifest import read_asset_manifest
from golive.cdn.profile import Cdn
from golive.configuration.observation import SCRIPTS, FrontendObservation, Served, _suffix
from golive.net.errors import ProbeError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_url

TEXTS = frozenset(
    {".js", ".mjs", ".cjs", ".css", ".html", ".json", ".map", ".svg", ".txt", ".xml", ".webmanifest"}
)
_MAPPED = SCRIPTS | {".css"}
_MAP_COMMENT = re.compile(r"[#@]\s{0,9}sourceMappingURL=(\S+)")
_LOADED = re.compile(r"""(?:\bfrom|\bimport)\s{0,20}\(?\s{0,20}["']((?:\.{1,2}/|/)[^"'\s]+\.m?js)["']""")
MOST_TEXTS = 2_000
MOST_CHARACTERS = 50_000_000
"""Of all texts together; what is beyond either is said to be not read."""
_SIDE_BY_SIDE = 8


class FrontendReader:
    """Reads a frontend once, from its page on: what the page names, the manifest, imports and source maps.

    Args:
        http: reads bodies as large as assets are.
        page: address of the page.
        cdn: the asset host, where there is one.
        hosts: where assets may lie; nothing is asked of others.
    """

    def __init__(self, http: HttpProbe, page: str, cdn: Cdn | None, hosts: frozenset[str]) -> None:
        self._http = http
        self._page = page
        self._cdn = cdn
        self._hosts = hosts
        self._turn = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._asked: set[str] = set()
        self._texts: list[Served] = []
        self._characters = 0
        self._unread: list[str] = []

    async def read(self) -> FrontendObservation:
        """Return what was read."""
        page = await self._get(f"{self._page}/", needed=True, headers={"accept": "text/html"})
        if page is not None:
            self._keep(page.url, page.text())
        named = _named_in(page) if page is not None else ()
        await self._follow([*await self._of_the_manifest(), *named])
        return FrontendObservation(self._page, tuple(self._texts), tuple(self._unread))

    async def _of_the_manifest(self) -> Sequence[str]:
        cdn = self._cdn
        if cdn is None or (cdn.manifest is None and cdn.manifest_file is None):
            return ()
        where = cdn.manifest or str(cdn.manifest_file)
        try:
            if cdn.manifest_file is not None:
                text = await asyncio.to_thread(cdn.manifest_file.read_text, encoding="utf-8")
            else:
                answer = await self._http.get(f"{cdn.url}{cdn.manifest}")
                text = answer.text()
                self._keep(answer.url, text)
            assets = read_asset_manifest(text, cdn.base, where=where)
        except (ProbeError, OSError) as error:
            self._unread.append(f"manifest {where}: {type(error).__name__}")
            return ()
        return [f"{cdn.url}{asset.path}" for asset in assets]

    async def _follow(self, urls: Iterable[str]) -> None:
        waiting = list(urls)
        while waiting:
            batch = [url for url in dict.fromkeys(waiting) if self._is_new(url)]
            left = max(0, MOST_TEXTS - len(self._asked))
            self._unread += [f"{masked_url(url)}: more than {MOST_TEXTS} texts" for url in batch[left:]]
            self._asked.update(batch)
            found = await asyncio.gather(*map(self._one, batch[:left]))
            waiting = [url for urls in found for url in urls]

    def _is_new(self, url: str) -> bool:
        parts = urlsplit(url)
        readable = parts.scheme in ("http", "https") and _suffix(url) in TEXTS
        return readable and parts.hostname in self._hosts and url not in self._asked

    async def _one(self, url: str) -> Sequence[str]:
        """Read one asset and its source map, and return what it imports."""
        async with self._turn:
            answer = await self._get(url, needed=True)
            if answer is None:
                return ()
            text = answer.text()
            self._keep(url, text)
            if _suffix(url) in _MAPPED:
                await self._map_of(url, text, answer.header("sourcemap") or answer.header("x-sourcemap"))
        return [urljoin(url, found) for found in _LOADED.findall(text)] if _suffix(url) in SCRIPTS else ()

    def _keep(self, url: str, text: str) -> None:
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            self._unread.append(f"{masked_url(url)}: more than {MOST_CHARACTERS} characters in all")
        else:
            self._texts.append(Served(url, text))

    async def _map_of(self, url: str, text: str, header: str | None) -> None:
        """Source maps are named by a header or a comment (ECMA-426); many lie beside the script unnamed."""
        named = [header] if header else []
        named += _MAP_COMMENT.findall(text)[-1:]
        for name in named:
            if name.startswith("data:"):
                self._keep(f"{url}.map", _of_data_url(name))
        beside = [urljoin(url, name) for name in named if not name.startswith("data:")]
        parts = urlsplit(url)
        for address in dict.fromkeys([*beside, parts._replace(path=f"{parts.path}.map", query="").geturl()]):
            if address in self._asked or urlsplit(address).hostname not in self._hosts:
                continue
            self._asked.add(address)
            answer = await self._get(address, needed=False)
            # A page instead of "not found" is no source map, and is read all the same.
            if answer is not None and answer.body:
                self._keep(address, answer.text())

    async def _get(self, url: str, *, needed: bool, **options: Any) -> HttpObservation | None:
        try:
            answer = await self._http.get(url, **options)
        except ProbeError as error:
            self._unread.append(f"{masked_url(url)}: {type(error).__name__}")
            return None
        if answer.status == 200:
            return answer
        # Of a map that need not be there only a clear "no" is an answer.
        if needed or answer.status not in (401, 403, 404, 410):
            self._unread.append(f"{masked_url(url)}: status {answer.status}")
        return None


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"script": "src", "link": "href", "iframe": "src", "object": "data"}.get(tag)
        self.found += [value for name, value in attrs if name == wanted and value]


def _named_in(page: HttpObservation) -> Sequence[str]:
    names = _Names()
    names.feed(page.text())
    return [urljoin(page.url, name) for name in names.found]


def _of_data_url(url: str) -> str:
    head, _, body = url.partition(",")
    if head.endswith(";base64"):
        try:
            return base64.b64decode(body + "===").decode("utf-8", errors="replace")
        except (binascii.Error, ValueError):
            return body
    return unquote(body)
