"""What all checks of this process were answered."""

import pytest

from golive.api.afterwards.sign_ins import SignIns
from golive.exposure.inspection import Inspection
from golive.exposure.observation import ExposureLog
from golive.net.access import Hear, HeardAnswer, HeardMessage
from golive.plugin.exposures import EXPOSURES
from golive.profile.profile import Profile
from golive.profile.secrets import Secrets


@pytest.fixture(scope="session")
def exposure_log(pytestconfig: pytest.Config) -> ExposureLog:
    """Counts what answers showed."""
    return pytestconfig.stash[EXPOSURES]


@pytest.fixture(scope="session")
def hear(profile: Profile, secrets: Secrets, exposure_log: ExposureLog, sign_ins: SignIns) -> Hear:
    """Looks at every answer and message, and has sign-ins remembered."""
    look = Inspection(profile, secrets, exposure_log)

    def hear(heard: HeardAnswer | HeardMessage) -> None:
        look(heard)
        sign_ins.hear(heard)

    return hear
