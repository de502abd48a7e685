"""The disaster recovery plan: a document that people stand behind, and tried out."""

import pytest

from golive.people.rules_attestations import expect_recent_drill

pytestmark = [pytest.mark.checklist("bkp.dr-plan"), pytest.mark.harm("nuisance")]


async def test_recovery_plan_is_the_one_that_was_attested(attested, document_of, evidence):
    """The recovery plan is, to the byte, the one that two people attested."""
    plan = evidence(await document_of("bkp.dr-plan"))
    attested("bkp.dr-plan", digest=plan.sha256)


async def test_recovery_plan_was_drilled(attested, profile, now):
    """The last drill of the recovery plan is at most 90 days ago."""
    expect_recent_drill(attested("bkp.dr-plan"), at_most=profile.people.drill_age, now=now())
