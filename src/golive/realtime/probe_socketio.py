"""Socket.IO 4 over Engine.IO 4: by polling, by upgrade, or by WebSocket alone. asyncio only."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import socketio
import socketio.exceptions
from pydantic import JsonValue

from golive import __version__
from golive.net.access import Access
from golive.net.address import named
from golive.net.deadline import Deadline, latest
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HandshakeRefused,
    ProbeError,
    ProtocolError,
    TlsFailed,
)
from golive.net.http import host_and_port
from golive.net.masking import masked_text
from golive.net.tls.messages import tls_message
from golive.net.transport.dialling import connect_message
from golive.net.transport.seam import typed
from golive.profile.secrets import Secret
from golive.realtime.connection import BOTH, RealtimeConnection, Transport
from golive.realtime.observation import Ack, RealtimeObservation
from golive.realtime.socketio_session import Journal, LosableWebSocket, guarded_session

_GOODBYE = 0.5
_LARGEST_MESSAGE = 1_000_000


class SocketIoConnection(RealtimeConnection):
    """A connection of Socket.IO, by whichever transport."""

    def __init__(self, access: Access, url: str, path: str, who: str, known: tuple[str, ...]) -> None:
        self._target = f"{who} at {named(*host_and_port(url))}"
        super().__init__(access, self._target, known, url)
        self._url = url
        self._path = path
        self._who = who
        self._known = known
        self._journal = Journal()
        self._resources = contextlib.AsyncExitStack()
        self.handshake = {}
        self._refusal: JsonValue = None
        self._first = self._last = ""
        self._settled = asyncio.Event()

    @property
    def where(self) -> str:
        """How messages name it."""
        return self._target

    @property
    def transport(self) -> str:
        """``polling`` or ``websocket``: what carries messages now."""
        return str(self._client.eio.transport()) if self._client.eio.state == "connected" else self._last

    async def open(
        self, token: str | None, transports: Sequence[Transport], origin: str | None, deadline: float
    ) -> None:
        """Connect; called once, by the probe."""
        host, _ = host_and_port(self._url)
        await self._access.limits.pace(host)
        await self._resources.enter_async_context(self._access.limits.connection(host))
        session = await self._resources.enter_async_context(guarded_session(self._access, self._journal))
        self._client = socketio.AsyncClient(
            reconnection=False,
            logger=False,
            engineio_logger=False,
            handle_sigint=False,
            request_timeout=latest(deadline) + 1,
            http_session=session,
            websocket_extra_options={"max_msg_size": _LARGEST_MESSAGE},
        )
        self._client.on("*", self._on_event)
        self._client.on("connect", self._on_connect)
        self._client.on("connect_error", self._on_refusal)
        self._client.on("disconnect", self._on_disconnect)
        self._first = self._last = str(transports[0])
        headers = {"User-Agent": f"golive/{__version__}"} | ({"Origin": origin} if origin else {})
        started = monotonic()
        async with Deadline(deadline):
            await self._client.connect(
                self._url,
                headers=headers,
                auth=None if token is None else {"token": token},
                transports=list(transports),
                socketio_path=self._path.strip("/"),
                wait=False,
            )
            await self._settled.wait()
        if "/" not in self._client.namespaces:
            raise socketio.exceptions.ConnectionError
        self._connect_ms = (monotonic() - started) * 1000
        self._inbox.opened_at = monotonic()
        self.handshake = self._journal.headers
        self._last = self.transport
        self._inbox.note("→", f"connected over {self.transport}")

    async def emit(self, event: str, data: JsonValue = None, *, deadline: float | None = None) -> Ack:
        """Send an event and wait for its acknowledgement.

        Raises:
            Refused: by the guard; a message counts as a POST.
            DeadlineExceeded: no acknowledgement in time.
            ConnectionLost: the connection has ended.
        """
        await self._access.admit_message(self._url)
        limit = self._access.patience(deadline)
        self._inbox.note("→", event, data)
        started = monotonic()
        try:
            async with Deadline(limit):
                answer: Any = await self._client.call(event, data, timeout=latest(limit) + 1)
        except (TimeoutError, socketio.exceptions.TimeoutError):
            message = f"{event} was not acknowledged within {limit:g} s"
            raise DeadlineExceeded(message, target=self._target, phase="acknowledge") from None
        except (socketio.exceptions.SocketIOError, aiohttp.ClientError):
            message = f"{event} could not be sent: the connection has ended"
            raise ConnectionLost(message, target=self._target, phase="send") from None
        except (TypeError, ValueError):
            raise  # the check gave what cannot be sent
        except Exception as error:  # whatever a library raises has one seam
            raise typed(error, target=self._target, phase="send") from None
        elapsed = (monotonic() - started) * 1000
        self._inbox.hear(f"acknowledged {event}", answer)
        self._inbox.note("←", f"acknowledged {event}", answer)
        return Ack(event, answer, elapsed, self._target)

    def observe(self) -> RealtimeObservation:
        """Return everything up to now."""
        return self._inbox.observation(
            self._url,
            self._who,
            "socket.io",
            transport=self.transport,
            upgraded=self._first == "polling" and self.transport == "websocket",
            connect_ms=self._connect_ms,
            connected=self._client.connected,
        )

    def abort(self) -> None:
        """Lose the connection at once, without a goodbye, as when a network goes.

        Raises:
            ProtocolError: it is carried by polling, where there is no connection to lose.
        """
        wire = self._client.eio.ws
        link = wire.get_extra_info("socket") if wire is not None else None
        if link is None:
            raise ProtocolError("no connection to lose: it is polling", target=self._target, phase="send")
        link.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Lose the connection by a TCP reset.

        Raises:
            ProtocolError: it is carried by polling, where there is no connection to lose.
        """
        wire = self._client.eio.ws
        if not isinstance(wire, LosableWebSocket):
            raise ProtocolError("no connection to lose: it is polling", target=self._target, phase="send")
        wire.reset()

    async def disconnect(self) -> None:
        """Leave, and end what was started, within half a second even when the server does not answer."""
        client = getattr(self, "_client", None)
        try:
            if client is not None:
                self._last = self.transport
                with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError, ProbeError):
                    async with asyncio.timeout(_GOODBYE):
                        await client.disconnect()
                loops = [client.eio.read_loop_task, client.eio.write_loop_task]
                tasks = [task for task in loops if task is not None and not task.done()]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await self._resources.aclose()
            await self._inbox.close("left")

    def explain(self, error: Exception, deadline: float) -> ProbeError:
        """Return the typed error for a connection that did not come about."""
        failure, status = self._journal.failure, self._journal.status
        if status is not None and status not in (101, 200):
            words = f"the handshake was refused with status {status}"
            return HandshakeRefused(words, target=self._target, status=status, reason=f"status {status}")
        if self._refusal is not None:
            message = self._refusal.get("message") if isinstance(self._refusal, dict) else self._refusal
            reason = masked_text(str(message or "no reason given"), self._known, longest=80)
            words = f"the handshake was refused ({reason})"
            return HandshakeRefused(words, target=self._target, status=None, reason=reason)
        if isinstance(error, TimeoutError):
            message = f"no connection within {deadline:g} s"
            return DeadlineExceeded(message, target=self._target, phase="handshake")
        if failure is not None:
            return _transport_failure(failure, self._target, deadline)
        return ProtocolError("the answer is not Engine.IO", target=self._target, phase="handshake")

    async def _on_event(self, event: str, *data: JsonValue) -> None:
        await self._inbox.receive(event, data[0] if len(data) == 1 else list(data))

    async def _on_connect(self) -> None:
        self._settled.set()

    async def _on_refusal(self, data: JsonValue = None) -> None:
        # Also called when the transport fails; then there is no Engine.IO session.
        if self._client.eio.sid is not None:
            self._inbox.hear("refusal", data)
            self._refusal = data if data is not None else "no reason given"
            self._settled.set()

    async def _on_disconnect(self, *reason: object) -> None:
        await self._inbox.close(str(reason[0]) if reason else "disconnected")
        self._settled.set()


