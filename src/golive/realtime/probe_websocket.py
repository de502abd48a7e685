"""WebSocket (RFC 6455), and Engine.IO's handshake over it in the raw."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, ClassVar, Self

from pydantic import JsonValue
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)

from golive import __version__
from golive.net.access import Access
from golive.net.address import named
from golive.net.deadline import Deadline
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HandshakeRefused,
    ProtocolError,
    TlsFailed,
)
from golive.net.http import host_and_port
from golive.net.masking import masked_text, masked_url
from golive.net.tls.messages import tls_message
from golive.net.transport import seam
from golive.net.transport.dialling import connect_message
from golive.profile.secrets import Secret
from golive.realtime.losing import reset

_LARGEST_MESSAGE = 1_000_000
_GOODBYE = 1.0


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow none."""
        return exc


_PING, _PONG = "2", "3"
"""Packets of Engine.IO."""
_EVENT = "42"
"""A message of Engine.IO that is an event of Socket.IO."""


async def answer_to_connect(socket: "RawWebSocket", *, deadline: float) -> str:
    """Return what a Socket.IO server answers to who asks to be let in.

    A server that thinks for longer than its interval pings meanwhile, and what it tells everybody it may tell
    who is about to be let in, too: clients keep that until they are.
    """
    answer = await socket.receive(deadline=deadline)
    while answer == _PING or answer.startswith(_EVENT):
        if answer == _PING:
            await socket.send(_PONG, deadline=deadline)
        answer = await socket.receive(deadline=deadline)
    return answer


class RawWebSocket:
    """A standing WebSocket: text in, text out, each call under a deadline in seconds."""

    def __init__(self, socket: ClientConnection, target: str, resources: contextlib.AsyncExitStack) -> None:
        self._socket = socket
        self._resources = resources
        self.target = target

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def handshake(self) -> Mapping[str, str]:
        """Headers of the answer that opened the connection; names in any case."""
        return self._socket.response.headers if self._socket.response else {}

    @property
    def close_code(self) -> int | None:
        """The code (RFC 6455, 7.4) of a connection that has ended; None while it stands."""
        return self._socket.close_code

    async def send(self, text: str | bytes, *, deadline: float) -> None:
        """Send one message: text, or binary.

        Raises:
            DeadlineExceeded, ConnectionLost: it could not be sent.
        """
        await self._within(self._socket.send(text), deadline, "send")

    async def receive(self, *, deadline: float) -> str:
        """Return the next message, at most 1 MB of it.

        Raises:
            DeadlineExceeded, ConnectionLost: none came.
            ProtocolError: it is binary.
        """
        message = await self._within(self._socket.recv(), deadline, "receive")
        if not isinstance(message, str):
            raise ProtocolError("a binary message where text belongs", target=self.target, phase="receive")
        return message

    async def ended_within(self, deadline: float) -> bool:
        """Read on, whatever comes, until the server ends the connection; False when it still stands."""
        try:
            async with Deadline(deadline):
                while True:
                    await self._socket.recv()
        except TimeoutError:
            return False
        except ConnectionClosed:
            return True

    def abort(self) -> None:
        """Lose the connection at once, without a goodbye, as when a network goes."""
        # Before Python 3.11.4 a TLS transport that was closed twice cannot be aborted any more.
        with contextlib.suppress(AttributeError):
            self._socket.transport.abort()

    def reset(self) -> None:
        """Lose the connection by a TCP reset."""
        # Before Python 3.11.4 a TLS transport that was closed twice cannot be aborted any more.
        with contextlib.suppress(AttributeError):
            reset(self._socket.transport)

    async def close(self) -> None:
        """Close, within a second even when the server does not answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self._socket.close()
        # Before Python 3.11.4 a TLS transport that was closed twice cannot be aborted any more.
        with contextlib.suppress(AttributeError):
            self._socket.transport.abort()
        await self._resources.aclose()

    async def _within(self, action: Any, deadline: float, phase: str) -> Any:
        try:
            async with Deadline(deadline):
                return await action
        except TimeoutError:
            message = (
                f"nothing within {deadline:g} s" if phase == "receive" else f"not sent in {deadline:g} s"
            )
            raise DeadlineExceeded(message, target=self.target, phase=phase) from None
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd else "none"
            message = f"the connection was closed (code {code})"
            raise ConnectionLost(message, target=self.target, phase=phase) from None
        except TypeError:
            raise  # the check gave what cannot be sent
        except Exception as error:  # whatever a library raises has one seam
            raise seam.typed(error, target=self.target, phase=phase) from None


@dataclass(frozen=True, slots=True)
class EngineIoObservation:
    """Engine.IO 4 and Socket.IO 4 handshakes in the raw. Times in milliseconds."""

    kind: ClassVar[str] = "realtime"

    url: str
    target: str
    ping_interval_ms: int
    ping_timeout_ms: int
    max_payload: int
    """Bytes of the largest message, 0 when not named."""
    accepted: bool
    """Whether the namespace let the client in."""
    reason: str
    """The refusal's message, bounded and masked; empty when accepted."""
    elapsed_ms: float

    @property
    def title(self) -> str:
        """What was asked."""
        return f"Engine.IO handshake at {masked_url(self.url)}"

    def facts(self) -> dict[str, JsonValue]:
        """Everything."""
        return {
            "ping interval ms": self.ping_interval_ms,
            "ping timeout ms": self.ping_timeout_ms,
            "largest payload": self.max_payload,
            "accepted": self.accepted,
            "reason": self.reason or None,
            "ms": round(self.elapsed_ms, 2),
        }


