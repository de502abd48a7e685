"""The public zone, asked at each of its authoritative servers."""

import asyncio

import pytest

from golive.expect.dns import expect_authoritative, expect_records, expect_same_serial

pytestmark = pytest.mark.checklist("infra.dns")


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
