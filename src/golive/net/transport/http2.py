"""HTTP/2 (RFC 9113) over h2: many exchanges side by side on a connection."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from time import perf_counter

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from golive.net.errors import ConnectionLost, Fate
from golive.net.transport.exchange import Answer, Body, Moments, RawHeaders, Request
from golive.net.transport.http2_frames import FrameSplitter, GoAway
from golive.net.transport.seam import typed
from golive.net.transport.wire import Wire

_IDLE_SECONDS = 30.0
"""Longer than over HTTP/1.1: a server says that it ends a connection, and what it did (RFC 9113, 6.8)."""
_MOST_STREAMS = 100
_LARGEST_HEAD = 65536
_WINDOW = 2**24
_NOT_SENT = frozenset(
    {b"host", b"transfer-encoding", b"connection", b"keep-alive", b"proxy-connection", b"upgrade"}
)
"""Of HTTP/1.1 alone (RFC 9113, 8.2.2); Host is said as ``:authority``."""


@dataclass(slots=True)
class _Exchange:
    request: Request
    moments: Moments
    body: Body
    done: "asyncio.Future[None]"
    head: tuple[int, RawHeaders] | None = None
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when more of the request may be sent, or nothing more is wanted."""

    def settle(self, error: Exception | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
        self.moved.set()


class Http2Connection:
    """One connection; nobody may have more than ``most`` exchanges on it at once."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(validate_inbound_headers=False))
        self._frames = FrameSplitter()
        self._exchanges: dict[int, _Exchange] = {}
        self._served = 0
        self.most = 1
        """Requests at once; until the server's settings are here, the one that it must take."""
        self.settled = asyncio.Event()
        """Set when the settings are here, or the connection has ended."""
        self.wants_http1 = False
        """Whether the server said that it does not serve what was asked over HTTP/2."""
        self._is_spoiled = False
        self._failure: Exception | None = None
        """What ended it, where that was no clean end."""
        self._idle_until = perf_counter() + _IDLE_SECONDS
        self.address = wire.address
        self._start()
        wire.attach(self)

    @property
    def is_usable(self) -> bool:
        """Whether another request may follow, now or later."""
        return not self._is_spoiled and self.wire.is_open

    def takes(self, _: Request) -> bool:
        """Whether it may carry a request after others: any, for it tells what was not done."""
        return True

    def still_stands(self) -> bool:
        """Whether it may be used although it has been idle: not for too long, and no end has come."""
        return self.is_usable and perf_counter() < self._idle_until and not self.wire.has_ended_unnoticed()

    async def exchange(self, request: Request, moments: Moments, body: Body) -> Answer:
        """Send a request and read its answer, also one that comes before the request is complete.

        Raises:
            ConnectionLost, ProtocolError, TlsFailed, Blind: see `typed`.
        """
        if not self.is_usable:
            # It ended before anything was sent, as when it is made and nobody may come in.
            raise typed(self._failure, target=body.target, phase="connect")
        current = _Exchange(request, moments, body, asyncio.get_running_loop().create_future())
        moments.phase, moments.began, moments.sent = "request", perf_counter(), 0.0
        try:
            stream = self._h2.get_next_available_stream_id()
            self._exchanges[stream] = current
            self._h2.send_headers(stream, _head(request), end_stream=not request.body)
        except Exception as error:  # whatever a library raises has one seam
            self._is_spoiled = True
            self._exchanges = {one: other for one, other in self._exchanges.items() if other is not current}
            raise typed(error, target=body.target, phase="request", fate=Fate.UNPROCESSED) from None
        try:
            await self._send(stream, current)
            await current.done
        finally:
            del self._exchanges[stream]
            self._leave(stream, current)
        self.wire.used()
        assert current.head is not None
        status, headers = current.head
        return Answer(status, headers, "HTTP/2", body.whole(), self.address)

    def close(self) -> None:
        """End it."""
        if not self._is_spoiled:
            self._is_spoiled = True
            with contextlib.suppress(h2.exceptions.ProtocolError):
                self._h2.close_connection()
                self._flush()
        self.wire.close()

    async def gone(self, within: float) -> None:
        """Wait for its end, cut off after ``within`` seconds."""
        await self.wire.gone(within)

    def received(self, data: bytes, at: float) -> None:
        """Of the wire."""
        try:
            for frame in self._frames.split(data):
                if isinstance(frame, GoAway):
                    self._go_away(frame)
                    continue
                for event in self._h2.receive_data(frame):
                    self._take(event, at)
            self._flush()
        except Exception as error:  # whatever a library raises has one seam
            with contextlib.suppress(Exception):
                self._flush()
            self._end(error)
            self.wire.close()

    def ended(self, error: Exception | None) -> None:
        """Of the wire."""
        self._end(error)

    def _start(self) -> None:
        codes = h2.settings.SettingCodes
        self._h2.local_settings = h2.settings.Settings(
            client=True,
            initial_values={
                codes.ENABLE_PUSH: 0,
                codes.MAX_CONCURRENT_STREAMS: _MOST_STREAMS,
                codes.MAX_HEADER_LIST_SIZE: _LARGEST_HEAD,
            },
        )
        del self._h2.local_settings[codes.ENABLE_CONNECT_PROTOCOL]
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(_WINDOW)
        self._flush()

    def _flush(self) -> None:
        self.wire.write(self._h2.data_to_send())

    def _take(self, event: h2.events.Event, at: float) -> None:
        if isinstance(event, h2.events.RemoteSettingsChanged):
            self.most = min(_MOST_STREAMS, self._h2.remote_settings.max_concurrent_streams)
            self.settled.set()
            self._wake()
        elif isinstance(event, h2.events.WindowUpdated):
            self._wake(event.stream_id)
        elif isinstance(event, h2.events.DataReceived):
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        current = self._exchanges.get(getattr(event, "stream_id", None) or 0)
        if current is None or current.done.done():
            return
        try:
            self._take_for(current, event, at)
        except Exception as error:  # of this answer alone: too large, not decodable
            current.settle(typed(error, target=current.body.target, phase="read"))

    def _take_for(self, current: _Exchange, event: h2.events.Event, at: float) -> None:
        if isinstance(event, h2.events.ResponseReceived):
            headers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
            status = next((int(value) for name, value in headers if name == b":status"), 0)
            current.head = (status, tuple(field for field in headers if not field[0].startswith(b":")))
            current.moments.phase, current.moments.answered = "read", at
            current.body.begin(current.head[1])
        elif isinstance(event, h2.events.DataReceived):
            current.body.add(event.data)
        elif isinstance(event, h2.events.StreamEnded):
            current.moments.ended = at
            current.settle(None)
        elif isinstance(event, h2.events.StreamReset):
            codes = h2.errors.ErrorCodes
            refused = event.error_code in (codes.REFUSED_STREAM, codes.HTTP_1_1_REQUIRED)
            self.wants_http1 = self.wants_http1 or event.error_code == codes.HTTP_1_1_REQUIRED
            self._is_spoiled = self._is_spoiled or self.wants_http1
            name = getattr(event.error_code, "name", "an unknown error")
            current.settle(
                ConnectionLost(
                    f"the server reset the request's stream ({name})",
                    target=current.body.target,
                    phase=current.moments.phase,
                    fate=Fate.UNPROCESSED if refused and current.head is None else Fate.BROKEN,
                )
            )

    def _go_away(self, frame: GoAway) -> None:
        """Streams up to the last that the server names are still answered; later ones it never looked at."""
        self._is_spoiled = True
        for stream, current in self._exchanges.items():
            if stream > frame.last_stream:
                words = "the server ended the connection before it looked at the request"
                current.settle(
                    ConnectionLost(
                        words,
                        target=current.body.target,
                        phase=current.moments.phase,
                        fate=Fate.UNPROCESSED,
                    )
                )
        if not self._exchanges:
            self.wire.close()

    def _end(self, error: Exception | None) -> None:
        self._is_spoiled = True
        self._failure = self._failure or error
        alone = len(self._exchanges) == 1
        for current in self._exchanges.values():
            if alone:
                fate = Fate.SHARED if self._served else Fate.BROKEN
                current.settle(self._typed(error, current, fate))
            elif error is None or isinstance(error, OSError):
                current.settle(self._typed(error, current, Fate.SHARED))
            else:
                # Whose answer broke the protocol is not known: each is asked again on its own.
                words = "the connection ended over an answer on it that broke the protocol"
                current.settle(
                    ConnectionLost(
                        words, target=current.body.target, phase=current.moments.phase, fate=Fate.SUSPECT
                    )
                )
        self.settled.set()

    async def _send(self, stream: int, current: _Exchange) -> None:
        rest = memoryview(current.request.body)
        try:
            self._flush()
            while rest and not current.done.done():
                size = min(
                    len(rest),
                    self._h2.local_flow_control_window(stream),
                    self._h2.max_outbound_frame_size,
                )
                if size <= 0:
                    current.moved.clear()
                    await current.moved.wait()
                    continue
                self._h2.send_data(stream, bytes(rest[:size]), end_stream=size == len(rest))
                rest = rest[size:]
                self._flush()
                if not self.wire.is_flushed:
                    await self.wire.flush(unless=current.done)
        except h2.exceptions.StreamClosedError:
            # The server has ended the stream: what it said of it is, or will be, here.
            return
        except h2.exceptions.H2Error as error:
            current.settle(self._typed(error, current, Fate.SHARED))
        if not self.wire.is_flushed:
            await self.wire.flush(unless=current.done)
        left, answered = perf_counter(), current.moments.answered
        current.moments.sent = min(left, answered) if answered else left

    def _leave(self, stream: int, current: _Exchange) -> None:
        """Let go of a stream, which the server is told where it is not over."""
        self._served += 1
        self._idle_until = perf_counter() + _IDLE_SECONDS
        if current.done.done() and not current.done.cancelled():
            current.done.exception()  # looked at, for asyncio would complain
        with contextlib.suppress(h2.exceptions.H2Error):
            self._h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
            self._flush()
        if self._is_spoiled and not self._exchanges:
            self.wire.close()

    def _wake(self, stream: int | None = 0) -> None:
        for one, current in self._exchanges.items():
            if not stream or one == stream:
                current.moved.set()

    def _typed(self, error: Exception | None, current: _Exchange, fate: Fate) -> Exception:
        return typed(error, target=current.body.target, phase=current.moments.phase, fate=fate)


def _head(request: Request) -> list[tuple[bytes, bytes]]:
    authority = next((value for name, value in request.headers if name.lower() == b"host"), b"")
    return [
        (b":method", request.method.encode("ascii")),
        (b":authority", authority),
        (b":scheme", request.origin.scheme.encode("ascii")),
        (b":path", request.target),
        *((name.lower(), value) for name, value in request.headers if name.lower() not in _NOT_SENT),
    ]
