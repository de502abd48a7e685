"""Everything about a public host's HTTP: redirects, headers, what a page loads, what is exposed."""

import asyncio
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from golive.http.observation import Answer, HttpSurvey
from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ProbeError
from golive.net.headers import is_html, read_links, read_location
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.markup import Reference, linked, plain_addresses, references, stylesheet_references
from golive.net.masking import masked_url
from golive.net.sites import site_of

MOST_HOPS = 21
"""Answers to a visitor's one request: browsers follow twenty redirects (Fetch, 4.4)."""
_MOST_READ = 40
_PLAIN_PATHS = ("/golive/redirect?from=golive", "/")
_MAP = re.compile(r"^//[#@]\s*sourceMappingURL=(\S{1,500})\s*$", re.MULTILINE)
_AS_BROWSERS_ASK = {"Accept": "text/html,*/*;q=0.8"}


@dataclass(frozen=True, slots=True)
class _Page:
    home: Answer
    way: tuple[Answer, ...] = ()
    looped: bool = False
    references: tuple[Reference, ...] = ()
    unread: tuple[str, ...] = ()
    in_scripts: tuple[Reference, ...] = ()
    maps: tuple[str, ...] = ()
    """The source maps that own scripts name."""


def _is_unread(answer: Answer) -> bool:
    """Whether it is not known what a browser reads there; what is not there does nothing."""
    return isinstance(answer, ProbeError) or answer.status not in (200, 404, 410)


