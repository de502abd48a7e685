"""Audotics' own fixtures, beside those that the engine's subjects bring where an environment is verified."""

import pytest

pytest_plugins = [
    f"fixtures.{name}"
    for name in (
        "recommendations",
        "realtime",
        "rooms",
        "endings",
        "at_replica",
        "browser",
        "feedback",
        "taste",
    )
]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which part of the suite this is."""
    return None if config.getoption("--env") else "golive: the suite's own tests"