class SocketIoProbe:
    """Connects Socket.IO clients, each with cookies of its own.

    Args:
        access: guard, addresses, trust, limits, deadlines.
        url: https or http, host and port.
        path: of Engine.IO, such as ``/socket.io/``.
    """

    def __init__(self, access: Access, url: str, path: str = "/socket.io/") -> None:
        self._access = access
        self._url = url
        prefix = urlsplit(url).path.strip("/")
        self._path = f"{prefix}/{path.strip('/')}".strip("/")

    async def connect(
        self,
        token: Secret | str | None,
        *,
        who: str = "client",
        transports: Sequence[Transport] = BOTH,
        origin: str | None = None,
        deadline: float | None = None,
    ) -> SocketIoConnection:
        """Connect and authenticate, once more where the connection breaks first.

        Args:
            token: sent as ``auth.token``; None sends no authentication.
            who: the connection's name in messages and evidence.
            transports: ``("polling", "websocket")`` upgrades, one alone stays with it.
            origin: the Origin header.
            deadline: seconds for the whole handshake.

        Raises:
            Refused: by the guard, before anything is sent.
            HandshakeRefused: the server answered with a refusal.
            TransportError, ProtocolError, Blind: no handshake came about.
        """
        self._access.guard.permit("GET", self._url)
        limit = self._access.patience(deadline)
        plain = token.reveal() if isinstance(token, Secret) else token
        return await self._access.tally.again(
            named(*host_and_port(self._url)), lambda: self._connect(plain, who, transports, origin, limit)
        )

    async def _connect(
        self, plain: str | None, who: str, transports: Sequence[Transport], origin: str | None, limit: float
    ) -> SocketIoConnection:
        connection = SocketIoConnection(self._access, self._url, self._path, who, (plain,) if plain else ())
        try:
            await connection.open(plain, transports, origin, limit)
        except BaseException as error:
            await connection.disconnect()
            if isinstance(error, TimeoutError | socketio.exceptions.SocketIOError | aiohttp.ClientError):
                raise connection.explain(error, limit) from None
            if isinstance(error, KeyError | ValueError | TypeError | IndexError | AttributeError):
                # The client trips over packets that are no Engine.IO.
                raise connection.explain(error, limit) from None
            if isinstance(error, Exception):
                raise typed(error, target=connection.where, phase="handshake") from None
            raise
        return connection


def _transport_failure(failure: Exception, target: str, deadline: float) -> ProbeError:
    if isinstance(failure, ProbeError):
        return failure
    if isinstance(failure, aiohttp.ClientConnectorCertificateError):
        words, code = tls_message(failure.certificate_error)
        return TlsFailed(words, target=target, code=code)
    if isinstance(failure, aiohttp.ClientSSLError):
        words, code = tls_message(failure.os_error)
        return TlsFailed(words, target=target, code=code)
    if isinstance(failure, aiohttp.ClientConnectorError):
        return ConnectFailed(connect_message(failure.os_error, deadline), target=target, phase="connect")
    if isinstance(failure, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return ProtocolError("the answer is not valid HTTP, or too large", target=target, phase="handshake")
    message = "the connection broke before the handshake was complete"
    return ConnectionLost(message, target=target, phase="handshake")
