"""The bytes of one connection, TCP or TLS, with the instants at which they pass the socket."""

import asyncio
import contextlib
import select
from collections.abc import Callable
from time import perf_counter
from typing import Any, Protocol

from golive.net.address import Address

_A_MOMENT = 0.002


class Reader(Protocol):
    """Speaks the protocol above the bytes. Neither method may raise."""

    def received(self, data: bytes, at: float) -> None:
        """Take what came at an instant of ``perf_counter``."""

    def ended(self, error: Exception | None) -> None:
        """Nothing comes any more: the peer's end, or an error of the connection; may be told twice."""


class Wire(asyncio.Protocol):
    """One connection to ``address``. What comes before a reader is there is kept for it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.connect_seconds = 0.0
        self.tls_seconds: float | None = None
        self.learn: Callable[[Any], None] | None = None
        """Is given the TLS object once an answer has been read."""
        self.tls: Any = None
        """The ``SSLObject``; None on a plain connection."""
        self._transport: Any = None
        self._socket: Any = None
        self._is_closing = False
        self._latest = 0.0
        self._reader: Reader | None = None
        self._early: list[tuple[bytes, float]] = []
        self._end: tuple[Exception | None] | None = None
        self._flushed = asyncio.Event()
        self._flushed.set()
        self._gone = asyncio.Event()

    def attach(self, reader: Reader) -> None:
        """Give everything that came and comes to ``reader``."""
        self._reader = reader
        for data, at in self._early:
            reader.received(data, at)
        self._early.clear()
        if self._end is not None:
            reader.ended(*self._end)

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it, as far as was noticed."""
        return self._end is None and not self._is_closing

    @property
    def is_resumed(self) -> bool:
        """Whether its handshake resumed an earlier session."""
        return self.tls is not None and bool(self.tls.session_reused)

    def used(self) -> None:
        """Note that an answer has been read."""
        if self.learn is not None and self.tls is not None:
            self.learn(self.tls)
            self.learn = None

    def has_unread(self) -> bool:
        """Whether something came, or the end, that the event loop has not told of yet."""
        descriptor = self._socket.fileno()
        if descriptor < 0:
            return True
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
        return bool(poll.poll(0))

    def has_ended_unnoticed(self) -> bool:
        """Whether something came on a connection that had been quiet, where nothing may but its end."""
        # The event loop has just looked at what was busy a moment ago, and asking lets other threads run.
        return perf_counter() - self._latest > _A_MOMENT and self.has_unread()

    def write(self, data: bytes) -> None:
        """Send, at once as far as the system takes it."""
        if data and self.is_open:
            self._transport.write(data)

    @property
    def is_flushed(self) -> bool:
        """Whether everything that was written has left, or nothing can any more."""
        return self._flushed.is_set()

    async def flush(self, unless: "asyncio.Future[None]") -> None:
        """Wait until everything has left, or nothing can any more, or ``unless`` is done."""
        flushing = asyncio.ensure_future(self._flushed.wait())
        either: list[asyncio.Future[Any]] = [flushing, unless]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            flushing.cancel()

    def close(self) -> None:
        """End it with a goodbye."""
        # A TLS transport takes only one goodbye, and says nothing of itself after a second.
        if not self._is_closing:
            self._is_closing = True
            self._transport.close()

    async def gone(self, within: float) -> None:
        """Wait for its end, and cut it off after ``within`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._gone.wait()
        self.abort()

    def abort(self) -> None:
        """End it now."""
        self._is_closing = True
        self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        """Of asyncio."""
        self._transport = transport
        # Kept: a transport that is closed does not tell any more.
        self.tls, self._socket = transport.get_extra_info("ssl_object"), transport.get_extra_info("socket")
        # What has not left yet pauses: then `flush` knows when the last byte did. A TLS transport that is
        # told 0 pauses over nothing.
        transport.set_write_buffer_limits(high=1, low=0)

    def data_received(self, data: bytes) -> None:
        """Of asyncio."""
        self._latest = at = perf_counter()
        if self._reader is None:
            self._early.append((data, at))
        else:
            self._reader.received(data, at)

    def eof_received(self) -> None:
        """Of asyncio: the transport closes itself, once it has sent what it holds."""
        self._tell(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Of asyncio."""
        self._tell(exc)
        self._flushed.set()
        self._gone.set()

    def pause_writing(self) -> None:
        """Of asyncio."""
        self._flushed.clear()

    def resume_writing(self) -> None:
        """Of asyncio."""
        self._flushed.set()

    def _tell(self, error: Exception | None) -> None:
        if self._end is None:
            self._end = (error,)
            if self._reader is not None:
                self._reader.ended(error)
