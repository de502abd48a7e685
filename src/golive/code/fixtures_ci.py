"""Continuous integration on the release's commit, as the forge has it."""

from dataclasses import dataclass

import pytest

from golive.code.fixtures import ReleaseTag
from golive.code.forge_client import ForgeClient
from golive.code.observation_ci import CommitChecks
from golive.code.probe_ci import CommitChecksProbe, GitHubChecks
from golive.code.profile import Forge
from golive.code.profile_ci import CONTINUOUS_INTEGRATION, ContinuousIntegration
from golive.core.outcome import Blind
from golive.core.run import ReleaseIdentity
from golive.profile.profile import Profile

PROBES = {"github": GitHubChecks}
"""Kind of forge to what asks it."""


@dataclass(frozen=True, slots=True)
class ReleaseChecks:
    """Looks at what was run on the release's commit."""

    tag: ReleaseTag
    release: ReleaseIdentity
    probe: CommitChecksProbe
    wanted: ContinuousIntegration

    async def look(self) -> CommitChecks:
        """Return the checks of the commit under verification; of the tag's where the release names none."""
        return await self.probe.of(self.release.commit or (await self.tag.at_forge()).commit)


@pytest.fixture(scope="session")
def release_checks(
    profile: Profile,
    promised_forge: Forge,
    forge_client: ForgeClient,
    release_tag: ReleaseTag,
    release: ReleaseIdentity,
) -> ReleaseChecks:
    """The checks of the release's commit.

    Raises:
        Blind: the profile names none that must have passed.
    """
    wanted = CONTINUOUS_INTEGRATION.of(profile)
    if wanted is None:
        raise Blind(
            "the profile does not say which CI checks must have passed",
            remedy='add [continuous_integration] required = ["build"], or, where there is none,'
            ' [features] continuous_integration = { absent = "reason" }',
        )
    probe = PROBES[promised_forge.kind](forge_client, promised_forge.repository)
    return ReleaseChecks(release_tag, release, probe, wanted)
