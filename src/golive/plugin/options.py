"""Command-line options and ini settings."""

import argparse

import pytest

OPTIONS_WITH_VALUES = frozenset({"--env", "--checklist", "--release", "--commit", "--deployed-at", "--fault"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what ``pytest --help`` shows under golive."""
    group = parser.getgroup("golive", "golive: launch verification from a checklist")
    group.addoption(
        "--env", metavar="NAME", help="environment to verify: a profile in environments/; no default"
    )
    group.addoption(
        "--checklist", metavar="PATH", default=None, help="deployment checklist (default: checklist.md)"
    )
    group.addoption(
        "--release", metavar="VERSION", help="release under verification (default: the profile's)"
    )
    group.addoption("--commit", metavar="SHA", help="commit of the release under verification")
    group.addoption(
        "--deployed-at",
        metavar="INSTANT",
        help="when it was deployed, ISO 8601 with offset; older evidence is stale",
    )
    group.addoption(
        "--fault", metavar="NAME", action="append", default=[], help="inject a fault; rehearsal only"
    )
    group.addoption(
        "--strict-gate", action="store_true", help="a CONDITIONAL GO ends with exit code 1 instead of 0"
    )
    group.addoption(
        "--checklist-coverage",
        action="store_true",
        help="print which checks answer which lines, and run nothing",
    )
    group.addoption(
        "--checklist-lock",
        action="store_true",
        help="write the manifest of checks that must answer each line, and run nothing",
    )
    group.addoption(
        "--no-look-ahead", action="store_true", help="run checks one after another instead of side by side"
    )
    parser.addini(
        "golive_checks", type="paths", default=[], help="folders whose tests are checks of a checklist"
    )
    parser.addini("golive_environments", default="environments", help="folder of the environment profiles")
    parser.addini("golive_reports", default="reports", help="folder that runs are recorded in")


def runs_nothing(config: pytest.Config) -> bool:
    """Whether this invocation only looks at the checks."""
    return only_looks(config.option)


def only_looks(option: argparse.Namespace) -> bool:
    """Whether these options only look at the checks."""
    return bool(option.collectonly or option.checklist_coverage or option.checklist_lock)
