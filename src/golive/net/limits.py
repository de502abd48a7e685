"""Bounds on the traffic to each host, shared by all checks of the run."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
        """Hold one of the connections to ``host``, waiting for one to be free.

        Raises:
            Blind: none became free in time.
        """
        connections = self._of(host).connections
        try:
            with own_time():
                async with asyncio.timeout(self._patience):
                    await connections.acquire()
        except TimeoutError:
            raise Blind(
                f"no connection to {host} became free within {self._patience:g} s: the suite's own limit",
                remedy=f'raise limits.hosts."{host}".connections in the profile',
            ) from None
        try:
            yield
        finally:
            connections.release()

    def _of(self, host: str) -> "_Host":
        name = host.lower()
        if name not in self._hosts:
            self._hosts[name] = _Host(self._limits.of(name))
        return self._hosts[name]


class _Host:
    """One host's free connections, and the times of its latest requests."""

    def __init__(self, limit: Limit) -> None:
        self.connections = asyncio.Semaphore(limit.connections)
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
