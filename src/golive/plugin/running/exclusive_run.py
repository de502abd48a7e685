"""Side by side in several processes, yet what must run alone runs alone: among all of xdist's workers."""

import fcntl
import os
import zlib
from collections.abc import Callable, Generator

import pytest

from golive.plugin.settings import SETTINGS

LOCKED_FILE = ".exclusive"
"""The file in the run's folder whose bytes are locked; the process that reports removes it."""

_QUEUE, _RUN = 0, 1


class ExclusiveRun:
    """A readers-writer lock: a serial check holds it exclusively, all others share it; they queue in order.

    Used by the main thread, but for the locks of resources, which are the event loop's.

    Without the queue a serial check would wait until no other worker had a check left: readers follow each
    other without a gap. The kernel gives up a dead worker's locks.
    """

    def __init__(self) -> None:
        self._file = -1
        self._shares = 0
        self.make_way: Callable[[], None] = lambda: None
        """Called before this process asks to be alone: whoever shares here must have ended."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Open the file, in the run's folder: which one that is, the worker has just learned."""
        folder = session.config.stash[SETTINGS].folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / LOCKED_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait until ``item`` may run, its fixtures included."""
        if item.get_closest_marker("serial") is None:
            self.share()
            try:
                return (yield)
            finally:
                self.leave()
        self.make_way()
        self._ask(fcntl.LOCK_EX)
        try:
            return (yield)
        finally:
            self._lock(fcntl.LOCK_UN, _RUN)

    def share(self) -> None:
        """Wait until nobody is alone, and keep it so until as many calls of `leave`."""
        if self._shares == 0:
            self._ask(fcntl.LOCK_SH)
        self._shares += 1

    def leave(self) -> None:
        """Let others be alone."""
        self._shares -= 1
        if self._shares == 0:
            self._lock(fcntl.LOCK_UN, _RUN)

    def try_lock(self, name: str, *, alone: bool) -> bool:
        """Lock a resource by its name among all workers, or return at once where another one has it."""
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        try:
            fcntl.lockf(self._file, kind | fcntl.LOCK_NB, 1, _place(name))
        except BlockingIOError:
            return False
        return True

    def unlock(self, name: str) -> None:
        """Give a resource back."""
        self._lock(fcntl.LOCK_UN, _place(name))

    def pytest_unconfigure(self) -> None:
        """Give the file back."""
        if self._file >= 0:
            os.close(self._file)

    def _ask(self, kind: int) -> None:
        self._lock(kind, _QUEUE)
        try:
            self._lock(kind, _RUN)
        finally:
            self._lock(fcntl.LOCK_UN, _QUEUE)

    def _lock(self, kind: int, byte: int) -> None:
        fcntl.lockf(self._file, kind, 1, byte)


def _place(name: str) -> int:
    """The byte that stands for a resource, behind those of the run itself."""
    return 16 + zlib.crc32(name.encode())
