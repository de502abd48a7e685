"""The public zone, asked at each of its authoritative servers."""

import pytest

from golive.dns.rules import expect_authoritative, expect_records
from golive.dns.rules_resolvers import judge_zone
from golive.rules.cases import expect_no_blocking_case

pytestmark = [pytest.mark.checklist("infra.dns", "step.dns"), pytest.mark.harm("unusable")]


async def test_declared_record_is_served_by_every_server(record, nameservers, dns, evidence):
    """Every authoritative server that answers has exactly the declared records, with authority."""
    answers = await dns.query_each(nameservers, record.name, record.type, whole=record.values)
    observations = [evidence(seen) for seen in answers]
    expect_authoritative(observations)
    expect_records(observations, record.values)


async def test_zone_cases(zone, zone_survey, profile, evidence, now):
    """From the delegation to the resolvers nothing is wrong with the zone: cases D01 to D46."""
    evidence(zone_survey)
    expect_no_blocking_case(evidence(judge_zone(zone_survey, zone, profile.cases, now())))
