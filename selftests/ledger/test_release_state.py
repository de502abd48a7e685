"""A release is judged by the newest evidence of each line, whichever run it came from."""

from datetime import timedelta

import pytest

from golive.core.accepted import AcceptedDecision, AcceptedRecords
from golive.core.attestation import Choice, SeenReport, StakeholderDecision
from golive.core.checklist import Checklist, ItemList, Section, Table
from golive.core.outcome import Outcome
from golive.core.verdict import Decision, ItemState
from golive.ledger.milestones import Milestones
from golive.ledger.records import read_release
from golive.ledger.release import judge_release
from golive.ledger.status import phases_of, status_lines
from selftests.examples.gate_examples import NOW, checklist, line
from selftests.examples.release_examples import SHOP, run_of, saw, write

BEFORE = line("a", phases=("pre_deploy", "infra"))
STEP = line("b", phases=("deploy",))
AFTER = line("c", phases=("post_deploy",))
ROLES = ("Deployment Lead", "QA Lead")
SIGNED = Table(("Role", "Name"), tuple((role, "") for role in ROLES), "sign-off")
DOCUMENT = Checklist(
    "Mini", "checklist.md", "", (Section("One", 1, 1, (ItemList((BEFORE, STEP, AFTER)), SIGNED)),)
)
EXPECTED = {name: (f"tests/test_shop.py::test_{name}",) for name in ("a", "b", "c")}


def ago(minutes: float):
    return NOW - timedelta(minutes=minutes)


def judged(folder, *runs, accepted=None, expected=EXPECTED):
    """What the release comes to."""
    for run in runs:
        write(folder / "prod" / "1.0.0", run)
    records = read_release(folder / "prod" / "1.0.0", now=NOW)
    return judge_release(DOCUMENT, records, expected=expected, accepted=accepted, now=NOW)


def states(state):
    return {entry.item: entry.state.value for entry in state.verdict.items}


def went(minutes: float, *, roles: tuple[str, ...] = ROLES, against: str = "") -> AcceptedRecords:
    """A go of everybody, the last one that many minutes ago; ``against`` said no-go."""
    decisions = [
        StakeholderDecision(
            by=role.partition(" ")[0].lower(),
            environment="prod",
            release=SHOP,
            at=ago(minutes + later),
            role=role,
            decision=Choice.NO_GO if role == against else Choice.GO,
            reports=(SeenReport(run="1", sha256="a" * 64, verdict=Decision.GO),),
        )
        for later, role in enumerate(roles)
    ]
    return AcceptedRecords(
        decisions=tuple(AcceptedDecision(decision=one, name=one.by, key="SHA256:x") for one in decisions)
    )


def test_each_line_takes_its_evidence_from_whichever_run_has_it(tmp_path):
    first = run_of("1", saw("a", minutes=29), saw("b", minutes=28), scope=("a", "b"))
    second = run_of("2", saw("c", minutes=4), started=ago(11), scope=("c",))
    assert states(judged(tmp_path, first, second)) == {"a": "verified", "b": "verified", "c": "verified"}


def test_run_of_one_check_replaces_that_check_alone(tmp_path):
    first = run_of("1", saw("a", minutes=29), saw("a", minutes=28, function="tests/test_shop.py::test_other"))
    bad = saw("a", minutes=4).model_copy(update={"outcome": Outcome.FAILED, "reason": "it does not"})
    state = judged(tmp_path, first, run_of("2", bad, started=ago(11)))
    (entry,) = [entry for entry in state.verdict.items if entry.item == "a"]
    assert (entry.state, entry.reason) == (ItemState.FAILED, "it does not")
    assert len(entry.checks) == 2


def test_line_that_no_run_had_in_its_scope_is_not_run_and_no_gap(tmp_path):
    state = judged(tmp_path, run_of("1", saw("a", minutes=29)))
    assert states(state) == {"a": "verified", "b": "not run", "c": "not run"}
    assert "no record of tests/test_shop.py::test_c" in state.verdict.items[2].reason


def test_line_that_nothing_answers_is_said_to_be_answered_by_nothing(tmp_path):
    state = judged(tmp_path, run_of("1", saw("a", minutes=29)), expected={"a": EXPECTED["a"]})
    text = "\n".join(status_lines(DOCUMENT, state, now=NOW))
    assert "Answered by nothing, no check and nobody's word: b, c" in text


