"""Side by side in several processes, yet what must run alone runs alone: among all of xdist's workers."""

import fcntl
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from golive.plugin.settings import SETTINGS

LOCKED_FILE = ".exclusive"
"""The file in the run's folder whose bytes are locked; the process that reports removes it."""

_QUEUE, _RUN = 0, 1


class ExclusiveRun:
    """A readers-writer lock: a serial check holds it exclusively, all others share it; they queue in order.

    Without the queue a serial check would wait until no other worker had a check left: readers follow each
    other without a gap. The kernel gives up a dead worker's locks.
    """

    def __init__(self) -> None:
        self._file = -1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Open the file, in the run's folder: which one that is, the worker has just learned."""
        folder = session.config.stash[SETTINGS].folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / LOCKED_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait until ``item`` may run, its fixtures included."""
        with self._held(alone=item.get_closest_marker("serial") is not None):
            return (yield)

    def pytest_unconfigure(self) -> None:
        """Give the file back."""
        if self._file >= 0:
            os.close(self._file)

    @contextmanager
    def _held(self, *, alone: bool) -> Iterator[None]:
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        self._lock(kind, _QUEUE)
        try:
            self._lock(kind, _RUN)
        finally:
            self._lock(fcntl.LOCK_UN, _QUEUE)
        try:
            yield
        finally:
            self._lock(fcntl.LOCK_UN, _RUN)

    def _lock(self, kind: int, byte: int) -> None:
        fcntl.lockf(self._file, kind, 1, byte)
