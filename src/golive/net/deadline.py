"""Deadlines that count only the time in which an answer could have been noticed.

A busy or suspended machine, and a check that blocks the event loop, make the suite late; so does waiting for
what the suite itself has only one of. Neither is the target's, and neither counts.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from golive.core.outcome import Blind

_BEAT = 0.05
_NOISE = 0.01
"""Seconds of lateness that every timer has."""
_LEAST_PATIENCE = 2.0
"""Seconds of lateness that are made up for, however short the deadline."""
_DOZING = 0.2
"""Share of a wait; the machine's other processes, the browser's too, had no more of it than this one."""
_LATE = (
    "the suite itself was late: its event loop stood still for {:.1f} s while it waited for an answer {} s"
)
_LET_IT_END = "let whatever else keeps this machine busy end, and run it again"


class _Pulse:
    """How late one event loop was, in seconds and in all, for as long as somebody watched."""

    def __init__(self) -> None:
        self._late = 0.0
        self._expected = 0.0
        self._watchers = 0
        self._next: asyncio.TimerHandle | None = None

    def join(self) -> None:
        self._watchers += 1
        if self._watchers == 1:
            self._schedule()

    def leave(self) -> None:
        self._watchers -= 1
        if self._watchers == 0 and self._next is not None:
            self._late = self.late()
            self._next.cancel()

    @property
    def known(self) -> float:
        """Seconds by the last beat; for other threads."""
        return self._late

    def late(self) -> float:
        """A beat that is overdue at this instant is counted already: its callback may come last of all."""
        overdue = asyncio.get_running_loop().time() - self._expected
        return self._late + (overdue if overdue > _NOISE else 0.0)

    def _beat(self) -> None:
        self._late = self.late()
        self._schedule()

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._expected = loop.time() + _BEAT
        self._next = loop.call_at(self._expected, self._beat)


_pulses: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pulse] = WeakKeyDictionary()


def lateness(loop: asyncio.AbstractEventLoop) -> float:
    """Return for how many seconds ``loop`` stood still in all while somebody waited on it."""
    pulse = _pulses.get(loop)
    return pulse.known if pulse else 0.0


class Attention:
    """Measures for how long something could have been noticed: ``with Attention() as looked``.

    Within a running event loop only.
    """

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._pulse = _pulses.setdefault(loop, _Pulse())
        self._pulse.join()
        self._began, self._late_before = loop.time(), self._pulse.late()
        return self

    def __exit__(self, *_: object) -> None:
        self._pulse.leave()

    @property
    def late(self) -> float:
        """Seconds by which the loop was late since the beginning."""
        return self._pulse.late() - self._late_before

    @property
    def seconds(self) -> float:
        """Seconds since the beginning, without those."""
        return max(0.0, asyncio.get_running_loop().time() - self._began - self.late)

    def require_awake(self) -> None:
        """Return where the suite was awake nearly all the time; for waits that another process limits.

        Such a limit, as the browser's, counts also the time in which this one would have noticed nothing.

        Raises:
            Blind: it was late for a fifth of the time, so what did not come may have been there.
        """
        if self.late > _NOISE and self.late >= _DOZING * (self.seconds + self.late):
            raise Blind(_LATE.format(self.late, f"{self.seconds + self.late:.1f}"), remedy=_LET_IT_END)


def latest(seconds: float) -> float:
    """Return what a deadline of ``seconds`` may grow to: a library's own limit must not be below."""
    return seconds + max(seconds, _LEAST_PATIENCE)


class Deadline:
    """As ``asyncio.timeout``, of ``seconds`` of attention: the suite's own lateness prolongs it.

    Raises:
        TimeoutError: the time has passed, and an answer would have been noticed.
        Blind: the suite was late for longer than that, so it cannot tell.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._attention = Attention()
        self._scope = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
        self._holds = 0
        self._held_since = self._held = 0.0
        self._lateness = 0.0
        self._open = False

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self._attention.__enter__()
        self._token = _around.set((*_around.get(), self))
        self._open = True
        self._arm()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._disarm()
        _around.reset(self._token)
        self._attention.__exit__()
        try:
            await self._scope.__aexit__(kind, error, trace)
        except TimeoutError:
            if self._lateness:
                at_most = f"at most {self._seconds:g}"
                raise Blind(_LATE.format(self._lateness, at_most), remedy=_LET_IT_END) from None
            raise

    def expired(self) -> bool:
        """Whether it has passed."""
        return self._scope.expired()

    def hold(self) -> None:
        """Stand still; each call wants one of `go_on`."""
        if self._holds == 0 and self._open:
            self._disarm()
            self._held_since = self._attention.seconds
        self._holds += 1

    def go_on(self) -> None:
        """Count again."""
        self._holds -= 1
        if self._holds == 0 and self._open:
            self._held += self._attention.seconds - self._held_since
            self._arm()

    def _left(self) -> float:
        return self._seconds + self._held - self._attention.seconds

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(max(0.0, self._left()), self._due)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _due(self) -> None:
        if self._left() > _NOISE:
            if self._attention.late <= latest(self._seconds) - self._seconds:
                self._arm()
                return
            self._lateness = self._attention.late
        self._scope.reschedule(asyncio.get_running_loop().time())


_around: ContextVar[tuple[Deadline, ...]] = ContextVar("golive_deadlines_around", default=())


@contextmanager
def own_time() -> Iterator[None]:
    """Let every deadline around stand still: the suite waits for its own, such as its browser."""
    around = _around.get()
    for deadline in around:
        deadline.hold()
    try:
        yield
    finally:
        for deadline in around:
            deadline.go_on()
