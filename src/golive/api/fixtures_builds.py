"""Which build each instance of the API runs, for the run's record."""

import asyncio
from collections.abc import Mapping

from golive.api.fixtures import ApiClient
from golive.api.profile import API, ROUTES
from golive.api.profile_sign_in import WIRE
from golive.core.outcome import Blind
from golive.net.access import Access
from golive.net.errors import ProbeError
from golive.net.http import HttpProbe
from golive.profile.base import Absent
from golive.profile.profile import Profile
from golive.release.rules import release_of


async def pytest_golive_read_builds(profile: Profile) -> Mapping[str, str]:
    """The build of each replica; of the public address where the profile names no replicas.

    Behind a balancer the public address is each of them in turn: it would seem to change all the time.
    """
    target = API.of(profile)
    if target is None or isinstance(target, Absent):
        return {}
    http = HttpProbe(Access.of(profile))
    client = ApiClient(http, target, ROUTES.of(profile), WIRE.of(profile))
    bases = {f"replica {replica.name}": replica.url for replica in target.replicas}

    async def build_of(base: str) -> str:
        try:
            return str(release_of(await client.get(client.routes.version, base=base)))
        except (ProbeError, AssertionError, Blind):
            return ""

    try:
        named = bases or {"the API": target.url}
        found = await asyncio.gather(*map(build_of, named.values()))
    finally:
        await http.aclose()
    return dict(zip(named, found, strict=True))
