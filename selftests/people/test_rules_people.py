"""What people signed, judged: each rule both ways, and nothing signed meets none."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from golive.core.accepted import AcceptedDecision, AcceptedRecords
from golive.core.attestation import Choice, Flaw, Rejection, SeenReport
from golive.core.outcome import Blind
from golive.core.people import People, Person
from golive.core.verdict import Decision
from golive.people.rules_attestations import expect_attested, expect_on_the_day, expect_recent_drill
from golive.people.rules_stakeholders import (
    expect_decisions,
    expect_different_people,
    expect_every_role,
    expect_named_people,
    expect_recent_decisions,
    expect_report_seen,
)
from selftests.examples.gate_examples import NOW, SECOND, attestation
from selftests.gate.test_gate_accepted import PEOPLE, decision

COMMAND = "golive attest a --env mini --by YOU --evidence plan.md"
ROLES = ("QA Lead", "Technical Director")
DIGEST = "a" * 64
LIMIT = timedelta(days=90)


def rejected(flaw, subject="a", path="a.json"):
    return Rejection(subject=subject, path=path, flaw=flaw, reason="so it is", remedy="do it anew")


def accepted(role="QA Lead", name="Ada", key="SHA256:a", **changes):
    return AcceptedDecision(decision=decision(role=role, **changes), name=name, key=key)


BOTH = (accepted(), accepted("Technical Director", "Grace", "SHA256:g"))


def test_attested_line_is_returned_with_its_claims():
    """Of the digest that is asked for, or of any."""
    accepted = AcceptedRecords(attestations=(attestation("a"),), rejections=(rejected(Flaw.EXPIRED),))
    assert expect_attested(accepted, "a", command=COMMAND)[0].item == "a"
    assert expect_attested(accepted, "a", command=COMMAND, digest=DIGEST)


def test_line_that_nobody_attested_is_blind_with_the_command():
    """The remedy is what a person types."""
    with pytest.raises(Blind, match="nobody attested a") as caught:
        expect_attested(AcceptedRecords(attestations=(attestation("b"),)), "a", command=COMMAND)
    assert caught.value.remedy == COMMAND


@pytest.mark.parametrize("flaw", [flaw for flaw in Flaw if flaw.is_invalid])
def test_foul_record_is_a_failure_even_beside_a_good_one(flaw):
    """With its own words."""
    accepted = AcceptedRecords(attestations=(attestation("a"),), rejections=(rejected(flaw),))
    with pytest.raises(AssertionError, match=f"{flaw}: so it is"):
        expect_attested(accepted, "a", command=COMMAND)


def test_attestation_that_ended_is_a_failure_with_the_command():
    """Somebody said it, and their word has run out."""
    with pytest.raises(AssertionError, match=r"expired.*golive attest a"):
        expect_attested(AcceptedRecords(rejections=(rejected(Flaw.EXPIRED),)), "a", command=COMMAND)


@pytest.mark.parametrize(("flaw", "remedy"), [(Flaw.INCOMPLETE, COMMAND), (Flaw.UNVERIFIED, "do it anew")])
def test_attestation_that_waits_is_blind(flaw, remedy):
    """For a second person, or for a machine that can verify."""
    with pytest.raises(Blind) as caught:
        expect_attested(AcceptedRecords(rejections=(rejected(flaw),)), "a", command=COMMAND)
    assert caught.value.remedy == remedy


def test_document_that_changed_since_is_a_failure():
    """The digest of what is there is not the digest of what was looked at."""
    with pytest.raises(AssertionError, match=r"expected what is there now, bbbbbbbbbbbb….*it changed since"):
        expect_attested(
            AcceptedRecords(attestations=(attestation("a"),)), "a", command=COMMAND, digest="b" * 64
        )


@pytest.mark.parametrize(
    ("day", "made", "zone", "holds"),
    [
        ("2026-11-28T15:00:00+00:00", "2026-11-28T00:00:00+00:00", UTC, True),
        ("2026-11-28T15:00:00+00:00", "2026-11-27T23:59:59+00:00", UTC, False),
        ("2026-11-28T15:00:00+00:00", "2026-11-27T23:00:00+00:00", ZoneInfo("Europe/Berlin"), True),
        ("2026-11-28T15:00:00+00:00", "2026-11-27T22:59:59+00:00", ZoneInfo("Europe/Berlin"), False),
        # Summer time begins at 01:00 UTC: the day began an hour before midnight UTC all the same.
        ("2027-03-28T12:00:00+00:00", "2027-03-27T23:00:00+00:00", ZoneInfo("Europe/Berlin"), True),
        ("2027-03-29T12:00:00+00:00", "2027-03-28T21:59:59+00:00", ZoneInfo("Europe/Berlin"), False),
        # A run that began before midnight, and people who signed after it.
        ("2028-02-29T23:59:59+00:00", "2028-03-01T00:00:01+00:00", UTC, True),
        ("2028-02-29T00:00:00+00:00", "2028-02-28T23:59:59+00:00", UTC, False),
    ],
)
def test_same_day_is_a_day_of_the_calendar(day, made, zone, holds):
    """In the zone that the profile names, from its midnight on."""
    claims = (attestation("a", at=datetime.fromisoformat(made)),)
    if holds:
        expect_on_the_day(claims, day=datetime.fromisoformat(day), zone=zone)
    else:
        with pytest.raises(AssertionError, match="day of the attestation of a"):
            expect_on_the_day(claims, day=datetime.fromisoformat(day), zone=zone)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((0,), ""),
        ((90,), ""),
        ((91,), "at most 90 d ago"),
        ((20, 91), "at most 90 d ago"),
        ((-1,), "a day that has come"),
        ((None,), "none named"),
        ((20, None), "none named"),
    ],
)
def test_drill_is_recent(days, words):
    """To the day; who names the older drill counts."""
    claims = [
        attestation("a", drilled=None if ago is None else NOW.date() - timedelta(days=ago)) for ago in days
    ]
    if not words:
        expect_recent_drill(claims, at_most=LIMIT, now=NOW)
    else:
        with pytest.raises(AssertionError, match=words):
            expect_recent_drill(claims, at_most=LIMIT, now=NOW)


def test_drill_is_counted_over_a_leap_day():
    """From 1 December 2027 to 29 February 2028 there are ninety days."""
    claims = (attestation("a", drilled=date(2027, 12, 1)),)
    expect_recent_drill(claims, at_most=LIMIT, now=datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC))
    with pytest.raises(AssertionError):
        expect_recent_drill(claims, at_most=LIMIT, now=datetime(2028, 3, 1, tzinfo=UTC))


def test_four_eyes_and_one_report_are_a_decision():
    """Every role, different people, one report, recently."""
    expect_every_role(BOTH, ROLES)
    expect_different_people(BOTH)
    expect_report_seen(BOTH, {"run-1": "b" * 64})
    expect_recent_decisions(BOTH, at_most=timedelta(minutes=5), now=NOW)


def test_nobody_who_decided_is_blind_with_the_command():
    """Nobody was asked yet."""
    with pytest.raises(Blind) as caught:
        expect_decisions(AcceptedRecords(), ROLES, command="golive sign")
    assert caught.value.remedy == "golive sign"


@pytest.mark.parametrize(
    "entry",
    [rejected(Flaw.FORGED, "QA Lead"), rejected(Flaw.UNREADABLE, "qa-lead", "m/1/decision-qa-lead--x.json")],
)
def test_foul_decision_is_a_failure(entry):
    """Also one whose role cannot be read any more."""
    with pytest.raises(AssertionError, match="accepted signed records only"):
        expect_decisions(AcceptedRecords(decisions=BOTH, rejections=(entry,)), ROLES, command="golive sign")


def test_foul_attestation_says_nothing_of_decisions():
    """It speaks against its own line."""
    accepted = AcceptedRecords(
        decisions=BOTH, rejections=(rejected(Flaw.FORGED, "plan", "m/1/plan--x.json"),)
    )
    assert expect_decisions(accepted, ROLES, command="golive sign") == BOTH


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        (BOTH[:1], "observed none of Technical Director"),
        ((*BOTH, accepted(decision=Choice.NO_GO, reason="too early")), "QA Lead .Ada.: no-go, too early"),
    ],
)
def test_role_that_is_missing_or_against_is_a_failure(decisions, words):
    """Named, with the reason."""
    with pytest.raises(AssertionError, match=words):
        expect_every_role(decisions, ROLES)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (accepted("Technical Director", "Ada", "SHA256:other"), "Ada for QA Lead and for Technical Director"),
        (accepted("Technical Director", "Grace", "SHA256:a"), "SHA256:a for QA Lead and for Technical"),
    ],
)
def test_one_person_or_one_key_for_two_roles_is_a_failure(second, words):
    """Neither one person with two keys, nor two names with one."""
    with pytest.raises(AssertionError, match=words):
        expect_different_people((BOTH[0], second))


def test_reports_that_differ_or_changed_are_a_failure():
    """Everybody decided on the same bytes, and they are here."""
    other = (SeenReport(run="run-2", sha256="c" * 64, verdict=Decision.GO),)
    with pytest.raises(AssertionError, match="the same for everybody"):
        expect_report_seen((BOTH[0], accepted("Technical Director", "Grace", "k", reports=other)), {})
    with pytest.raises(AssertionError, match="it changed since"):
        expect_report_seen(BOTH, {"run-1": "d" * 64})
    with pytest.raises(Blind, match="is not here"):
        expect_report_seen(BOTH, {"run-1": None})


def test_decision_of_too_long_ago_is_a_failure():
    """To the second."""
    with pytest.raises(AssertionError, match="have it signed anew"):
        expect_recent_decisions(BOTH, at_most=timedelta(minutes=5) - SECOND, now=NOW)


def test_team_has_a_name_for_every_role():
    """A vacant role, a placeholder, or nobody at all."""
    expect_named_people(PEOPLE, ("QA", "OPS"), where="people.toml")
    with pytest.raises(AssertionError, match="nobody is DBA"):
        expect_named_people(PEOPLE, ("QA", "DBA"), where="people.toml")
    for name in ("TBD", "…", "n.n."):
        nobody = People(person=(Person(name=name, principals=("x",), roles=("QA",)),))
        with pytest.raises(AssertionError, match="people by their names"):
            expect_named_people(nobody, ("QA",), where="people.toml")
    with pytest.raises(Blind, match="names nobody"):
        expect_named_people(People(), ("QA",), where="people.toml")


@pytest.mark.parametrize(
    "judge",
    [
        lambda: expect_on_the_day((), day=NOW, zone=UTC),
        lambda: expect_recent_drill((), at_most=LIMIT, now=NOW),
        lambda: expect_every_role((), ROLES),
        lambda: expect_every_role(BOTH, ()),
        lambda: expect_different_people(()),
        lambda: expect_report_seen((), {}),
        lambda: expect_recent_decisions((), at_most=LIMIT, now=NOW),
    ],
)
def test_nothing_signed_meets_no_rule(judge):
    """Silence is not consent."""
    with pytest.raises(AssertionError):
        judge()
