"""Bounds on the traffic to each host, shared by all checks of the run."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from golive.core.outcome import Blind
from golive.net.deadline import own_time
from golive.profile.profile import Limit, Limits


class HostLimits:
    """Keeps to the profile's connections and requests per second, host by host.

    Waiting here is no part of a request's nor a check's deadline, nor of its measured time: it is the
    suite's own.

    Args:
        limits: the profile's.
        patience: seconds to wait for a free connection.
    """

    def __init__(self, limits: Limits, *, patience: float = 60.0) -> None:
        self._limits = limits
        self._patience = patience
        self._hosts: dict[str, _Host] = {}

    async def pace(self, host: str) -> None:
        """Wait until one more request to ``host`` keeps to its rate."""
        with own_time():
            await self._of(host).pace()

    @asynccontextmanager
    async def connection(self, host: str) -> AsyncIterator[None]:
        """Hold one of the connections to ``host`` for one that stands, such as a WebSocket.

        One is always left to requests, where there are several: who holds sockets may need one to go on.

        Raises:
            Blind: none became free in time.
        """
        slots = self.slots(host)
        turn = slots.turn(stands=True)
        while not turn.take():
            await turn.wait()
        try:
            yield
        finally:
            slots.give_back()

    def slots(self, host: str) -> "Slots":
        """Return the connections to ``host``, for who counts them itself."""
        return self._of(host).slots

    def _of(self, host: str) -> "_Host":
        name = host.lower()
        if name not in self._hosts:
            self._hosts[name] = _Host(name, self._limits.of(name), self._patience)
        return self._hosts[name]


class Queue:
    """Those who wait for something of the suite's own, woken one by one in turn, at a constant cost.

    Args:
        host: whose limit it is.
        patience: seconds to wait.
    """

    def __init__(self, host: str, patience: float) -> None:
        self.patience = patience
        self._host = host
        self._waiting: deque[asyncio.Future[None]] = deque()

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waiting)

    def wake(self) -> None:
        """Let the first look again."""
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                return

    async def wait(self, *, first: bool, until: float) -> None:
        """Wait to be woken, before all others if ``first``; ``until`` is in seconds of the event loop.

        Raises:
            Blind: it was not in time.
        """
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if first else self._waiting.append)(woken)
        try:
            with own_time():
                async with asyncio.timeout_at(until):
                    await woken
        except BaseException as error:
            if woken.done() and not woken.cancelled():
                self.wake()
            else:
                with suppress(ValueError):
                    self._waiting.remove(woken)
            if isinstance(error, TimeoutError):
                raise Blind(
                    f"no connection to {self._host} became free within {self.patience:g} s: the suite's own"
                    " limit",
                    remedy=f'raise limits.hosts."{self._host}".connections in the profile',
                ) from None
            raise


class Slots:
    """How many connections to a host are in use, of how many; who wants one waits in turn."""

    def __init__(self, host: str, most: int, patience: float) -> None:
        self.most = most
        self.in_use = 0
        self.host = host
        self._queue = Queue(host, patience)
        self._standing = Queue(host, patience)

    def turn(self, *, stands: bool = False) -> "Turn":
        """Return the turn of one who wants a connection, for a request or for one that ``stands``."""
        if stands:
            return Turn(self, self._standing, max(1, self.most - 1))
        return Turn(self, self._queue, self.most)

    def give_back(self) -> None:
        """One is in use no longer."""
        self.in_use -= 1
        self.pass_on()

    def pass_on(self) -> None:
        """Let those who are first look again, if anything is free: who was woken may not have needed it."""
        if self.in_use < self.most:
            self._queue.wake()
            self._standing.wake()

    def queue(self) -> Queue:
        """Return a queue for something else of the same host, with the same patience."""
        return Queue(self.host, self._queue.patience)


class Turn:
    """Of one who wants a connection to a host, from asking until it has one."""

    def __init__(self, slots: Slots, queue: Queue, most: int) -> None:
        self._slots = slots
        self._queue = queue
        self._most = most
        self._until: float | None = None

    def take(self) -> bool:
        """Take a connection, if one is free, and nobody else waits or it is one's turn."""
        if self._slots.in_use >= self._most or (self._queue and self._until is None):
            return False
        self._slots.in_use += 1
        return True

    async def wait(self, queue: Queue | None = None) -> None:
        """Wait until something has changed: a connection is free, or ``queue`` is woken.

        Raises:
            Blind: nothing became free in time.
        """
        first = self._until is not None
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._queue.patience
        await (self._queue if queue is None else queue).wait(first=first, until=self._until)


class _Host:
    """One host's connections, and the times of its latest requests."""

    def __init__(self, name: str, limit: Limit, patience: float) -> None:
        self.slots = Slots(name, limit.connections, patience)
        self._burst = max(1, int(limit.requests_per_second))
        self._window = self._burst / limit.requests_per_second
        self._sent: deque[float] = deque()

    async def pace(self) -> None:
        """Let at most ``burst`` requests pass in any window: exact, and without needless gaps."""
        now = asyncio.get_running_loop().time()
        at = now
        if len(self._sent) >= self._burst:
            at = max(now, self._sent.popleft() + self._window)
        self._sent.append(at)
        if at > now:
            await asyncio.sleep(at - now)
