"""Asking a forge's REST API: one question at a time, whole lists, within its limits, nothing twice.

Follows GitHub's best practices for the REST API: requests one after another, conditional where the answer
is known already (an answer of 304 costs nothing of the limit), and patience as the answer says (Retry-After,
RFC 9110, 10.2.3; x-ratelimit-reset in seconds since the epoch).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.net.deadline import own_time
from golive.net.errors import ProtocolError, TransportError
from golive.net.headers import read_link, read_retry_after
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.profile.secrets import Secret

PAGE = 100
_LIMITED = (403, 429)
_MOVED = (301, 302, 307, 308)
_SECONDARY = timedelta(minutes=1)
"""What to wait where a limit was met and nothing is said of how long."""
_SHORTEST_WAIT = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its JSON, and where the list goes on."""

    content: JsonValue
    after: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    etag: str
    page: Page


class ForgeClient:
    """The API of one forge.

    Args:
        http: the run's guarded client.
        api: the base URL, without a slash at the end.
        headers: sent with every request.
        token: read access; None asks as anybody.
        pages_at_most: of one list.
        patience: how long the forge may make the run wait, in all.
        now: the clock.
        sleep: replaced in tests.
    """

    def __init__(
        self,
        http: HttpProbe,
        api: str,
        *,
        headers: Mapping[str, str],
        token: Secret | None,
        pages_at_most: int,
        patience: timedelta,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._api = api
        self._origin = _origin(api)
        self._headers = dict(headers)
        self._token = token
        self._pages_at_most = pages_at_most
        self._left = patience
        self._now = now
        self._sleep = sleep
        self._known: dict[str, _Known] = {}
        self._turn = asyncio.Lock()

    @property
    def place(self) -> str:
        """The host, for messages."""
        return urlsplit(self._api).netloc

    async def get(self, path: str, **params: str | int) -> JsonValue:
        """Return the JSON of one answer; None for a 404.

        Args:
            path: below the API, with a leading slash.
            params: the query.

        Raises:
            Blind: the forge cannot be asked: out of reach, its limit used up, the token refused.
            ProtocolError: the answer is no JSON.
        """
        page = await self._page(self._url(path, params))
        return page.content if page is not None else None

    async def pages(self, path: str, **params: str | int) -> list[JsonValue] | None:
        """Return the answers of a list, page by page, up to its end; None for a 404.

        Raises:
            Blind: as `get`, or it has more pages than are read.
            ProtocolError: as `get`, or a page leads to another host, or back.
        """
        url: str | None = self._url(path, {"per_page": PAGE, **params})
        first = url
        seen: set[str] = set()
        found: list[JsonValue] = []
        while url is not None:
            if url in seen:
                raise ProtocolError(
                    "its pages lead round in a circle", target=self._where(path), phase="read"
                )
            if len(seen) >= self._pages_at_most:
                raise Blind(
                    f"a list of the forge has more than {self._pages_at_most} pages: {path}",
                    remedy="raise forge.pages_at_most, or look at less, such as fewer commits since a tag",
                )
            seen.add(url)
            page = await self._page(url)
            if page is None and url == first:
                return None
            if page is None:
                raise ProtocolError("a page of a list is missing", target=self._where(path), phase="read")
            found.append(page.content)
            url = page.after
            if url is not None and _origin(url) != self._origin:
                raise ProtocolError(
                    "the next page is said to be at another host, which gets no token",
                    target=self._where(path),
                    phase="read",
                )
        return found

    async def _page(self, url: str) -> Page | None:
        async with AsyncExitStack() as turn:
            # One question at a time is our own rule; who waits for it loses nothing by it.
            with own_time():
                await turn.enter_async_context(self._turn)
            while True:
                known = self._known.get(url)
                answer = await self._ask(url, known)
                wait = self._asked_to_wait(answer)
                if wait is None:
                    return self._read(url, answer, known)
                await self._wait(wait, answer)

    async def _ask(self, url: str, known: _Known | None) -> HttpObservation:
        conditional = {"if-none-match": known.etag} if known else {}
        try:
            return await self._http.get(url, headers={**self._headers, **conditional}, token=self._token)
        except TransportError as error:
            raise Blind(
                f"the forge is out of reach: {error}",
                remedy="look at its status page and at the network between, and run again",
            ) from None

    def _asked_to_wait(self, answer: HttpObservation) -> timedelta | None:
        if answer.status not in _LIMITED:
            return None
        said = answer.header("retry-after")
        if said is not None:
            return _wait_until(read_retry_after(said), self._now())
        if answer.header("x-ratelimit-remaining") == "0":
            return _until(answer.header("x-ratelimit-reset"), self._now())
        return _SECONDARY if answer.status == 429 else None

    async def _wait(self, wait: timedelta, answer: HttpObservation) -> None:
        # Never less than a moment: a limit that is said to be over, and is not, must use the patience up.
        wait = max(wait, _SHORTEST_WAIT)
        if wait > self._left:
            until = self._now() + wait
            whose = "of this token" if self._token else "for everybody without a token"
            raise Blind(
                f"the forge's limit {whose} is used up until {until:%H:%M:%S}Z — {answer.title}",
                remedy=f"run again then, name another token, or let the run wait longer than"
                f" {format_duration(self._left)} (forge.wait_at_most)",
            )
        self._left -= wait
        await self._sleep(wait.total_seconds())

    def _read(self, url: str, answer: HttpObservation, known: _Known | None) -> Page | None:
        match answer.status:
            case 304 if known is not None:
                return known.page
            case 200:
                page = Page(answer.json(), _next(answer))
                etag = answer.header("etag")
                if etag:
                    self._known[url] = _Known(etag, page)
                return page
            case 404:
                return None
            case 401 | 403:
                raise Blind(
                    f"the forge refuses {'this token' if self._token else 'to answer without a token'}:"
                    f" {answer.status} — {answer.title}",
                    remedy="name a token as forge.token that may read contents, issues and pull requests",
                )
            case status if status in _MOVED:
                raise Blind(
                    f"the repository is somewhere else: {status} — {answer.title}",
                    remedy="write its new name as forge.repository",
                )
            case status if status >= 500:
                raise Blind(
                    f"the forge fails: {status} — {answer.title}",
                    remedy="look at its status page, and run again",
                )
            case status:
                raise ProtocolError(f"answered by {status}", target=answer.title, phase="read")

    def _url(self, path: str, params: Mapping[str, str | int]) -> str:
        return str(httpx.URL(f"{self._api}{path}", params=dict(params) if params else None))

    def _where(self, path: str) -> str:
        return f"{self.place}{masked_text(path)}"


def _next(answer: HttpObservation) -> str | None:
    """The URL of the next page; None at the end."""
    found = read_link(answer.header_values("link"), "next")
    return str(httpx.URL(answer.url).join(found)) if found else None


def _wait_until(after: timedelta | datetime | None, now: datetime) -> timedelta:
    if after is None:
        return _SECONDARY
    return max(timedelta(), after - now) if isinstance(after, datetime) else after


def _until(reset: str | None, now: datetime) -> timedelta:
    if reset is None or not reset.strip().isdecimal() or len(reset) > 11:
        return _SECONDARY
    return max(timedelta(), datetime.fromtimestamp(int(reset), UTC) - now)


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None
