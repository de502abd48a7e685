"""Fixtures of the checks; loaded only where an environment is verified."""

import pytest

FIXTURES = (
    "target", "journal", "accounts", "attestations", "recommendations", "realtime", "rooms", "browser",
    "forging", "identity", "operations", "registration", "fleet", "balancer", "at_replica", "database",
    "backups", "monitoring", "cdn", "configuration", "credentials", "code", "rollback", "watching",
    "launch_day",
)  # fmt: skip
pytest_plugins = [f"fixtures.{name}" for name in FIXTURES]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which part of the suite this is."""
    return None if config.getoption("--env") else "golive: the suite's own tests"
