"""What a check prints is its own: whichever check pytest captures just then, and while it captures none.

Checks run on another thread than pytest, which lets go of the standard streams between the phases of a check.
What is printed then would stand on the terminal, as it is, secrets included.
"""

import threading
from collections.abc import Callable
from typing import TextIO

import pytest

from golive.plugin.pytest_internals import standard_streams
from golive.plugin.recorder import RunningCheck, running_check
from golive.plugin.running.left_running import ThreadsOfChecks


class PrintedByChecks:
    """Stands between checks and the standard streams, for the length of a run."""

    def __init__(self, config: pytest.Config, scrub: Callable[[str], str]) -> None:
        self._scrub = scrub
        self._threads = ThreadsOfChecks()
        self._shows = config.getoption("capture") == "no"
        """With ``-s``: lines go on to the terminal, too."""
        self._routed: list[TextIO] = []
        for name, stream in standard_streams(config):
            self._route(name, stream)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """After pytest has taken the errors of all threads to itself."""
        self._threads.begin()

    def pytest_unconfigure(self) -> None:
        """Leave the process as it was."""
        self._threads.end()
        for stream in self._routed:
            del stream.write

    def _route(self, name: str, stream: TextIO) -> None:
        write, scrub = stream.write, self._scrub

        def routed(text: str) -> int:
            check = running_check.get()
            if check is None:
                # The main thread's is pytest's own, whose reports are scrubbed as they are made.
                own = threading.current_thread() is threading.main_thread()
                write(text if own else scrub(text))
            else:
                check.printed[name] = check.printed.get(name, "") + text
                if self._shows:
                    self._show(check, name, write)
            return len(text)

        stream.write = routed  # type: ignore[method-assign]
        self._routed.append(stream)

    def _show(self, check: RunningCheck, name: str, write: Callable[[str], object]) -> None:
        """Pass whole lines on: a secret may be written in pieces."""
        said = check.printed[name]
        shown = check.shown.get(name, 0)
        end = said.rfind("\n") + 1
        if end > shown:
            check.shown[name] = end
            write(self._scrub(said[shown:end]))


def add_printed(item: pytest.Item, check: RunningCheck) -> None:
    """Have the check's report say what it printed; whoever reads the report scrubs it."""
    for name, text in check.printed.items():
        item.add_report_section("call", name, text)
