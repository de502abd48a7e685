"""HTTP: one exchange, bounded in time and bytes, redirects not followed, cookies not kept."""

import asyncio
import json as json_module
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import httpx

from golive import __version__
from golive.core.outcome import Blind
from golive.net.access import Access, HeardAnswer
from golive.net.address import Address, named
from golive.net.deadline import Deadline
from golive.net.errors import ConnectionLost, DeadlineExceeded, Fate, TransportError
from golive.net.guard import SAFE_METHODS
from golive.net.http_observation import Attempt, HttpObservation, Timings
from golive.net.incidents import is_lost, note_status
from golive.net.masking import SHOWN_HEADERS, token_like
from golive.net.transport.exchange import Body, Moments, Request
from golive.net.transport.pool import Pools
from golive.profile.secrets import Secret

Text = str | Secret

BODY_CAP = 2 * 1024 * 1024
_NOTHING_SENT = frozenset({"connect", "tls"})
"""Phases in which a connection can break before the request was sent."""
_PAUSE_BEFORE_RETRY = 0.1
_NO_LOSS = frozenset({Fate.UNPROCESSED, Fate.KEPT, Fate.SUSPECT})
"""What befalls the requests of healthy servers too, or is looked at again before anybody is accused."""
_MOST_REPEATS = 3
_ALWAYS_SENT = {
    "accept": "application/json, */*;q=0.8",
    "accept-encoding": "gzip, deflate",
    "connection": "keep-alive",
    "user-agent": f"golive/{__version__}",
}


class HttpProbe:
    """The HTTP client of all checks, over HTTP/2 where the server speaks it.

    Args:
        access: guard, addresses, trust, limits, deadlines.
        body_cap: bytes of the largest body that is read, encoded and decoded.
        retries: how often a request is sent again, on a new connection, after one that was refused or broke:
            any where nothing had been sent, otherwise only what reads.
    """

    def __init__(self, access: Access, *, body_cap: int = BODY_CAP, retries: int = 1) -> None:
        self._access = access
        self._body_cap = body_cap
        self._retries = retries
        self._pools = Pools(access)

    async def get(self, url: str, **options: Any) -> HttpObservation:
        """Send a GET; options as `request`."""
        return await self.request("GET", url, **options)

    async def post(self, url: str, **options: Any) -> HttpObservation:
        """Send a POST; options as `request`."""
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Any) -> HttpObservation:
        """Send a PUT; options as `request`."""
        return await self.request("PUT", url, **options)

    async def delete(self, url: str, **options: Any) -> HttpObservation:
        """Send a DELETE; options as `request`."""
        return await self.request("DELETE", url, **options)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, Text] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        content: bytes | None = None,
        token: Text | None = None,
        cookies: Mapping[str, Text] | None = None,
        address: Address | None = None,
        deadline: float | None = None,
    ) -> HttpObservation:
        """Send one request and read the whole answer. Secrets may stand anywhere, also within ``json``.

        Args:
            method: HTTP method.
            url: absolute, http or https.
            headers: added to the suite's own; values may be secrets.
            params: added to the URL's query, instead of those of the same name.
            json: body, sent as ``application/json``; None sends no body.
            content: body as it is, instead of ``json``; its type stands in ``headers``.
            token: sent as a bearer token (RFC 6750, 2.1).
            cookies: sent as one Cookie header; answers' cookies are never kept.
            address: the one address to speak to; otherwise the book's, in turn.
            deadline: seconds for each attempt, without waiting for the suite's own limits.

        Raises:
            Refused: by the guard, before anything is sent.
            TransportError, ProtocolError: with the target; see `golive.net.errors`.
            Blind: the suite's own resolver fails.
        """
        method = method.upper()
        self._access.guard.permit(method, url)
        sent = _headers(headers or {}, token, cookies or {})
        if json is not None:
            content = json_module.dumps(_revealed(json), allow_nan=False).encode()
            sent.setdefault("content-type", "application/json")
        asked = httpx.URL(url).copy_merge_params(params) if params else url
        built = httpx.Request(method, asked, headers=_ALWAYS_SENT | sent, content=content)
        self._access.guard.permit(method, str(built.url))
        request = Request.of(built, is_safe=method in SAFE_METHODS)
        known = _known(sent, json, built.url)
        limit = self._access.patience(deadline)
        attempts: list[Attempt] = []
        losses, alone = 0, False
        while True:
            started = perf_counter()
            try:
                answer = await self._exchange(request, str(built.url), address, limit, alone=alone)
            except TransportError as error:
                losses += self._lost(request, error, losses, len(attempts))
                alone = _fate(error) in (Fate.KEPT, Fate.SUSPECT)
                elapsed = (perf_counter() - started) * 1000
                attempts.append(Attempt(type(error).__name__, str(error), round(elapsed, 2)))
            else:
                answer = replace(answer, attempts=tuple(attempts), known=known)
                note_status(answer.status, dict(answer.headers), answer.title)
                self._access.hear(HeardAnswer(answer, built.content))
                return answer
            if not alone:
                await asyncio.sleep(_PAUSE_BEFORE_RETRY)

    def _lost(self, request: Request, error: TransportError, losses: int, repeats: int) -> int:
        """Return how many losses of connections to count, where ``request`` may be sent again; else raise.

        What may have been done is never sent again. Where it was lost with a connection that it shared, its
        answer's loss says nothing of the request itself.
        """
        fate = _fate(error)
        unsent = error.phase in _NOTHING_SENT or fate is Fate.UNPROCESSED
        if not is_lost(error):
            raise error
        if not unsent and not request.is_safe:
            if fate in (Fate.SHARED, Fate.SUSPECT):
                raise Blind(
                    "a connection ended that carried other requests too: whether this one was done is"
                    f" unknown — {request.method} to {error.target}",
                    remedy="run it again; if connections end again and again, look at what stands in between",
                )
            raise error
        if fate in _NO_LOSS:
            if repeats >= _MOST_REPEATS:
                raise error
            return 0
        if losses >= self._retries:
            raise error
        where = named(request.origin.host, request.origin.port)
        self._access.tally.lose(where, error, stood=error.phase not in _NOTHING_SENT)
        return 1

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pools.aclose()

    async def _exchange(
        self, request: Request, url: str, address: Address | None, deadline: float, *, alone: bool
    ) -> HttpObservation:
        host, port = request.origin.host, request.origin.port
        moments, body = Moments(), Body(self._body_cap, named(host, port, address))
        await self._access.limits.pace(host)
        try:
            async with Deadline(deadline), self._pools.lease(request, address, alone=alone) as lease:
                connection = lease.connection
                body.target = named(host, port, connection.address)
                if lease.is_new:
                    moments.connect_seconds = connection.wire.connect_seconds
                    moments.tls_seconds = connection.wire.tls_seconds
                with self._access.load.reading() as reading:
                    answer = await connection.exchange(request, moments, body)
        except TimeoutError:
            phase = self._pools.phase(request.origin) if moments.phase == "connect" else moments.phase
            message = f"no complete answer within {deadline:g} s ({phase})"
            raise DeadlineExceeded(message, target=body.target, phase=phase) from None
        return HttpObservation(
            method=request.method,
            url=url,
            address=answer.address,
            status=answer.status,
            http_version=answer.version,
            headers=tuple(httpx.Headers(answer.headers).multi_items()),
            body=answer.body,
            timings=_timings(moments),
            own_load=reading.own_load,
            host=host,
            port=port,
        )