class WebSocketProbe:
    """Opens WebSockets under the profile's names, trust, limits and guard."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def open(
        self,
        url: str,
        *,
        who: str = "client",
        headers: Mapping[str, str] | None = None,
        origin: str | None = None,
        deadline: float | None = None,
    ) -> RawWebSocket:
        """Shake hands, once more where the connection breaks first; redirects are not followed.

        Args:
            url: wss, ws, https or http.
            who: the connection's name in messages.
            headers: added to the handshake's.
            origin: the Origin header.
            deadline: seconds for the handshake.

        Raises:
            Refused: by the guard.
            HandshakeRefused: the answer is not 101.
            TransportError, ProtocolError, Blind: no handshake came about.
        """
        self._access.guard.permit("GET", url)
        url = "ws" + url.removeprefix("http") if url.startswith("http") else url
        limit = self._access.patience(deadline)
        return await self._access.tally.again(
            named(*host_and_port(url)), lambda: self._open(url, who, headers, origin, limit)
        )

    async def _open(
        self, url: str, who: str, headers: Mapping[str, str] | None, origin: str | None, limit: float
    ) -> RawWebSocket:
        host, port = host_and_port(url)
        target = f"{who} at {named(host, port)}"
        resources = contextlib.AsyncExitStack()
        await self._access.limits.pace(host)
        await resources.enter_async_context(self._access.limits.connection(host))
        try:
            async with Deadline(limit):
                socket = await self._dial(url, host, port, dict(headers or {}), origin)
        except BaseException as error:
            await resources.aclose()
            typed = _typed(error, target, limit)
            if typed is error:
                raise
            raise typed from None
        return RawWebSocket(socket, target, resources)

    async def engine_io(
        self,
        url: str,
        path: str = "/socket.io/",
        *,
        token: Secret | str | None = None,
        origin: str | None = None,
        deadline: float | None = None,
    ) -> EngineIoObservation:
        """Shake hands by WebSocket alone (``0{…}``, ``40{token}``, ``40{sid}`` or ``44{message}``) and leave.

        Raises:
            ProtocolError: the server does not speak Engine.IO 4; others as `open`.
        """
        limit = self._access.patience(deadline)
        started = monotonic()
        plain = token.reveal() if isinstance(token, Secret) else token
        full = f"{url.rstrip('/')}/{path.strip('/')}/?EIO=4&transport=websocket"
        async with await self.open(full, origin=origin, deadline=limit) as socket:
            try:
                hello = _packet(await socket.receive(deadline=limit), "0")
                await socket.send("40" + json.dumps({"token": plain} if plain else {}), deadline=limit)
                answer = await answer_to_connect(socket, deadline=limit)
                welcome = _packet(answer, "40") if answer.startswith("40") else _packet(answer, "44")
                interval = int(hello["pingInterval"])
                timeout = int(hello["pingTimeout"])
                largest = int(hello.get("maxPayload", 0))
            except (ValueError, TypeError, KeyError):
                raise ProtocolError("not Engine.IO 4", target=socket.target, phase="handshake") from None
            accepted = answer.startswith("40")
            reason = (
                "" if accepted else masked_text(str(welcome.get("message", "")), (plain or "",), longest=80)
            )
            elapsed = (monotonic() - started) * 1000
            return EngineIoObservation(
                full, socket.target, interval, timeout, largest, accepted, reason, elapsed
            )

    async def _dial(
        self, url: str, host: str, port: int, headers: dict[str, str], origin: str | None
    ) -> ClientConnection:
        secure = url.startswith("wss")
        options: dict[str, Any] = (
            {"ssl": self._access.contexts.http1, "server_hostname": host} if secure else {}
        )
        failure: OSError | None = None
        for address in await self._access.book.resolve(host, port):
            try:
                return await _Connect(
                    url,
                    host=address.ip,
                    port=address.port,
                    origin=origin,  # type: ignore[arg-type]
                    additional_headers=headers,
                    user_agent_header=f"golive/{__version__}",
                    proxy=None,
                    open_timeout=None,
                    close_timeout=_GOODBYE,
                    ping_interval=None,
                    max_size=_LARGEST_MESSAGE,
                    max_queue=256,
                    **options,
                )
            except ssl.SSLError:
                raise
            except OSError as error:
                failure = error
        raise failure or OSError("no address")


def _packet(text: str, prefix: str) -> dict[str, Any]:
    if not text.startswith(prefix):
        raise ValueError("another packet")
    value = json.loads(text[len(prefix) :] or "{}")
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _typed(error: BaseException, target: str, deadline: float) -> BaseException:
    typed: BaseException = error
    broken = ConnectionResetError | BrokenPipeError | ConnectionClosed
    lost = isinstance(error, InvalidMessage) and isinstance(error.__cause__, EOFError)
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        words = f"the handshake was refused with status {status}"
        typed = HandshakeRefused(words, target=target, status=status, reason=f"status {status}")
    elif isinstance(error, TimeoutError):
        typed = DeadlineExceeded(f"no handshake within {deadline:g} s", target=target, phase="handshake")
    elif isinstance(error, ssl.SSLError):
        words, code = tls_message(error)
        typed = TlsFailed(words, target=target, code=code)
    elif lost or isinstance(error, broken):
        words = "the connection broke before the handshake was complete"
        typed = ConnectionLost(words, target=target, phase="handshake")
    elif isinstance(error, InvalidHandshake | WebSocketException):
        typed = ProtocolError("the answer is no WebSocket handshake", target=target, phase="handshake")
    elif isinstance(error, OSError):
        typed = ConnectFailed(connect_message(error, deadline), target=target, phase="connect")
    elif isinstance(error, Exception):
        typed = seam.typed(error, target=target, phase="handshake")
    return typed
