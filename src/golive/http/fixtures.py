"""A public host's HTTP, as checks survey it."""

import pytest

from golive.http.probe import HttpSurveyor
from golive.net.access import Access
from golive.net.http import HttpProbe


@pytest.fixture(scope="session")
def http_surveyor(access: Access, http: HttpProbe) -> HttpSurveyor:
    """Asks a host's HTTP everything."""
    return HttpSurveyor(http, access.book)
