"""The technical reports beside the checklist: pytest-html and Allure results, in the run's folder."""

import pytest

from golive.plugin.verification import VERIFICATION


def write_technical_reports(config: pytest.Config) -> None:
    """Point pytest-html and allure-pytest at the run's folder, where the user named no other place."""
    folder = config.stash[VERIFICATION].folder
    option = config.option
    if option.reportchars == "fE":
        # pytest's default summary would stand below the verdict, and say less.
        option.reportchars = ""
    if hasattr(option, "htmlpath") and not option.htmlpath:
        option.htmlpath = str(folder / "pytest.html")
        option.self_contained_html = True
    if hasattr(option, "allure_report_dir") and not option.allure_report_dir:
        option.allure_report_dir = str(folder / "allure-results")
