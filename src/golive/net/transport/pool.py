"""Connections that stand, one small pool for each address: a request costs the same however many wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from golive.net.access import Access
from golive.net.address import Address, named
from golive.net.errors import ConnectFailed
from golive.net.limits import Slots, Turn
from golive.net.transport.dialling import Connection, Dialler
from golive.net.transport.exchange import Origin, Request
from golive.net.transport.http2 import Http2Connection

_GOODBYE_SECONDS = 0.5


@dataclass(slots=True)
class _Dial:
    """A connection in the making, which all who could share it wait for."""

    task: "asyncio.Task[Connection]"
    waiting: int = 0

    async def made(self) -> Connection:
        """Wait for it; when nobody does any more it ends."""
        self.waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self.waiting -= 1
            if not self.waiting:
                self.task.cancel()


@dataclass(frozen=True, slots=True)
class Lease:
    """A connection for one request."""

    connection: Connection
    is_new: bool
    """Whether it was made for this request."""


class Pools:
    """The pools of all origins and addresses.

    Args:
        access: guard, addresses, trust and limits.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._pools: dict[tuple[Origin, Address], Pool] = {}
        self._idle: dict[str, dict[Connection, Pool]] = {}

    @asynccontextmanager
    async def lease(self, request: Request, pinned: Address | None, *, alone: bool) -> AsyncIterator[Lease]:
        """Hold a connection for a request; it is given back, or ended, whatever happens.

        Args:
            request: what is to be sent.
            pinned: the one address to speak to; otherwise the book's, in turn.
            alone: whether the connection is to be a new one that carries nothing else.

        Raises:
            Refused: by the guard.
            TransportError: no connection came about.
            Blind: the host's limit left none free, or the suite's own resolver fails.
        """
        pool, lease = await self._found(request, pinned, alone=alone)
        try:
            yield lease
        finally:
            pool.give_back(lease.connection)

    async def aclose(self) -> None:
        """End every connection."""
        closing = [pool.close() for pool in self._pools.values()]
        self._pools.clear()
        await asyncio.gather(*(one.gone(_GOODBYE_SECONDS) for pool in closing for one in pool))

    async def _found(self, request: Request, pinned: Address | None, *, alone: bool) -> tuple["Pool", Lease]:
        host, port = request.origin.host, request.origin.port
        addresses = (pinned,) if pinned else await self._access.book.resolve(host, port)
        pools = [self._of(request.origin, address) for address in addresses]
        reasons: list[str] = []
        failure: ConnectFailed | None = None
        # Where a connection stands nobody looks for another address.
        for pool in sorted(pools, key=lambda one: not one.stands):
            try:
                return pool, await pool.lease(request, alone=alone)
            except ConnectFailed as error:
                failure = error
                reasons.append(error.message)
        # Its cause is the same for all who waited for one connection.
        raise ConnectFailed(", ".join(reasons), target=named(host, port), phase="connect") from failure

    def phase(self, origin: Origin) -> str:
        """What a connection to ``origin`` that is being made waits for: ``connect`` or ``tls``."""
        pools = (pool for (other, _), pool in self._pools.items() if other == origin)
        return "tls" if any(pool.shakes_hands for pool in pools) else "connect"

    def _of(self, origin: Origin, address: Address) -> "Pool":
        key = (origin, address)
        if key not in self._pools:
            slots = self._access.limits.slots(origin.host)
            idle = self._idle.setdefault(origin.host, {})
            self._pools[key] = Pool(Dialler(self._access, origin, address), slots, idle, origin)
        return self._pools[key]


