"""The servers of the fleet: there, of the release, on time, and with room to breathe."""

import asyncio

import pytest

from golive.fleet.rules import expect_clock, expect_headroom
from golive.fleet.rules_ports import expect_open
from golive.release.rules import expect_release

pytestmark = [pytest.mark.checklist("infra.servers"), pytest.mark.harm("unusable")]


async def test_every_server_answers_on_its_ports(fleet, evidence):
    """Every server accepts connections on each of its ports, at each of its addresses."""
    observations = [evidence(seen) for seen in await fleet.open_ports()]
    expect_open(observations)


@pytest.mark.harm("content")
async def test_every_server_runs_the_release(fleet, api, release, evidence):
    """Every server that runs the API reports the release under verification."""
    asked = (api.get(api.routes.version, base=url) for _, url in fleet.with_api())
    expect_release([evidence(seen) for seen in await asyncio.gather(*asked)], release)


# Beside sixty others an answer may take seconds, and a slow answer says little about a clock.
@pytest.mark.serial
@pytest.mark.harm("nuisance")
async def test_clocks_of_servers_are_right(fleet, evidence, profile):
    """The clock of every server is near to the real time, as far as the round trip lets it be seen."""
    observations = [evidence(seen) for seen in await fleet.clocks()]
    expect_clock(observations, within=profile.fleet.clock_skew)


@pytest.mark.serial
@pytest.mark.harm("slow")
async def test_every_server_has_headroom(fleet, evidence, profile):
    """By its own metrics every server has processor, memory and disk left, while nothing is asked of it."""
    most, servers = profile.fleet.used_at_most, fleet.with_metrics()

    async def look():
        return await asyncio.gather(*(fleet.metrics(server, url) for server, url in servers))

    before = await look()
    await asyncio.sleep(most.watched_for.total_seconds())
    after = [evidence(seen) for seen in await look()]
    for first, second in zip(before, after, strict=True):
        used = expect_headroom(first, second, most)
        shown = {resource: f"{share:.0%}" for resource, share in used.items()}
        evidence.note(f"used at {second.server}", **shown)
