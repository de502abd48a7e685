"""The stakeholders' decision: signed, by everybody, on the report that is here."""

import pytest

from golive.people.rules_stakeholders import (
    expect_different_people,
    expect_every_role,
    expect_recent_decisions,
    expect_report_seen,
)

pytestmark = [pytest.mark.checklist("final.go-no-go"), pytest.mark.harm("nuisance")]


async def test_every_stakeholder_decided_go(decisions, checklist, now):
    """Every role of the sign-off table decided go, no longer ago than the line's evidence may be old."""
    expect_every_role(decisions(), checklist.sign_off_roles())
    expect_recent_decisions(decisions(), at_most=checklist.items["final.go-no-go"].max_age, now=now())


async def test_stakeholders_are_different_people(decisions):
    """No person, and no key, decided for two roles."""
    expect_different_people(decisions())


async def test_decisions_are_about_the_report_that_is_here(decisions, report_digests, evidence):
    """All decided on one report, which is here to the byte as they saw it."""
    made = decisions()
    present = report_digests([report.run for entry in made for report in entry.decision.reports])
    evidence.note("reports decided on, as they are here", **present)
    expect_report_seen(made, present)
