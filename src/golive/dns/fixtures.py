"""The public zone and its servers, and a case of a check for every declared record."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from golive.core.outcome import Blind
from golive.dns.profile import DNS, Dns, Nameserver
from golive.net.access import Access
from golive.plugin.verification import SETTINGS
from golive.profile.profile import Profile

if TYPE_CHECKING:
    from golive.dns.observation import ZoneSurvey
    from golive.dns.probe import DnsProbe


@pytest.fixture(scope="session")
def dns(access: Access) -> "DnsProbe":
    """Asks authoritative name servers."""
    from golive.dns.probe import DnsProbe

    return DnsProbe(access.book)


@pytest.fixture(scope="session")
def zone(profile: Profile) -> Dns:
    """The public zone."""
    return DNS.present(profile)


@pytest.fixture(scope="session")
def nameservers(zone: Dns) -> Sequence[Nameserver]:
    """The zone's authoritative servers."""
    if not zone.nameservers:
        raise Blind("the profile names no name servers", remedy="list them as targets.dns.nameservers")
    return zone.nameservers


@pytest.fixture(scope="session")
async def zone_survey(zone: Dns, profile: Profile, access: Access) -> "ZoneSurvey":
    """Delegation, servers, aliases and resolvers of the public zone, looked at once."""
    from golive.dns.probe_zone import ZoneSurveyor

    hosts = [urlsplit(url).hostname or "" for url in profile.public_urls().values()]
    return await ZoneSurveyor(access.book).survey(zone, hosts)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one case of a check for every declared DNS record."""
    if SETTINGS in metafunc.config.stash and "record" in metafunc.fixturenames:
        zone = DNS.get(metafunc.config.stash[SETTINGS].profile)
        records = zone.records if zone is not None else ()
        # Without records there is one case, which the fixture `zone` makes blind: none would be silence.
        names = [f"{record.type} {record.name}" for record in records]
        metafunc.parametrize("record", records or [None], ids=names or ["none"])
