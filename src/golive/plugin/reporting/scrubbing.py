"""Keeps known secrets out of everything that pytest and its reporters write of a check.

Evidence is scrubbed where it is recorded; this is for tracebacks, captured output and log lines, which
pytest puts on its reports, and for what Allure takes from exceptions directly.
"""

import json
import os
import warnings
from functools import cache, partial
from typing import Any
from uuid import uuid4

import allure_commons
import attr
import pytest
from allure_commons.logger import AllureFileLogger

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


class ScrubbedResults(AllureFileLogger):
    """Writes what Allure's own writer does, scrubbed, at a third of its cost."""

    def __init__(self, folder: str, redactor: Redactor) -> None:
        super().__init__(folder)  # type: ignore[no-untyped-call]
        self._redactor = redactor

    def _report_item(self, item: Any) -> None:
        texts: list[str] = []
        data = _plain(item, texts)
        # Once over everything that it says: results rarely hold a secret, and have fifty texts each.
        said = "\0".join(texts)
        if self._redactor.scrub(said) != said:
            data = _scrubbed(data, self._redactor)
        path = self._report_dir / item.file_pattern.format(prefix=uuid4())
        draft = path.with_name(f"{path.name}.tmp")
        indent = 4 if os.environ.get("ALLURE_INDENT_OUTPUT") else None
        draft.write_text(json.dumps(data, indent=indent, ensure_ascii=False), encoding="utf-8")
        draft.replace(path)


def _plain(value: Any, texts: list[str]) -> Any:
    """Return the JSON form of one of Allure's objects, in which nothing stands that is empty."""
    if isinstance(value, str):
        texts.append(value)
        return value
    if isinstance(value, list):
        return [_plain(entry, texts) for entry in value]
    if not attr.has(type(value)):
        return value
    found = ((name, getattr(value, name)) for name in _names(type(value)))  # type: ignore[arg-type]  # a type is hashable
    return {name: _plain(entry, texts) for name, entry in found if entry or entry is False}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in attr.fields(kind))


def _scrubbed(value: Any, redactor: Redactor) -> Any:
    """Scrub every text; names of fields are Allure's own."""
    if isinstance(value, str):
        return redactor.scrub(value)
    if isinstance(value, list):
        return [_scrubbed(entry, redactor) for entry in value]
    if isinstance(value, dict):
        return {name: _scrubbed(entry, redactor) for name, entry in value.items()}
    return value


class AllureScrubbing:
    """Puts the scrubbing writer in the place of Allure's, which is there once everything is configured."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Exchange the writers."""
        manager = allure_commons.plugin_manager
        for writer in [one for one in manager.get_plugins() if type(one) is AllureFileLogger]:
            manager.unregister(writer)
            scrubbed = ScrubbedResults(session.config.option.allure_report_dir, self._redactor)
            manager.register(scrubbed)
            session.config.add_cleanup(partial(manager.unregister, scrubbed))
            # allure-pytest unregisters its own at the end, which must be there then.
            session.config.add_cleanup(partial(manager.register, writer))


def scrub_reports(config: pytest.Config, redactor: Redactor) -> None:
    """Register both for the length of the run."""
    config.pluginmanager.register(Scrubbing(redactor), "golive-scrubbing")
    config.pluginmanager.register(AllureScrubbing(redactor), "golive-allure-scrubbing")