def _is_own(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and site_of(parts.hostname or "") == site_of(host)


def _map_of(script: HttpObservation) -> str:
    """Return the address of the source map that a script names, in a header or in itself; or nothing."""
    for lines in (script.header_values("sourcemap"), script.header_values("x-sourcemap")):
        if lines:
            return read_location(lines, script.url) or ""
    named = _MAP.findall(script.text())
    return (read_location(named[-1:], script.url) or "") if named else ""


def is_served(answer: Answer) -> bool:
    """Whether a path was answered with something."""
    return not isinstance(answer, ProbeError) and 200 <= answer.status < 300 and answer.body.strip() != b""


class HttpSurveyor:
    """Asks a host everything, side by side, at each of its addresses.

    Args:
        http: the suite's client, with its guard and limits.
        book: every address of a host.
    """

    def __init__(self, http: HttpProbe, book: AddressBook) -> None:
        self._http = http
        self._book = book

    async def survey_all(
        self,
        host: str,
        unexposed: tuple[str, ...] = (),
        origins: tuple[str, ...] = (),
        routes: tuple[str, ...] = ("/",),
    ) -> tuple[HttpSurvey, ...]:
        """Survey every address; a failure is part of what is seen. Raises as the address book does.

        Args:
            host: public name.
            unexposed: paths that nobody should be served; without any the cases of them are unknown.
            origins: claimed at each of the routes; without any the cases of them are unknown.
            routes: paths at which cookies are set and origins trusted, or not.
        """
        secure, plain = await self._book.resolve(host, 443), await self._book.resolve(host, 80)
        paths = tuple(dict.fromkeys((*_PLAIN_PATHS, *routes)))
        walks = asyncio.gather(*(self._walks(host, address, paths) for address in plain))
        claims = tuple((route, origin) for route in dict.fromkeys(routes) for origin in origins)
        looks = asyncio.gather(*(self._survey(host, address, unexposed, claims) for address in secure))
        surveys, walked = list(await looks), list(await walks)
        # Both ports have the same addresses as a rule; where they do not, each walk is some survey's.
        for number, survey in enumerate(surveys):
            ours = walked[number : number + 1] or walked[:1]
            ours += walked[len(surveys) :] if number == len(surveys) - 1 else []
            hops = tuple(hops for walk in ours for hops, _ in walk)
            looped = any(looped for walk in ours for _, looped in walk)
            surveys[number] = replace(survey, walks=hops, looped=survey.looped or looped)
        return tuple(surveys)

    async def _walks(
        self, host: str, address: Address, paths: tuple[str, ...]
    ) -> list[tuple[tuple[Answer, ...], bool]]:
        asked = (self._hops(f"http://{host}{path}", address) for path in paths)
        return list(await asyncio.gather(*asked))

    async def _survey(
        self, host: str, address: Address, unexposed: tuple[str, ...], claims: tuple[tuple[str, str], ...]
    ) -> HttpSurvey:
        root = f"https://{host}"

        async def many(urls: Iterable[str]) -> list[Answer]:
            return list(await asyncio.gather(*(self._get(url, address=address) for url in urls)))

        async def claimed() -> list[Answer]:
            asked = (
                self._get(f"{root}{path}", address=address, headers={"Origin": origin})
                for path, origin in claims
            )
            return list(await asyncio.gather(*asked))

        page, missing, crossed, exposed = await asyncio.gather(
            self._page(host, address),
            self._get(f"{root}/golive-missing-{secrets.token_hex(8)}.txt", address=address),
            claimed(),
            many(f"{root}{path}" for path in unexposed),
        )
        scripts = (entry.url for entry in page.references if entry.element == "script")
        own = [
            url for url in scripts if urlsplit(url).hostname == host and urlsplit(url).path.endswith(".js")
        ]
        guessed = [f"{url.partition('?')[0]}.map" for url in own[:_MOST_READ]]
        maps = list(dict.fromkeys((*guessed, *page.maps)))
        shown = dict(zip(unexposed, exposed, strict=True))
        shown |= {urlsplit(url).path: answer for url, answer in zip(maps, await many(maps), strict=True)}
        served = [path for path, answer in shown.items() if is_served(answer)]
        nowhere = f"{root}/golive-missing-{secrets.token_hex(8)}"
        decoys = dict(zip(served, await many(f"{nowhere}{path}" for path in served), strict=True))
        trusted = dict(zip(claims, crossed, strict=True))
        return HttpSurvey(
            host,
            address,
            page.home,
            missing,
            (),
            page.looped,
            trusted,
            shown,
            page.references,
            page.unread,
            decoys,
            page.way,
            page.in_scripts,
        )

    async def _page(self, host: str, address: Address) -> "_Page":
        """The home page, where it leads, and what loads there: stylesheets and own scripts looked through."""
        hops, looped = await self._hops(f"https://{host}/", address, headers=_AS_BROWSERS_ASK)
        home, *way = hops
        end = hops[-1]
        if isinstance(end, ProbeError) or not is_html(end.header_values("content-type")):
            return _Page(home, tuple(way), looped)
        everything = [
            *linked(read_links(end.header_values("link")), end.url),
            *references(end.text(), end.url),
        ]
        found = [entry for entry in everything if entry.element != "call"]
        sheets = [entry.url for entry in found if entry.element == "stylesheet"]
        secure = list(dict.fromkeys(url for url in sheets if url.startswith("https://")))
        scripts = [entry.url for entry in found if entry.element == "script" and _is_own(entry.url, host)]
        scripts = list(dict.fromkeys(scripts))
        # Nobody can be asked to read more of a page than so; what is left is said.
        unread = [url for url in (*secure[_MOST_READ:], *scripts[_MOST_READ:]) if _is_own(url, host)]
        secure, scripts = secure[:_MOST_READ], scripts[:_MOST_READ]
        read = await asyncio.gather(*(self._get(url) for url in (*secure, *scripts)))
        for url, answer in zip((*secure, *scripts), read, strict=True):
            if _is_own(url, host) and _is_unread(answer):
                unread.append(url)
        for url, answer in zip(secure, read, strict=False):
            if not isinstance(answer, ProbeError) and answer.status == 200:
                found += stylesheet_references(answer.text(), url)
        own = [one for one in read[len(secure) :] if not isinstance(one, ProbeError) and one.status == 200]
        named = [entry.url for entry in everything if entry.element == "call"]
        named += [plain for answer in own for plain in plain_addresses(answer.text())]
        in_scripts = (
            Reference("script", plain)
            for plain in dict.fromkeys(named)
            if site_of(urlsplit(plain).hostname or "") == site_of(host)
        )
        maps = (_map_of(answer) for answer in own)
        return _Page(
            home,
            tuple(way),
            looped,
            tuple(found),
            tuple(masked_url(url) for url in unread),
            tuple(in_scripts),
            tuple(url for url in maps if urlsplit(url).hostname == host),
        )

    async def _hops(self, url: str, address: Address, **options: Any) -> tuple[tuple[Answer, ...], bool]:
        """Follow redirects within a site, and at the address for as long as they stay at the origin."""
        origin, host = urlsplit(url)[:2], urlsplit(url).hostname or ""
        site = site_of(host)
        hops: list[Answer] = []
        # Gates send visitors to where they are until they bring a cookie back.
        kept: dict[str, str] = {}
        seen: set[tuple[str, ...]] = set()
        given = options.pop("headers", {})
        while len(hops) < MOST_HOPS:
            cookies = "; ".join(f"{name}={value}" for name, value in kept.items())
            if (url, cookies) in seen:
                return tuple(hops), True
            seen.add((url, cookies))
            is_own = urlsplit(url).hostname == host
            headers = given | ({"Cookie": cookies} if cookies and is_own else {})
            at = address if urlsplit(url)[:2] == origin else None
            answer = await self._get(url, address=at, headers=headers, **options)
            hops.append(answer)
            if isinstance(answer, HttpObservation) and is_own:
                kept |= {one.name: one.value.reveal() for one in answer.cookies()}
            if isinstance(answer, ProbeError) or answer.status not in range(300, 400):
                return tuple(hops), False
            to = read_location(answer.header_values("location"), url)
            if to is None or site_of(urlsplit(to).hostname or "") != site:
                return tuple(hops), False
            url = to.partition("#")[0]
        return tuple(hops), True

    async def _get(self, url: str, **options: Any) -> Answer:
        try:
            return await self._http.get(url, **options)
        except ProbeError as failure:
            return failure
