"""Hooks of the engine itself, by which a subject's fixtures tell the run what they know of its target."""

from collections.abc import Awaitable, Mapping

import pytest

from golive.profile.profile import Profile


@pytest.hookspec
def pytest_golive_read_builds(profile: Profile) -> Awaitable[Mapping[str, str]]:  # type: ignore[empty-body]  # a hook's specification has none
    """Name the build that each instance of the target runs: version and commit, as the instance reports it.

    An instance that does not say it has an empty one. Asked when a run begins and when it ends.
    """
