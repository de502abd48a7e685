"""Connections: the guard first, then TCP and TLS, with a session to resume where one is known."""

import asyncio
import socket
import ssl
from time import perf_counter
from typing import Any, cast

from golive.net.access import Access
from golive.net.address import Address, named
from golive.net.deadline import Deadline
from golive.net.errors import CLOSED_IN_HANDSHAKE, ConnectFailed, TlsFailed
from golive.net.transport.exchange import Origin
from golive.net.transport.http1 import Http1Connection
from golive.net.transport.http2 import Http2Connection
from golive.net.transport.seam import typed
from golive.net.transport.wire import Wire

_NEVER = 86_400.0
"""Seconds: the deadlines of those who wait for a handshake end it."""

Connection = Http1Connection | Http2Connection


class Dialler:
    """Makes connections to one address of an origin; server name and verification keep the public name."""

    def __init__(self, access: Access, origin: Origin, address: Address) -> None:
        self._access = access
        self._origin = origin
        self._address = address
        self.is_shaking_hands = False
        self._sessions = {version: _Session() for version in ("any", "http/1.1")}

    async def dial(self, *, only_http1: bool = False) -> Connection:
        """Connect, and speak what the server chose: HTTP/2 or HTTP/1.1.

        Raises:
            Refused: by the guard.
            ConnectFailed, TlsFailed, ConnectionLost, Blind: no connection came about.
        """
        host, port = self._origin.host, self._origin.port
        self._access.guard.permit_connection(host, port)
        self._access.tally.opened(named(host, port))
        wire = Wire(self._address)
        began = perf_counter()
        connected = await self._connect()
        wire.connect_seconds = perf_counter() - began
        session = self._sessions["http/1.1" if only_http1 else "any"]
        loop = asyncio.get_running_loop()
        self.is_shaking_hands = self._origin.is_secure
        try:
            if self._origin.is_secure:
                contexts = self._access.contexts
                session.context = contexts.http1 if only_http1 else contexts.http
                began = perf_counter()
                await loop.create_connection(
                    lambda: wire,
                    sock=connected,
                    ssl=cast(ssl.SSLContext, session),  # asked by asyncio for nothing but `wrap_bio`
                    server_hostname=host,
                    ssl_handshake_timeout=_NEVER,
                    ssl_shutdown_timeout=1,
                )
                wire.tls_seconds = perf_counter() - began
            else:
                await loop.create_connection(lambda: wire, sock=connected)
        except (OSError, ssl.SSLError) as error:
            raise self._tls_failed(error) from None
        finally:
            self.is_shaking_hands = False
        if self._origin.is_secure:
            wire.learn = session.learn
        chosen = wire.tls.selected_alpn_protocol() if wire.tls is not None else None
        return Http2Connection(wire) if chosen == "h2" else Http1Connection(wire)

    def _tls_failed(self, error: Exception) -> Exception:
        target = named(self._origin.host, self._origin.port)
        if not isinstance(error, ssl.SSLError):
            # Whoever ends it here says nothing of why.
            return TlsFailed(CLOSED_IN_HANDSHAKE, target=target)
        return typed(error, target=target, phase="tls")

    async def _connect(self) -> socket.socket:
        address = self._address
        family = socket.AF_INET6 if ":" in address.ip else socket.AF_INET
        connected = socket.socket(family, socket.SOCK_STREAM)
        connected.setblocking(False)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with Deadline(self._access.connect_deadline):
                await asyncio.get_running_loop().sock_connect(connected, (address.ip, address.port))
        except OSError as error:  # also a deadline's TimeoutError
            connected.close()
            reason = connect_message(error, self._access.connect_deadline)
            target = named(self._origin.host, self._origin.port)
            raise ConnectFailed(f"{reason} [{address}]", target=target, phase="connect") from None
        except BaseException:
            connected.close()
            raise
        return connected


class _Session:
    """Hands asyncio TLS objects that resume the latest session of the same address, protocol and roots.

    The certificate of a resumed session was verified when the session was made, minutes ago at most. Probes
    that look at handshakes and certificates make their own connections, with contexts of their own.
    """

    def __init__(self) -> None:
        self.context: ssl.SSLContext | None = None
        self._latest: ssl.SSLSession | None = None

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: ARG002 - asyncio's call
        server_hostname: str | None = None,
    ) -> ssl.SSLObject:
        """As of `ssl.SSLContext`, with the session."""
        assert self.context is not None
        return self.context.wrap_bio(
            incoming, outgoing, server_hostname=server_hostname, session=self._latest
        )

    def learn(self, tls: Any) -> None:
        """Remember the session of a connection that has been read from: tickets come after the handshake."""
        session = tls.session
        if session is not None and (session.has_ticket or session.id):
            self._latest = session


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
