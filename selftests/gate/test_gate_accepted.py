"""Which signed records stand: one example for each reason why one does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from golive.core.attestation import Choice, Flaw, Rejection, Seen, SeenReport, StakeholderDecision
from golive.core.checklist import Section, Table
from golive.core.people import People, Person
from golive.core.verdict import Decision
from golive.gate.accepted import accept_records
from golive.people.attestations import Signed, SignedRecords
from selftests.examples.gate_examples import (
    MAX_AGE,
    NOW,
    OTHER_RELEASE,
    RELEASE,
    SECOND,
    attestation,
    checklist,
    line,
)

PEOPLE = People(
    person=(
        Person(name="Ada", principals=("ada", "ada2"), roles=("QA", "QA Lead")),
        Person(name="Grace", principals=("grace",), roles=("OPS", "Technical Director")),
        Person(name="Tim", principals=("tim",), roles=("FE",)),
    )
)
TABLE = Table(("Role", "Name"), (("QA Lead", ""), ("Technical Director", "")), "sign-off")
ONE = checklist(line("a"), replace(line("two"), attested_by=("QA", "OPS"), attesters=2))
DOCUMENT = replace(ONE, sections=(*ONE.sections, Section("Sign-off", 1, 9, (TABLE,))))
SOMETHING_ELSE = (Seen(source="docs/plan.md", sha256="c" * 64),)


def decision(**changes):
    made = StakeholderDecision(
        role="QA Lead",
        decision=Choice.GO,
        by="ada",
        environment="mini",
        release=RELEASE,
        reports=(SeenReport(run="run-1", sha256="b" * 64, verdict=Decision.GO),),
        at=NOW - timedelta(minutes=5),
    )
    return made.model_copy(update=changes)


def accepted_of(*records, keys=(), rejected=()):
    found = [
        Signed(record, key=dict(enumerate(keys)).get(number, f"SHA256:{record.by}"), path=f"{number}.json")
        for number, record in enumerate(records)
    ]
    return accept_records(
        SignedRecords(tuple(found), tuple(rejected)),
        DOCUMENT,
        PEOPLE,
        environment="mini",
        release=RELEASE,
        now=NOW,
    )


def only_flaw(*records, **options):
    accepted = accepted_of(*records, **options)
    assert not accepted.attestations
    assert not accepted.decisions
    (flaw,) = {entry.flaw for entry in accepted.rejections}
    assert all(entry.reason for entry in accepted.rejections)
    return flaw


def test_attestation_and_decision_that_are_well_stand():
    """Authentic, of the right people, about this, in time."""
    accepted = accepted_of(attestation("a"), decision())
    assert [entry.item for entry in accepted.of("a")] == ["a"]
    assert [(entry.name, entry.decision.role) for entry in accepted.decisions] == [("Ada", "QA Lead")]
    assert not accepted.rejections


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"environment": "prod"}, Flaw.OTHER_ENVIRONMENT),
        ({"environment": "Mini"}, Flaw.OTHER_ENVIRONMENT),
        ({"release": OTHER_RELEASE}, Flaw.OTHER_RELEASE),
        ({"release": RELEASE.model_copy(update={"version": "1.0.0-rc1"})}, Flaw.OTHER_RELEASE),
        ({"item": "b"}, Flaw.OTHER_LINE),
        ({"line": "a holds, mostly"}, Flaw.OTHER_LINE),
        ({"at": NOW + SECOND}, Flaw.FROM_THE_FUTURE),
        ({"expires": NOW}, Flaw.EXPIRED),
        ({"expires": NOW - SECOND}, Flaw.EXPIRED),
        ({"at": NOW - MAX_AGE - SECOND}, Flaw.EXPIRED),
        ({"by": "nobody"}, Flaw.ROLE),
        ({"by": "tim"}, Flaw.ROLE),
    ],
)
def test_attestation_that_is_not_about_this_does_not_stand(changes, flaw):
    """Each reason has a name and words."""
    assert only_flaw(attestation("a", **changes)) is flaw


@pytest.mark.parametrize(
    "changes", [{"expires": NOW + SECOND}, {"at": NOW}, {"at": NOW - MAX_AGE}, {"by": "ada2"}]
)
def test_attestation_stands_up_to_its_ends(changes):
    """The other side of the second; and a second name is the same person."""
    assert accepted_of(attestation("a", **changes)).of("a")


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"environment": "prod"}, Flaw.OTHER_ENVIRONMENT),
        ({"release": OTHER_RELEASE}, Flaw.OTHER_RELEASE),
        ({"at": NOW + SECOND}, Flaw.FROM_THE_FUTURE),
        ({"role": "Technical Director"}, Flaw.ROLE),
        ({"role": "King"}, Flaw.ROLE),
        ({"by": "nobody"}, Flaw.ROLE),
        (
            {"reports": (SeenReport(run="r", sha256="b" * 64, verdict=Decision.NO_GO),)},
            Flaw.AGAINST_THE_VERDICT,
        ),
        (
            {"reports": (SeenReport(run="r", sha256="b" * 64, verdict=Decision.ROLL_BACK),)},
            Flaw.AGAINST_THE_VERDICT,
        ),
    ],
)
def test_decision_that_is_not_about_this_does_not_stand(changes, flaw):
    """The same for what stakeholders sign."""
    assert only_flaw(decision(**changes)) is flaw


def test_no_go_may_be_decided_on_any_report():
    """Only go needs a report that does not speak against it."""
    seen = (SeenReport(run="r", sha256="b" * 64, verdict=Decision.NO_GO),)
    assert accepted_of(decision(decision=Choice.NO_GO, reports=seen)).decisions


def test_two_people_are_two_people():
    """Ada and Grace attest what needs two; both stand."""
    accepted = accepted_of(attestation("two"), attestation("two", by="grace"))
    assert {entry.by for entry in accepted.of("two")} == {"ada", "grace"}


@pytest.mark.parametrize(
    ("second", "keys", "flaw"),
    [
        ({"by": "ada"}, (), Flaw.SELF_APPROVED),
        ({"by": "ada2"}, (), Flaw.SELF_APPROVED),
        ({"by": "grace"}, ("SHA256:one", "SHA256:one"), Flaw.SELF_APPROVED),
        ({"by": "grace", "seen": SOMETHING_ELSE}, (), Flaw.INCOMPLETE),
    ],
)
def test_one_person_is_not_two(second, keys, flaw):
    """Not under a second name, nor twice, nor two names with one key, nor over two documents."""
    assert only_flaw(attestation("two"), attestation("two", **second), keys=keys) is flaw


def test_one_of_two_is_awaited():
    """Until the second person signs, nobody is at fault, and nothing stands."""
    assert only_flaw(attestation("two")) is Flaw.INCOMPLETE
    assert not Flaw.INCOMPLETE.is_invalid


def test_records_that_are_not_authentic_never_stand():
    """What was rejected when it was read stays rejected, whatever lies beside it."""
    forged = Rejection(subject="a", path="x.json", flaw=Flaw.FORGED, reason="by a stranger")
    accepted = accepted_of(attestation("a"), rejected=(forged,))
    assert accepted.against("a") == (forged,)
