"""HTTP: one exchange, bounded in time and bytes, redirects not followed, cookies not kept."""

import asyncio
import contextlib
import importlib
import json as json_module
import ssl
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import anyio.lowlevel
import httpcore
import httpx

from golive import __version__
from golive.net.access import Access
from golive.net.address import Address, named
from golive.net.deadline import Deadline
from golive.net.errors import DeadlineExceeded, ProbeError, TransportError
from golive.net.guard import SAFE_METHODS
from golive.net.http_observation import Attempt, HttpObservation, Timings
from golive.net.http_transport import GuardedTransport, carries_body, read_body, transport_error
from golive.net.incidents import is_lost, note_status
from golive.net.masking import SHOWN_HEADERS, token_like
from golive.profile.secrets import Secret

Text = str | Secret

BODY_CAP = 2 * 1024 * 1024
_NOTHING_SENT = frozenset({"connect", "tls"})
"""Phases in which a connection can break before the request was sent."""
_PAUSE_BEFORE_RETRY = 0.1


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
        self._clients: dict[Address | None, httpx.AsyncClient] = {}
        self._warm = False
        self._multiplexed: set[tuple[str, int]] = set()

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
            params: added to the URL's query.
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
        request = self._client(address).build_request(
            method, url, headers=sent, params=params, content=content
        )
        known = _known(sent, json, request.url)
        limit = self._access.patience(deadline)
        await self._warm_up()
        attempts: list[Attempt] = []
        where = named(*host_and_port(str(request.url)))
        while True:
            started = perf_counter()
            try:
                return await self._exchange(request, address, limit, known, tuple(attempts))
            except TransportError as error:
                repeatable = method in SAFE_METHODS or error.phase in _NOTHING_SENT
                if len(attempts) >= self._retries or not repeatable or not is_lost(error):
                    raise
                elapsed = (perf_counter() - started) * 1000
                self._access.tally.lose(where, error, stood=error.phase not in _NOTHING_SENT)
                attempts.append(Attempt(type(error).__name__, str(error), round(elapsed, 2)))
            await asyncio.sleep(_PAUSE_BEFORE_RETRY)

    async def _warm_up(self) -> None:
        # What is only imported at first use would count as the target's time.
        if not self._warm:
            importlib.import_module("h2.connection")
            await anyio.lowlevel.checkpoint()
            self._warm = True

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _exchange(
        self,
        request: httpx.Request,
        address: Address | None,
        deadline: float,
        known: tuple[str, ...],
        attempts: tuple[Attempt, ...],
    ) -> HttpObservation:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        target = named(host, port, address)
        stopwatch = _Stopwatch()
        await self._access.limits.pace(host)
        shared = (host, port) in self._multiplexed and not carries_body(request)
        async with contextlib.nullcontext() if shared else self._access.limits.connection(host):
            stopwatch.start()
            request.extensions = {"trace": stopwatch.note}
            try:
                async with Deadline(deadline):
                    response = await self._client(address).send(request, stream=True)
                    stopwatch.first_byte()
                    try:
                        reached = _reached(response, address)
                        stopwatch.phase = "read"
                        target = named(host, port, reached)
                        body = await read_body(response, cap=self._body_cap, target=target)
                    finally:
                        await response.aclose()
            except ProbeError:
                raise
            except TimeoutError:
                message = f"no complete answer within {deadline:g} s ({stopwatch.phase})"
                raise DeadlineExceeded(message, target=target, phase=stopwatch.phase) from None
            except (
                httpcore.NetworkError,
                httpcore.ProtocolError,
                httpcore.TimeoutException,
                # A server of TLS 1.3 refuses clients after the handshake only; httpcore lets that through.
                ssl.SSLError,
            ) as error:
                raise transport_error(error, target=target, phase=stopwatch.phase) from None
            finally:
                if stopwatch.dialled:
                    self._access.tally.opened(named(host, port))
        if response.http_version == "HTTP/2":
            self._multiplexed.add((host, port))
        observation = HttpObservation(
            method=request.method,
            url=str(request.url),
            address=reached,
            status=response.status_code,
            http_version=response.http_version,
            headers=tuple((name, value) for name, value in response.headers.multi_items()),
            body=body,
            timings=stopwatch.timings(),
            attempts=attempts,
            host=host,
            port=port,
            known=known,
        )
        note_status(observation.status, dict(observation.headers), observation.title)
        return observation

    def _client(self, address: Address | None) -> httpx.AsyncClient:
        if address not in self._clients:
            self._clients[address] = httpx.AsyncClient(
                transport=GuardedTransport(self._access, address),
                headers={
                    "user-agent": f"golive/{__version__}",
                    "accept": "application/json, */*;q=0.8",
                    "accept-encoding": "gzip, deflate",
                },
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                timeout=None,  # noqa: S113 - a deadline stands around the whole exchange
                trust_env=False,
                follow_redirects=False,
            )
        return self._clients[address]


class _Stopwatch:
    """Times of one exchange, from httpcore's trace events; ``phase`` is what it is doing now."""

    def __init__(self) -> None:
        self.phase = "connect"
        self.dialled = False
        self._started: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._zero = self._first = perf_counter()

    def start(self) -> None:
        self._zero = perf_counter()

    def first_byte(self) -> None:
        self._first = perf_counter()

    async def note(self, event: str, _: Mapping[str, Any]) -> None:
        step, _dot, moment = event.rpartition(".")
        if moment == "started":
            self._started[step] = perf_counter()
            self.dialled = self.dialled or step == "connection.connect_tcp"
            self.phase = {"connection.connect_tcp": "connect", "connection.start_tls": "tls"}.get(
                step, "request"
            )
        elif moment == "complete" and step in self._started:
            self._took[step] = (perf_counter() - self._started[step]) * 1000

    def timings(self) -> Timings:
        return Timings(
            connect_ms=self._took.get("connection.connect_tcp"),
            tls_ms=self._took.get("connection.start_tls"),
            first_byte_ms=(self._first - self._zero) * 1000,
            total_ms=(perf_counter() - self._zero) * 1000,
        )


def _reached(response: httpx.Response, pinned: Address | None) -> Address | None:
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return Address(str(peer[0]), int(peer[1])) if peer else pinned


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
