"""Fixtures of the checks; loaded only where an environment is verified."""

import pytest

pytest_plugins = [
    "fixtures.target",
    "fixtures.accounts",
    "fixtures.attestations",
    "fixtures.recommendations",
    "fixtures.realtime",
    "fixtures.rooms",
    "fixtures.browser",
    "fixtures.forging",
    "fixtures.identity",
    "fixtures.operations",
    "fixtures.registration",
    "fixtures.fleet",
    "fixtures.balancer",
    "fixtures.at_replica",
    "fixtures.database",
    "fixtures.backups",
    "fixtures.monitoring",
    "fixtures.cdn",
    "fixtures.configuration",
    "fixtures.credentials",
    "fixtures.code",
    "fixtures.rollback",
    "fixtures.watching",
    "fixtures.launch_day",
]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which part of the suite this is."""
    return None if config.getoption("--env") else "golive: the suite's own tests"