def test_old_evidence_is_stale_where_nothing_was_decided_on_it(tmp_path):
    old = run_of("1", saw("a", minutes=100), started=ago(101))
    assert states(judged(tmp_path, old))["a"] == "stale"


def test_evidence_that_was_fresh_at_the_go_stays_what_it_was(tmp_path):
    old = run_of("1", saw("a", minutes=100), started=ago(101))
    state = judged(tmp_path, old, accepted=went(90))
    (entry,) = [entry for entry in state.verdict.items if entry.item == "a"]
    assert entry.state is ItemState.VERIFIED
    assert "fresh at the go/no-go, 2026-11-28 13:30Z" in entry.reason


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"roles": ("QA Lead",)}, id="one of two"),
        pytest.param({"against": "QA Lead"}, id="one said no-go"),
        pytest.param({"roles": ("Somebody",)}, id="somebody who decides nothing"),
        pytest.param({"roles": ()}, id="nobody"),
    ],
)
def test_go_of_some_is_no_go_of_all(tmp_path, said):
    """What nobody decided on is as old as it is."""
    old = run_of("1", saw("a", minutes=100), started=ago(101))
    assert states(judged(tmp_path, old, accepted=went(90, **said)))["a"] == "stale"


def test_document_that_nobody_signs_has_no_go(tmp_path):
    old = run_of("1", saw("a", minutes=100), started=ago(101))
    write(tmp_path / "prod" / "1.0.0", old)
    records = read_release(tmp_path / "prod" / "1.0.0", now=NOW)
    unsigned = checklist(BEFORE)
    state = judge_release(unsigned, records, expected=EXPECTED, accepted=went(90), now=NOW)
    assert states(state) == {"a": "stale"}


def test_check_that_came_since_the_run_is_missed(tmp_path):
    """The run knew of one check; today's manifest has another beside it."""
    (only,) = EXPECTED["a"]
    run = run_of("1", saw("a", minutes=29), expected_checks={"a": (only,)})
    wanted = EXPECTED | {"a": (only, "tests/test_shop.py::test_new")}
    state = judged(tmp_path, run, expected=wanted)
    assert states(state)["a"] == "not run"
    assert "test_new" in state.verdict.items[0].reason


def test_evidence_that_was_old_at_the_go_is_stale(tmp_path):
    old = run_of("1", saw("a", minutes=200), started=ago(201))
    assert states(judged(tmp_path, old, accepted=went(90)))["a"] == "stale"


def test_go_says_nothing_for_lines_of_the_deployment(tmp_path):
    old = run_of("1", saw("b", minutes=100), started=ago(101), scope=("b",))
    assert states(judged(tmp_path, old, accepted=went(90)))["b"] == "stale"


def test_failure_is_not_mended_by_a_decision(tmp_path):
    bad = saw("a", minutes=100).model_copy(update={"outcome": Outcome.FAILED, "reason": "it does not"})
    state = judged(tmp_path, run_of("1", bad, started=ago(101)), accepted=went(90))
    assert states(state)["a"] == "failed"


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (BEFORE, "the go/no-go"),
        (STEP, "the launch"),
        (line("s", phases=("deploy", "smoke")), "the launch"),
        (AFTER, "the sign-off"),
        (line("w", phases=("post_launch",)), "the end of the first day"),
    ],
)
def test_each_phase_serves_its_decision(item, name):
    all_behind = Milestones(go=ago(60), launch=ago(30), sign_off=ago(10))
    served = all_behind.served_by(item)
    assert served is not None
    assert served.name == name
    assert Milestones().served_by(item) is None


def test_status_says_what_becomes_stale_first_and_whose_it_is(tmp_path):
    state = judged(tmp_path, run_of("1", saw("a", minutes=29), saw("b", minutes=25), scope=("a", "b")))
    text = "\n".join(status_lines(DOCUMENT, state, now=NOW))
    assert "in 31 min    at 15:31Z  a [QA]" in text
    assert text.index("a [QA]") < text.index("b [QA]")
    assert "Next: c [QA] c holds" in text


def test_status_counts_each_phase_and_names_each_record_by_its_digest(tmp_path):
    state = judged(tmp_path, run_of("1", saw("a", minutes=29)))
    assert [(phase.name, phase.lines) for phase in phases_of(DOCUMENT, state)] == [
        ("pre_deploy", 1),
        ("deploy", 1),
        ("post_deploy", 1),
    ]
    assert state.records.digests["1"] in "\n".join(status_lines(DOCUMENT, state, now=NOW))