class Pool:
    """Connections to one address. Each that carries requests holds one of the host's slots.

    Args:
        dialler: makes them.
        slots: of the host.
        idle_of_host: connections that carry nothing, of all addresses, the longest idle first.
        origin: of all of them.
    """

    def __init__(
        self, dialler: Dialler, slots: Slots, idle_of_host: "dict[Connection, Pool]", origin: Origin
    ) -> None:
        self._dialler = dialler
        self._slots = slots
        self._room = slots.queue()
        self._idle: dict[Connection, None] = {}
        self._idle_of_host = idle_of_host
        self._leases: dict[Connection, int] = {}
        self._shared: dict[Connection, None] = {}
        """Those of them that take several requests."""
        self._dial: _Dial | None = None
        # Over plain TCP there is only HTTP/1.1; over TLS the first handshake tells.
        self._may_share = origin.is_secure
        self._only_http1 = False

    @property
    def stands(self) -> bool:
        """Whether there is a connection."""
        return bool(self._leases or self._idle)

    @property
    def shakes_hands(self) -> bool:
        """Whether TLS is being negotiated."""
        return self._dialler.is_shaking_hands

    async def lease(self, request: Request, *, alone: bool) -> Lease:
        """Return a connection that takes ``request``, once the limits let it. See `Pools.lease`."""
        turn = self._slots.turn()
        try:
            while True:
                if not alone and (ready := self._ready(request, turn)) is not None:
                    return Lease(ready, is_new=False)
                unsettled = None if alone else self._unsettled()
                # One that is over would be awaited without letting go of the event loop.
                if not alone and self._dial is not None and not self._dial.task.done() and self._may_share:
                    await self._dial.made()
                elif unsettled is not None:
                    await unsettled.settled.wait()
                elif turn.take():
                    return Lease(await self._new(alone=alone), is_new=True)
                else:
                    await turn.wait(self._room if self._shared and not alone else None)
        finally:
            # Whoever had to wait tells the next, who may find what this one found.
            self._room.wake()
            self._slots.pass_on()

    def _unsettled(self) -> Http2Connection | None:
        """A connection of which it is not known yet how many requests it takes."""
        shared = (one for one in self._shared if isinstance(one, Http2Connection))
        return next((one for one in shared if not one.settled.is_set()), None)

    def give_back(self, connection: Connection) -> None:
        """Take a connection back whose exchange is over."""
        self._leases[connection] -= 1
        if isinstance(connection, Http2Connection) and connection.wants_http1:
            self._only_http1, self._may_share = True, False
        if self._leases[connection]:
            if not connection.is_usable:
                self._shared.pop(connection, None)
        else:
            del self._leases[connection]
            self._shared.pop(connection, None)
            if connection.is_usable:
                self._idle[connection] = None
                self._idle_of_host[connection] = self
            self._slots.give_back()
        self._room.wake()

    def drop(self, connection: Connection) -> None:
        """End a connection that carries nothing."""
        self._idle.pop(connection, None)
        self._idle_of_host.pop(connection, None)
        connection.close()

    def close(self) -> list[Connection]:
        """End all connections, and return them."""
        if self._dial is not None:
            self._dial.task.cancel()
        found = [*self._leases, *self._idle]
        for connection in found:
            connection.close()
        return found

    def _ready(self, request: Request, turn: Turn) -> Connection | None:
        """Lease a connection that stands; None where there is none for it now."""
        for shared in list(self._shared):
            if not shared.is_usable:
                del self._shared[shared]
            elif self._leases[shared] < shared.most:
                self._leases[shared] += 1
                return shared
        while self._idle:
            latest = next(reversed(self._idle))
            if not latest.still_stands():
                self.drop(latest)
                continue
            if not latest.takes(request) or not turn.take():
                return None
            del self._idle[latest], self._idle_of_host[latest]
            self._lease(latest)
            return latest
        return None

    def _lease(self, connection: Connection) -> None:
        self._leases[connection] = 1
        if isinstance(connection, Http2Connection):
            self._shared[connection] = None

    async def _new(self, *, alone: bool) -> Connection:
        """Make a connection in the slot that was taken for it."""
        dial = _Dial(asyncio.create_task(self._connect(alone=alone)))
        dial.task.add_done_callback(lambda _: self._made(dial))
        if not alone:
            self._dial = dial
        try:
            return await dial.made()
        except asyncio.CancelledError:
            dial.task.add_done_callback(self._unwanted)
            raise

    async def _connect(self, *, alone: bool) -> Connection:
        while self._idle_of_host and self._slots.in_use + len(self._idle_of_host) > self._slots.most:
            oldest, pool = next(iter(self._idle_of_host.items()))
            pool.drop(oldest)
        connection = await self._dialler.dial(only_http1=self._only_http1)
        self._may_share = isinstance(connection, Http2Connection)
        if alone:
            self._leases[connection] = 1
        else:
            self._lease(connection)
        return connection

    def _made(self, dial: _Dial) -> None:
        if self._dial is dial:
            self._dial = None
        # Looked at in any case: asyncio would complain where nobody is left to hear of a failure.
        if dial.task.cancelled() or dial.task.exception() is not None:
            self._slots.give_back()

    def _unwanted(self, task: "asyncio.Task[Connection]") -> None:
        """Take back a connection whose leader has left while it was made."""
        if not task.cancelled() and task.exception() is None:
            self.give_back(task.result())
