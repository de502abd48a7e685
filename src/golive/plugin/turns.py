"""Side by side in several processes, yet what must run alone runs alone: among all of xdist's workers."""

import fcntl
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from golive.plugin.verification import Verification

TURNS = ".turns"
"""The file in the run's folder whose bytes are locked; the process that reports removes it."""

_DOOR, _ROOM = 0, 1


class Turns:
    """Readers share the room, a serial check has it to itself; whoever waits holds the door.

    Without the door a serial check would wait until no other worker had a check left: readers follow each
    other without a gap. The kernel gives up a dead worker's locks.
    """

    def __init__(self, verification: Verification) -> None:
        self._verification = verification
        self._file = -1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Open the file, in the run's folder: which one that is, the worker has just learned."""
        folder = self._verification.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / TURNS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait for the turn of ``item``, its fixtures included."""
        with self._turn(alone=item.get_closest_marker("serial") is not None):
            return (yield)

    def pytest_unconfigure(self) -> None:
        """Give the file back."""
        if self._file >= 0:
            os.close(self._file)

    @contextmanager
    def _turn(self, *, alone: bool) -> Iterator[None]:
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        self._lock(kind, _DOOR)
        try:
            self._lock(kind, _ROOM)
        finally:
            self._lock(fcntl.LOCK_UN, _DOOR)
        try:
            yield
        finally:
            self._lock(fcntl.LOCK_UN, _ROOM)

    def _lock(self, kind: int, byte: int) -> None:
        fcntl.lockf(self._file, kind, 1, byte)
