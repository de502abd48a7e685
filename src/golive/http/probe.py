"""Everything about a public host's HTTP: redirects, headers, what a page loads, what is exposed."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from golive.http.observation import Answer, HttpSurvey
from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ProbeError
from golive.net.headers import is_html, read_location
from golive.net.http import HttpProbe
from golive.net.markup import Reference, references, stylesheet_references
from golive.net.masking import masked_url

MOST_HOPS = 6
_MOST_STYLESHEETS = 6


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
        walks = asyncio.gather(*(self._hops(host, address) for address in plain))
        claims = tuple((route, origin) for route in dict.fromkeys(routes) for origin in origins)
        looks = asyncio.gather(*(self._survey(host, address, unexposed, claims) for address in secure))
        surveys = list(await looks)
        for number, (hops, looped) in enumerate(await walks):
            at = min(number, len(surveys) - 1)
            base = surveys[at]
            surveys[at] = replace(base, walks=(*base.walks, hops), looped=base.looped or looped)
        return tuple(surveys)

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

        (page, found, unread), missing, crossed, exposed = await asyncio.gather(
            self._page(host, address),
            self._get(f"{root}/golive-missing-{secrets.token_hex(8)}.txt", address=address),
            claimed(),
            many(f"{root}{path}" for path in unexposed),
        )
        scripts = (entry.url for entry in found if entry.element == "script")
        own = [
            url for url in scripts if urlsplit(url).hostname == host and urlsplit(url).path.endswith(".js")
        ]
        maps = [f"{url.partition('?')[0]}.map" for url in own[:_MOST_STYLESHEETS]]
        shown = dict(zip(unexposed, exposed, strict=True))
        shown |= {urlsplit(url).path: answer for url, answer in zip(maps, await many(maps), strict=True)}
        served = [path for path, answer in shown.items() if is_served(answer)]
        nowhere = f"{root}/golive-missing-{secrets.token_hex(8)}"
        decoys = dict(zip(served, await many(f"{nowhere}{path}" for path in served), strict=True))
        trusted = dict(zip(claims, crossed, strict=True))
        return HttpSurvey(host, address, page, missing, (), False, trusted, shown, found, unread, decoys)

    async def _page(
        self, host: str, address: Address
    ) -> tuple[Answer, tuple[Reference, ...], tuple[str, ...]]:
        """The home page and what it loads, stylesheets looked through."""
        headers = {"Accept": "text/html,*/*;q=0.8"}
        home = await self._get(f"https://{host}/", address=address, headers=headers)
        if isinstance(home, ProbeError) or not is_html(home.header_values("content-type")):
            return home, (), ()
        found = list(references(home.text(), f"https://{host}/"))
        sheets = [entry.url for entry in found if entry.element == "stylesheet"]
        secure = [url for url in sheets if url.startswith("https://")][:_MOST_STYLESHEETS]
        unread: list[str] = []
        read = await asyncio.gather(*(self._get(url) for url in secure))
        for url, answer in zip(secure, read, strict=True):
            if isinstance(answer, ProbeError) or answer.status != 200:
                unread.append(masked_url(url))
            else:
                found += stylesheet_references(answer.text(), url)
        return home, tuple(found), tuple(unread)

    async def _hops(self, host: str, address: Address) -> tuple[tuple[Answer, ...], bool]:
        url = f"http://{host}/golive/redirect?from=golive"
        hops: list[Answer] = []
        seen: set[str] = set()
        while len(hops) < MOST_HOPS:
            if url in seen:
                return tuple(hops), True
            seen.add(url)
            answer = await self._get(url, address=None if hops else address)
            hops.append(answer)
            if isinstance(answer, ProbeError) or answer.status not in range(300, 400):
                return tuple(hops), False
            to = read_location(answer.header_values("location"), url)
            if to is None:
                return tuple(hops), False
            url = to
        return tuple(hops), True

    async def _get(self, url: str, **options: Any) -> Answer:
        try:
            return await self._http.get(url, **options)
        except ProbeError as failure:
            return failure
