"""HTTP/1.1 (RFC 9112) over h11: one exchange at a time on a connection."""

import asyncio
import contextlib
from dataclasses import dataclass
from time import perf_counter

import h11

from golive.net.errors import Fate
from golive.net.headers import read_keep_alive
from golive.net.transport.exchange import Answer, Body, Moments, RawHeaders, Request
from golive.net.transport.seam import typed
from golive.net.transport.wire import Wire

_LARGEST_HEAD = 100 * 1024
_PIECE = 64 * 1024
_REQUEST_TIMEOUT = 408
_IDLE_SECONDS = 4.0
"""Below what servers keep idle connections for (Node.js, uvicorn: 5 s), or a request meets their end."""


@dataclass(slots=True)
class _Exchange:
    request: Request
    moments: Moments
    body: Body
    done: "asyncio.Future[None]"
    head: tuple[int, RawHeaders, str] | None = None


class Http1Connection:
    """One connection, for one exchange at a time."""

    most = 1

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        self._current: _Exchange | None = None
        self._served = 0
        self._is_spoiled = False
        self._failure: Exception | None = None
        """What ended it, where that was no clean end."""
        self._idle_until = perf_counter() + _IDLE_SECONDS
        self.address = wire.address
        wire.attach(self)

    @property
    def is_usable(self) -> bool:
        """Whether another request may follow, now or later."""
        return not self._is_spoiled and self.wire.is_open

    def takes(self, request: Request) -> bool:
        """Whether it may carry ``request`` after others.

        Nothing in HTTP/1.1 tells whether a request met the end of a kept connection or was done: what cannot
        be sent again has a new one.
        """
        return request.is_safe or not self._served

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
        self._current = current
        moments.phase, moments.began, moments.sent = "request", perf_counter(), 0.0
        try:
            await self._send(current)
            await current.done
            if self._served and current.head is not None and current.head[0] == _REQUEST_TIMEOUT:
                # It was the kept connection's, not the request's (RFC 9110, 15.5.9).
                raise self._typed(None, Fate.KEPT)
            self._keep(current)
        except BaseException as error:
            self._is_spoiled = True
            self.wire.abort()
            if isinstance(error, Exception) and not isinstance(error, TimeoutError):
                raise self._typed(error) from None
            raise
        finally:
            self._served += 1
            self._current = None
            if current.done.done() and not current.done.cancelled():
                current.done.exception()  # looked at, for asyncio would complain
        self.wire.used()
        assert current.head is not None
        status, headers, version = current.head
        return Answer(status, headers, version, body.whole(), self.address)

    def close(self) -> None:
        """End it."""
        self._is_spoiled = True
        self.wire.close()

    async def gone(self, within: float) -> None:
        """Wait for its end, cut off after ``within`` seconds."""
        await self.wire.gone(within)

    def received(self, data: bytes, at: float) -> None:
        """Of the wire."""
        current = self._current
        if current is None:
            # An answer that nobody asked for, such as 408 on an idle connection.
            self._is_spoiled = True
            self.wire.close()
            return
        current.moments.answered = current.moments.answered or at
        self._advance(current, data, at)

    def ended(self, error: Exception | None) -> None:
        """Of the wire."""
        self._is_spoiled = True
        self._failure = self._failure or error
        current = self._current
        if current is None or current.done.done():
            return
        if error is None and current.head is not None:
            # Some bodies end with the connection (RFC 9112, 6.3); all others are cut off.
            with contextlib.suppress(h11.RemoteProtocolError):
                self._read(current, b"", perf_counter())
        if not current.done.done():
            current.done.set_exception(self._lost(current, error))

    def _advance(self, current: _Exchange, data: bytes, at: float) -> None:
        try:
            self._read(current, data, at)
        except Exception as error:  # whatever a library raises has one seam
            if not current.done.done():
                current.done.set_exception(self._typed(error))

    def _read(self, current: _Exchange, data: bytes, at: float) -> None:
        self._h11.receive_data(data)
        while not current.done.done():
            event = self._h11.next_event()
            if isinstance(event, h11.InformationalResponse):
                current.moments.answered = at if self._h11.trailing_data[0] else 0.0
            elif isinstance(event, h11.Response):
                version = f"HTTP/{event.http_version.decode('ascii')}"
                headers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
                current.head = (event.status_code, headers, version)
                current.moments.phase = "read"
                current.body.begin(headers)
            elif isinstance(event, h11.Data):
                current.body.add(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                current.moments.ended = at
                current.done.set_result(None)
            else:
                return

    async def _send(self, current: _Exchange) -> None:
        request = current.request
        head = self._h11.send(
            h11.Request(method=request.method, target=request.target, headers=list(request.headers))
        )
        assert head is not None
        for begin in range(0, max(len(request.body), 1), _PIECE):
            piece = request.body[begin : begin + _PIECE]
            data = (self._h11.send(h11.Data(data=piece)) or b"") if piece else b""
            self.wire.write(head + data)
            head = b""
            await self._left(current)
            if current.done.done():
                # What is still to come of the request is not wanted any more (RFC 9112, 9.5).
                current.moments.sent = current.moments.answered
                return
            if begin + _PIECE < len(request.body) and self.wire.has_unread():
                await asyncio.sleep(0)
        self.wire.write(self._h11.send(h11.EndOfMessage()) or b"")
        left = await self._left(current)
        answered = current.moments.answered
        current.moments.sent = min(left, answered) if answered else left

    async def _left(self, current: _Exchange) -> float:
        """Wait until what was written has left, or the answer is complete."""
        if not self.wire.is_flushed:
            await self.wire.flush(unless=current.done)
        return perf_counter()

    def _keep(self, current: _Exchange) -> None:
        """Make it ready for another exchange, where both sides let it."""
        assert current.head is not None
        over = self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        if not over or self._h11.trailing_data[0] or not self.wire.is_open:
            self.close()
            return
        self._h11.start_next_cycle()
        lines = [value.decode("latin-1") for name, value in current.head[1] if name == b"keep-alive"]
        announced = read_keep_alive(lines)
        seconds = _IDLE_SECONDS if announced is None else min(_IDLE_SECONDS, announced.total_seconds() / 2)
        self._idle_until = perf_counter() + seconds

    def _lost(self, current: _Exchange, error: Exception | None) -> Exception:
        unanswered = not current.moments.answered
        kept = self._served > 0 and unanswered
        return self._typed(error, Fate.KEPT if kept else Fate.BROKEN)

    def _typed(self, error: Exception | None, fate: Fate = Fate.BROKEN) -> Exception:
        current = self._current
        assert current is not None
        return typed(error, target=current.body.target, phase=current.moments.phase, fate=fate)
