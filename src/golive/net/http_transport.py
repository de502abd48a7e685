"""The transport below httpx: the profile's addresses, the guard, and errors with their target."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpcore
import httpx

from golive.net.access import Access
from golive.net.address import Address, named
from golive.net.deadline import Deadline
from golive.net.errors import ConnectFailed, ConnectionLost, ProbeError, ProtocolError, TlsFailed
from golive.net.guard import SAFE_METHODS
from golive.net.headers import read_codings
from golive.net.tls_messages import tls_message

_CONNECTIONS = 64
_IDLE_SECONDS = 4.0
"""Below what servers keep idle connections for (Node.js, uvicorn: 5 s), or a request meets their end."""
_LOST = ("disconnected", "peer closed", "ConnectionTerminated", "StreamReset", "State.CLOSED")
"""What httpcore's and h2's words have in common when a connection is gone."""


class MappedBackend(httpcore.AsyncNetworkBackend):
    """Dials the addresses of the book; server name, Host and verification keep the public name.

    Args:
        access: its address book is asked.
        pinned: the one address to dial instead of all in turn.
    """

    def __init__(self, access: Access, pinned: Address | None) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._access = access
        self._pinned = pinned

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - httpcore's signature
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that accepts.

        Raises:
            ConnectFailed: naming every address that was tried.
            NameNotFound, DeadlineExceeded, Blind: see `AddressBook.resolve`.
        """
        addresses = (self._pinned,) if self._pinned else await self._access.book.resolve(host, port)
        reasons: list[str] = []
        for address in addresses:
            try:
                async with Deadline(self._access.connect_deadline):
                    return await self._inner.connect_tcp(address.ip, address.port)
            except (httpcore.ConnectError, TimeoutError) as error:
                reasons.append(f"{connect_message(error, self._access.connect_deadline)} [{address}]")
        raise ConnectFailed(", ".join(reasons), target=named(host, port), phase="connect")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never used: every target has a host and a port."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait, between a connection's own retries."""
        await asyncio.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that refuses before it sends, over httpcore's public pool."""

    def __init__(self, access: Access, pinned: Address | None = None) -> None:
        self._guard = access.guard
        self._access = access
        self._pinned = pinned
        # As many as may be open: one that is closed for being idle may just have been given a request.
        self._pool = self._connections(access.contexts.http, http2=True, kept=_CONNECTIONS)
        # None is kept: a server that answered early may close the connection unannounced, and what carries a
        # body cannot be sent again.
        self._http1 = self._connections(access.contexts.http1, http2=False, kept=0)

    def _connections(
        self, context: ssl.SSLContext, *, http2: bool, kept: int
    ) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=kept,
            keepalive_expiry=_IDLE_SECONDS,
            http2=http2,
            network_backend=MappedBackend(self._access, self._pinned),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; redirects are not its business.

        Raises:
            Refused: by the guard.
            ProbeError, httpcore exceptions: see `transport_error`.
        """
        self._guard.permit(request.method, str(request.url))
        assert isinstance(request.stream, httpx.AsyncByteStream)
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        pool = self._http1 if carries_body(request) else self._pool
        answer = await pool.handle_async_request(sent)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
        await self._http1.aclose()


def carries_body(request: httpx.Request) -> bool:
    """Whether a body follows the headers, be it empty, or may: it has an HTTP/1.1 connection of its own.

    Over HTTP/2 a server may answer before it has the body, and close the stream. That answer counts
    (RFC 9113, 8.1), but httpcore loses it; and nobody may send again what may have been done.
    """
    # What changes something cannot be sent again, so it must not meet a kept connection that just closes.
    changes = request.method not in SAFE_METHODS
    return changes or "content-length" in request.headers or "transfer-encoding" in request.headers


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


async def read_body(response: httpx.Response, *, cap: int, target: str) -> bytes:
    """Read and decode the body (gzip and deflate), never holding more than ``cap`` bytes and one chunk.

    Raises:
        ProtocolError: larger than ``cap``, encoded or decoded, or not decodable.
    """
    codings = read_codings(response.headers.get_list("content-encoding"))
    inflater = zlib.decompressobj(47) if codings in (("gzip",), ("deflate",)) else None
    body = bytearray()
    received = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        try:
            body += inflater.decompress(chunk, cap + 1 - len(body)) if inflater else chunk
        except zlib.error:
            raise ProtocolError(f"the body is not valid {codings[0]}", target=target, phase="read") from None
        if len(body) > cap or received > cap:
            raise ProtocolError(f"the body is larger than {cap} bytes", target=target, phase="read")
    return bytes(body)


def connect_message(error: BaseException, deadline: float) -> str:
    """Return why a TCP connection did not come about, in plain words."""
    if isinstance(error, TimeoutError):
        return f"no connection within {deadline:g} s"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, ssl.SSLError):
            return cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__
    return "no connection"


def transport_error(error: Exception, *, target: str, phase: str) -> ProbeError:
    """Return the typed error for what httpcore raised. Nothing that the target sent is in its words."""
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout | ssl.SSLError):
        words, code = tls_message(error)
        # After the handshake nobody knows any more whether what was sent was done.
        return TlsFailed(
            words, target=target, phase=phase if phase in ("request", "read") else "tls", code=code
        )
    text = str(error)
    lost = isinstance(error, httpcore.NetworkError) or any(sign in text for sign in _LOST)
    if lost:
        return ConnectionLost(
            "the connection broke before the answer was complete", target=target, phase=phase
        )
    if isinstance(error, httpcore.LocalProtocolError):
        return ProtocolError("the request is not valid HTTP", target=target, phase=phase)
    return ProtocolError("the answer is not valid HTTP", target=target, phase=phase)
