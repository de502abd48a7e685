"""A reporter that breaks never ends a verification: what it broke over is an error, and the run goes on.

Reporters are plugins that write about checks: Allure, pytest-html, those of a project's own conftest.py.
"""

from collections.abc import Generator
from typing import Any

import pytest

from golive.plugin.pytest_internals import tear_down
from golive.plugin.reporting.scrubbing import scrub_report
from golive.plugin.reporting.traces import report_of
from golive.plugin.running.execution import RECORD
from golive.profile.redaction import Redactor

BREAKING = (Exception, SystemExit, pytest.fail.Exception, pytest.skip.Exception)
"""What a reporter may raise that is no wish to end the run, but for pytest's own exceptions for that."""
BROKEN_REPORTS = "golive_broken_reports"
"""Under this key a worker of xdist hands over what broke in it."""
_WORDS_LIMIT = 400


class Shield:
    """Outermost around the hooks that reporters live in; registered after all of them."""

    def __init__(self, config: pytest.Config, redactor: Redactor) -> None:
        self._redactor = redactor
        self.broken: dict[str, str] = getattr(config, "workeroutput", {}).setdefault(BROKEN_REPORTS, {})
        """Node id of a check to what a reporter broke with; empty for what is about no check."""

    def note(self, nodeid: str, crash: BaseException) -> None:
        """Remember that a reporter broke over a check.

        Raises:
            BaseException: ``crash`` itself, where it is how pytest ends a run.
        """
        if isinstance(crash, pytest.exit.Exception | pytest.Session.Failed):
            raise crash
        words = f"{type(crash).__name__}: {crash} ({_last_file(crash)})"
        self.broken.setdefault(nodeid, self._redactor.scrub(words)[:_WORDS_LIMIT])

    def report_instead(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Return a report for the one that a reporter broke over."""
        report = report_of(item, call, f"a reporter broke: {self.broken[item.nodeid]}")
        scrub_report(report, self._redactor)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Any:
        """Go on with the next check, whatever was left standing of this one."""
        try:
            return (yield)
        except BREAKING as crash:
            self.note(item.nodeid, crash)
        try:
            tear_down(item, nextitem)
        except BREAKING as crash:
            self.note(item.nodeid, crash)
        return True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Make the report anew."""
        try:
            return (yield)
        except BREAKING as crash:
            self.note(item.nodeid, crash)
        report = self.report_instead(item, call)
        record = item.stash.get(RECORD, None)
        if call.when == "teardown" and record is not None:
            report.golive_record = record.model_dump_json()  # type: ignore[attr-defined]
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> Any:
        """As the others."""
        return (yield from self._over(nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Any:
        """As the others."""
        return (yield from self._over(report.nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> Any:
        """As the others."""
        return (yield from self._over(nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector) -> Any:
        """As the others."""
        return (yield from self._over(node.nodeid))

    def _over(self, nodeid: str) -> Generator[None, Any, Any]:
        try:
            return (yield)
        except BREAKING as crash:
            self.note(nodeid, crash)
            return None


def _last_file(crash: BaseException) -> str:
    trace = crash.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "nowhere"
