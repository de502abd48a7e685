"""The frontend that users open."""

import pytest

from golive.browser.profile import APP, App
from golive.profile.profile import Profile


@pytest.fixture(scope="session")
def app(profile: Profile) -> App:
    """The frontend that users open."""
    return APP.present(profile)
