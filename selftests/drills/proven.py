"""What was proven is counted where reports arrive; a whole run that proved less than everything fails."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from rehearsal.faults import catalogue
from selftests.drills.drill import ROOT
from selftests.drills.lanes import checks

PROVEN = "golive-proven"
"""The property of a test's report: a fault's name and the checks that it proved."""
TESTS = ROOT / "selftests" / "drills" / "test_proofs.py"


class Count:
    """Faults and checks that were proven in this run."""

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.checks: set[str] = set()

    def add(self, properties: Iterable[tuple[str, object]]) -> None:
        """Take what a passed test tells."""
        for name, value in properties:
            if name == PROVEN and isinstance(value, list):
                self.faults.add(value[0])
                self.checks.update(value[1:])

    @property
    def is_everything(self) -> bool:
        """Whether no fault and no check is missing."""
        return not (set(catalogue()) - self.faults or set(checks().functions) - self.checks)

    def __str__(self) -> str:
        return (
            f"proven able to go red: {len(self.checks)} of {len(checks().functions)} checks,"
            f" by {len(self.faults)} of {len(catalogue())} faults"
        )


class ProvenPlugin:
    """Says the count at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._count = Count()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a proof tells, wherever it ran."""
        if report.when == "call" and report.passed:
            self._count.add(report.user_properties)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a run of all proofs that were not all given: skipped, lost or never collected."""
        if exitstatus == pytest.ExitCode.OK and _is_whole(self._config) and not self._count.is_everything:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print it."""
        if self._count.faults or _is_whole(self._config):
            whole = self._count.is_everything
            terminalreporter.write_line(str(self._count), green=whole, red=not whole, bold=True)


def _is_whole(config: pytest.Config) -> bool:
    """Whether this run is to prove everything, and nobody narrowed it."""
    option = config.option
    if option.keyword or option.markexpr or option.deselect or option.ignore or option.collectonly:
        return False
    return any(TESTS.is_relative_to((Path.cwd() / argument).resolve()) for argument in config.args)
