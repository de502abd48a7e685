"""Keeps known secrets out of everything that pytest and its reporters write of a check.

Evidence is scrubbed where it is recorded; this is for tracebacks, captured output and log lines, which
pytest puts on its reports, and for what Allure takes from exceptions directly.
"""

import warnings
from typing import Any

import allure_commons
import attr
import pytest

from golive.profile.redaction import Redactor


class Scrubbing:
    """Innermost of all wrappers: no reporter sees a report before it."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self) -> Any:
        """Scrub the report of a phase of a check."""
        report: pytest.TestReport = yield
        scrub_report(report, self._redactor)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Scrub what the terminal will say of a warning: it may quote an exception."""
        text = str(warning_message.message)
        scrubbed = self._redactor.scrub(text)
        if scrubbed != text:
            warning_message.message = Warning(scrubbed)


def scrub_report(report: pytest.TestReport, redactor: Redactor) -> None:
    """Scrub what a report says and what was captured for it."""
    scrub = redactor.scrub
    report.sections = [(scrub(title), scrub(text)) for title, text in report.sections]
    match report.longrepr:
        case str() as text:
            report.longrepr = scrub(text)
        case (path, line, reason):
            report.longrepr = (path, line, scrub(reason))
        case None:
            pass
        case traceback:
            text = str(traceback)
            if scrub(text) != text:
                report.longrepr = scrub(text)


class AllureScrubbing:
    """Scrubs what Allure is about to write; a plugin of Allure's own."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:
        """Scrub the result of a check."""
        self._scrub(result)

    @allure_commons.hookimpl(tryfirst=True)
    def report_container(self, container: Any) -> None:
        """Scrub what happened in fixtures."""
        self._scrub(container)

    def _scrub(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._redactor.scrub(value)
        if isinstance(value, list):
            value[:] = map(self._scrub, value)
        elif attr.has(type(value)):
            for field in attr.fields(type(value)):
                setattr(value, field.name, self._scrub(getattr(value, field.name)))
        return value


def scrub_reports(config: pytest.Config, redactor: Redactor) -> None:
    """Register both for the length of the run."""
    config.pluginmanager.register(Scrubbing(redactor), "golive-scrubbing")
    plugin = AllureScrubbing(redactor)
    allure_commons.plugin_manager.register(plugin)
    config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(plugin))
