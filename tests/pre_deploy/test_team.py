"""The team: a named person for every role, and briefed on the day."""

import pytest

from golive.people.rules_attestations import expect_on_the_day
from golive.people.rules_stakeholders import expect_named_people

pytestmark = [pytest.mark.checklist("final.team"), pytest.mark.harm("nuisance")]


async def test_every_role_has_a_named_person(checklist, people, profile, attested, evidence):
    """Every owner in the checklist and every row of the sign-off table is a named person."""
    roles = sorted({item.owner for item in checklist.items.values()}) + list(checklist.sign_off_roles())
    evidence.note(
        "roles and who holds them", **{role: [p.name for p in people.holding(role)] for role in roles}
    )
    attested("final.team")
    expect_named_people(people, roles, where=str(profile.people.roster.name))


async def test_team_is_attested_on_the_day(attested, documents, profile, evidence, run_started):
    """The roster as it is now was attested on the day of the run."""
    roster = evidence(await documents.look_at(str(profile.people.roster)))
    claims = attested("final.team", digest=roster.sha256)
    expect_on_the_day(claims, day=run_started, zone=profile.people.zone)
