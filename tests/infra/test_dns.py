"""The public zone, asked at each of its authoritative servers."""

import asyncio

import pytest

from golive.expect.cases import expect_no_blocking_case
from golive.expect.dns import expect_authoritative, expect_records, expect_same_serial
from golive.expect.dns_resolvers import judge_zone

pytestmark = pytest.mark.checklist("infra.dns", "step.dns")


async def test_declared_record_is_served_by_every_server(record, nameservers, dns, evidence):
    """Every authoritative server answers with exactly the declared records, and with authority."""
    asked = (dns.query(server, record.name, record.type) for server in nameservers)
    observations = [evidence(seen) for seen in await asyncio.gather(*asked)]
    expect_authoritative(observations)
    expect_records(observations, record.values)


async def test_servers_agree_on_the_zone(zone, nameservers, dns, evidence):
    """At least two servers answer for the zone, and all have the same serial number."""
    asked = (dns.query(server, zone.zone, "SOA") for server in nameservers)
    expect_same_serial([evidence(seen) for seen in await asyncio.gather(*asked)])


async def test_zone_cases(zone, zone_survey, profile, evidence, now):
    """From the delegation to the resolvers nothing is wrong with the zone: cases D01 to D46."""
    evidence(zone_survey)
    expect_no_blocking_case(evidence(judge_zone(zone_survey, zone, profile.cases, now())))
