"""The way to the targets, one of each for the whole run, and a case of a check for every public host."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from golive.core.outcome import Blind
from golive.net.access import Access, Hear
from golive.net.http import HttpProbe
from golive.net.suite_clock import SuiteClock
from golive.plugin.verification import SETTINGS
from golive.profile.base import Absent
from golive.profile.profile import Profile, present
from golive.profile.registry import REGISTRY


@pytest.fixture(scope="session")
def access(profile: Profile, now: SuiteClock, hear: Hear) -> Access:
    """Guard, addresses, trust, limits and deadlines: one of each for the whole run.

    Raises:
        Blind: this machine's clock is wrong, and decides whether a host's certificate is valid.
    """
    now.expect_certificates_judged()
    return Access.of(profile, hear=hear)


@pytest.fixture(scope="session")
async def http(access: Access) -> AsyncIterator[HttpProbe]:
    """The HTTP client of all checks."""
    probe = HttpProbe(access)
    yield probe
    await probe.aclose()


def _left_out(name: str) -> Any:
    try:
        present(None, name)
    except Blind as error:
        reason = f"{error.reason}: {error.remedy}"
    return pytest.param(None, id=name, marks=pytest.mark.skip(reason=reason))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one case of a check for every public host; parts on one host share it."""
    if SETTINGS not in metafunc.config.stash or "public_host" not in metafunc.fixturenames:
        return
    profile = metafunc.config.stash[SETTINGS].profile
    parts = {part: part.of(profile) for _, part in sorted(REGISTRY.parts.items()) if part.is_public}
    found = (declared for declared in parts.values() if declared is not None)
    hosts = [urlsplit(declared.url).hostname for declared in found if not isinstance(declared, Absent)]
    # A host less would be green by silence.
    missing = [part for part, declared in parts.items() if declared is None and not part.is_optional]
    cases = [*dict.fromkeys(hosts), *(_left_out(part.key) for part in missing)]
    metafunc.parametrize("public_host", cases)
