"""The aiohttp session below the Socket.IO client: addresses, trust, guard, bounds, and what went wrong."""

import socket
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from golive.net.access import Access
from golive.net.errors import ProbeError
from golive.realtime.losing import reset

_BODY_CAP = 2 * 1024 * 1024
_REDIRECTS = range(300, 400)


class BookResolver(AbstractResolver):
    """Answers aiohttp with the address book's addresses, ports included."""

    def __init__(self, access: Access) -> None:
        self._book = access.book

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return every address.

        Raises:
            NameNotFound, DeadlineExceeded, Blind: see `AddressBook.resolve`.
        """
        return [
            ResolveResult(
                hostname=host,
                host=address.ip,
                port=address.port,
                family=socket.AF_INET6 if ":" in address.ip else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._book.resolve(host, port)
            if family == socket.AF_UNSPEC or (family == socket.AF_INET6) == (":" in address.ip)
        ]

    async def close(self) -> None:
        """Nothing is held."""


class CappedResponse(aiohttp.ClientResponse):
    """A response whose body is never read beyond the cap."""

    async def read(self) -> bytes:
        """Return the body.

        Raises:
            aiohttp.ClientPayloadError: it is larger than the cap.
        """
        if self._body is None:
            body = bytearray()
            async for chunk in self.content.iter_any():
                body += chunk
                if len(body) > _BODY_CAP:
                    self.close()
                    raise aiohttp.ClientPayloadError(f"the body is larger than {_BODY_CAP} bytes")
            self._body = bytes(body)
        return self._body


class LosableWebSocket(aiohttp.ClientWebSocketResponse):
    """A WebSocket that can be lost as a network loses it."""

    def reset(self) -> None:
        """End the connection below at once, by a TCP reset and without any goodbye."""
        transport = self._conn.transport if self._conn is not None else None
        if transport is not None:
            reset(transport)


class Journal:
    """What the session saw of the handshake: the Socket.IO client itself drops most of it."""

    def __init__(self) -> None:
        self.status: int | None = None
        """Status of the latest answer."""
        self.headers: Mapping[str, str] = {}
        """Of the latest answer; names in any case."""
        self.failure: Exception | None = None
        """The latest transport failure."""


def guarded_session(access: Access, journal: Journal) -> aiohttp.ClientSession:
    """Return a session for one connection: cookies of its own (sticky sessions), no redirects."""

    async def watch(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # Whatever the transport's method, messages are guarded where they are sent: here it is a GET.
        access.guard.permit("GET", str(request.url))
        try:
            response = await handler(request)
        except (aiohttp.ClientError, OSError, ProbeError) as error:
            journal.failure = error
            raise
        journal.status, journal.headers = response.status, response.headers
        if response.status in _REDIRECTS:
            response.close()
            raise aiohttp.ClientConnectionError("redirects are not followed")
        return response

    options: dict[str, Any] = {"ssl": access.contexts.http1, "resolver": BookResolver(access)}
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(use_dns_cache=False, limit=4, **options),
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        response_class=CappedResponse,
        ws_response_class=LosableWebSocket,
        middlewares=(watch,),
        trust_env=False,
    )
