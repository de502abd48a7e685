"""What was proven is counted where reports arrive."""

import pytest

from selftests.drills.proven import ProvenPlugin


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that reports: the only one, or the controller of xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ProvenPlugin(config), "golive-proven")