def _fate(error: TransportError) -> Fate:
    return error.fate if isinstance(error, ConnectionLost) else Fate.BROKEN


def _timings(moments: Moments) -> Timings:
    made = (moments.connect_seconds or 0.0) + (moments.tls_seconds or 0.0)
    return Timings(
        connect_ms=_ms(moments.connect_seconds),
        tls_ms=_ms(moments.tls_seconds),
        first_byte_ms=(moments.answered - moments.sent) * 1000,
        total_ms=(made + moments.ended - moments.began) * 1000,
        sending_ms=(moments.sent - moments.began) * 1000,
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _plain(value: Text) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _revealed(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: _revealed(inner) for key, inner in value.items()}
    return [_revealed(inner) for inner in value] if isinstance(value, list | tuple) else value


def _headers(headers: Mapping[str, Text], token: Text | None, cookies: Mapping[str, Text]) -> dict[str, str]:
    sent = {name.lower(): _plain(value) for name, value in headers.items()}
    if token is not None:
        sent["authorization"] = f"Bearer {_plain(token)}"
    if cookies:
        sent["cookie"] = "; ".join(f"{name}={_plain(value)}" for name, value in cookies.items())
    return sent


def _known(headers: Mapping[str, str], json: Any, url: httpx.URL) -> tuple[str, ...]:
    known = {part for name, value in headers.items() if name not in SHOWN_HEADERS for part in _parts(value)}
    known.update(value for key, value in url.params.multi_items() if token_like(key))
    known.update(_secrets_in(json))
    return tuple(sorted((value for value in known if len(value) >= 6), key=len, reverse=True))


def _parts(value: str) -> list[str]:
    return [value, *(part.partition("=")[2] or part for part in value.replace(";", " ").split())]


def _secrets_in(value: Any, key: str = "") -> list[str]:
    if isinstance(value, Secret):
        return [value.reveal()]
    if isinstance(value, Mapping):
        return [found for name, inner in value.items() for found in _secrets_in(inner, str(name))]
    if isinstance(value, list | tuple):
        return [found for inner in value for found in _secrets_in(inner, key)]
    return [value] if isinstance(value, str) and token_like(key) else []


def host_and_port(url: str) -> tuple[str, int]:
    """Return host and port of an http(s) or ws(s) URL, with the scheme's default port."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme in ("https", "wss") else 80)
