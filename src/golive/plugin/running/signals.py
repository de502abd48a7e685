"""SIGTERM and SIGHUP end a run as Ctrl-C does: what was made is undone, and the run says what it came to."""

import signal
import threading
from types import FrameType
from typing import Any

import pytest

_ENDING = (signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Turns a signal into pytest's interruption; in workers of xdist, too.

    A signal that the process was started to ignore, as by nohup, stays ignored.
    """

    def __init__(self) -> None:
        self._replaced: dict[signal.Signals, Any] = {}
        self._ending = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Listen before anything is started that would have to be ended."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _ENDING:
            if signal.getsignal(number) is signal.SIG_DFL:
                self._replaced[number] = signal.signal(number, self._interrupt)

    def pytest_keyboard_interrupt(self) -> None:
        """The run has heard it: from here on it is ending, and nothing disturbs that."""
        self._ending = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """A run that ends by itself is not disturbed in that either."""
        self._ending = True

    def pytest_unconfigure(self) -> None:
        """Leave the process as it was."""
        for number, handler in self._replaced.items():
            signal.signal(number, handler)

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        if self._ending:
            return
        raise KeyboardInterrupt(signal.Signals(number).name)
