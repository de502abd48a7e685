"""What the probes' tests share: certificates, and the effect of a check that writes."""

from collections.abc import Iterator

import pytest

from golive.core.outcome import Effect
from golive.net.guard import current_effect
from selftests.unit.probe_loopback import Pki, pki


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
