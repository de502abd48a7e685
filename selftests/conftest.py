"""What the tests share: certificates, the effect of a check that writes, and the count of what was proven."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio  # noqa: F401 - whole, before a test imports the API's part, which makes it look smaller

from golive.core.outcome import Effect
from golive.net.guard import current_effect
from golive.profile.subjects import load_subjects
from selftests.drills.proven import ProvenPlugin
from selftests.examples.probe_loopback import Pki, pki

load_subjects(Path(__file__).parents[1])


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that reports: the only one, or the controller of xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ProvenPlugin(config), "golive-proven")


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """A root that the tests trust, and its intermediate."""
    return pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def writing() -> Iterator[None]:
    """What happens in the test is declared to write."""
    token = current_effect.set(Effect.WRITE)
    yield
    current_effect.reset(token)
