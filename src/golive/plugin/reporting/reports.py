"""The technical reports beside the checklist: pytest-html and Allure results, in the run's folder."""

import contextlib
import shutil
from typing import Any

import pytest

from golive.plugin.settings import SETTINGS
from golive.report.events import FILE_NAME


def write_technical_reports(config: pytest.Config) -> None:
    """Point pytest-html and allure-pytest at the run's folder, where the user named no other place."""
    folder = config.stash[SETTINGS].folder
    option = config.option
    if option.reportchars == "fE":
        # pytest's default summary would stand below the verdict, and say less.
        option.reportchars = ""
    if hasattr(option, "htmlpath") and not option.htmlpath:
        option.htmlpath = str(folder / "pytest.html")
        option.self_contained_html = True
    if hasattr(option, "allure_report_dir") and not option.allure_report_dir:
        option.allure_report_dir = str(folder / "allure-results")


class RefusedStart:
    """Leaves nothing of a run that never began: no empty folder, and no word of a report in it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Any:
        """Keep pytest-html, which has just written its report, from saying so."""
        result = yield
        if self._config.get_verbosity() < 0 or not self._has_begun():
            plugins = self._config.pluginmanager
            for plugin in [entry for entry in plugins.get_plugins() if _is_of_pytest_html(entry)]:
                plugins.unregister(plugin)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Remove the folder last of all."""
        if self._has_begun():
            return
        settings = self._config.stash[SETTINGS]
        folder = settings.folder
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            for parent in folder.relative_to(settings.reports).parents:
                (settings.reports / parent).rmdir()

    def _has_begun(self) -> bool:
        return (self._config.stash[SETTINGS].folder / FILE_NAME).exists()


def _is_of_pytest_html(plugin: object) -> bool:
    # By its module: importing it would load a template engine in runs that leave pytest-html out.
    return any(kind.__module__ == "pytest_html.basereport" for kind in type(plugin).__mro__)
