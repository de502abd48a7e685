"""The gate's rules, one example each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from golive.core.checklist import Severity
from golive.core.outcome import Outcome
from golive.core.verdict import Decision, ItemState, Verdict
from golive.gate import decide
from selftests.examples.gate_examples import (
    MAX_AGE,
    NOW,
    OTHER_RELEASE,
    SECOND,
    Case,
    attestation,
    checklist,
    line,
    record,
    waiver,
)

ONE = checklist(line("a"))
TWO = checklist(line("a"), line("b"))


@pytest.mark.parametrize(
    ("decision", "code", "strict"),
    [
        (Decision.GO, 0, 0),
        (Decision.CONDITIONAL_GO, 0, 1),
        (Decision.NO_GO, 1, 1),
        (Decision.ROLL_BACK, 1, 1),
        (Decision.INCONCLUSIVE, 6, 6),
    ],
)
def test_every_decision_has_its_exit_code(decision, code, strict):
    """0, 1 and 6; a conditional GO is 1 where the gate is strict."""
    verdict = Verdict(decision=decision, reason="", items=())
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (code, strict)


@pytest.mark.parametrize(
    ("outcome", "state", "decision"),
    [
        (Outcome.PASSED, ItemState.VERIFIED, Decision.GO),
        (Outcome.FAILED, ItemState.FAILED, Decision.NO_GO),
        (Outcome.BLIND, ItemState.UNKNOWN, Decision.INCONCLUSIVE),
        (Outcome.ERROR, ItemState.UNKNOWN, Decision.INCONCLUSIVE),
        (None, ItemState.NOT_RUN, Decision.INCONCLUSIVE),
    ],
)
def test_every_outcome_has_its_state_and_decision(outcome, state, decision):
    """What one check came to decides the line, and the line the verdict."""
    case = Case(ONE, (record("a", outcome=outcome),))
    assert (case.state("a"), case.verdict().decision) == (state, decision)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (MAX_AGE, ItemState.VERIFIED),
        (MAX_AGE + SECOND, ItemState.STALE),
        (timedelta(0), ItemState.VERIFIED),
        (-SECOND, ItemState.STALE),
    ],
)
def test_evidence_is_fresh_up_to_its_limit_and_never_from_the_future(age, state):
    """Fresh at the limit, stale a second beyond it; fresh now, stale a second from now."""
    case = Case(ONE, (record("a", age=age),))
    assert case.state("a") is state
    assert (case.verdict().decision is Decision.GO) is (state is ItemState.VERIFIED)


@pytest.mark.parametrize(
    ("phase", "state"),
    [("smoke", ItemState.STALE), ("post_deploy", ItemState.STALE), ("pre_deploy", ItemState.VERIFIED)],
)
def test_evidence_from_before_the_deployment_is_stale_for_lines_after_it(phase, state):
    """A line of a later phase needs evidence about what was deployed, not about what was there before."""
    case = Case(checklist(line("a", phases=(phase,))), (record("a", age=timedelta(minutes=10)),))
    assert replace(case, deployed_at=NOW - timedelta(minutes=5)).state("a") is state
    assert replace(case, deployed_at=NOW - timedelta(minutes=20)).state("a") is ItemState.VERIFIED


@pytest.mark.parametrize(("expires", "state"), [(NOW + SECOND, ItemState.WAIVED), (NOW, ItemState.FAILED)])
def test_a_waiver_ends_at_its_instant(expires, state):
    """A waiver holds up to its end, and at that instant no more."""
    records = (record("a", outcome=Outcome.FAILED), record("b"))
    case = Case(TWO, records, waivers=(waiver("a", expires=expires),))
    assert case.state("a") is state
    held = state is ItemState.WAIVED
    assert case.verdict().decision is (Decision.CONDITIONAL_GO if held else Decision.NO_GO)


def test_an_accepted_failure_alone_launches_nothing():
    """It speaks against the release; one line at least has to speak for it."""
    case = Case(ONE, (record("a", outcome=Outcome.FAILED),), waivers=(waiver("a"),))
    assert case.state("a") is ItemState.WAIVED
    assert case.verdict().decision is Decision.INCONCLUSIVE


@pytest.mark.parametrize(
    ("beside", "state"),
    [
        (record("a", outcome=Outcome.BLIND, function="test_other"), ItemState.UNKNOWN),
        (record("a", outcome=Outcome.ERROR, function="test_other"), ItemState.UNKNOWN),
        (record("a", outcome=None, function="test_other"), ItemState.NOT_RUN),
        (record("a", age=timedelta(days=1), function="test_other"), ItemState.STALE),
        (record("a", function="test_other"), ItemState.WAIVED),
    ],
)
def test_a_waiver_accepts_a_failure_and_hides_nothing_else(beside, state):
    """Beside a waived failure, what another check of the line could not see stays unseen."""
    case = Case(ONE, (record("a", outcome=Outcome.FAILED), beside), waivers=(waiver("a"),))
    assert case.state("a") is state


def test_a_waiver_does_not_stand_in_for_a_check_that_vanished():
    """A waived line whose manifest names another check is not run."""
    failed = record("a", outcome=Outcome.FAILED)
    expected = {"a": frozenset({failed.function, "test_gone"})}
    case = Case(ONE, (failed,), expected=expected, waivers=(waiver("a"),))
    assert case.state("a") is ItemState.NOT_RUN


@pytest.mark.parametrize("outcome", [Outcome.BLIND, Outcome.ERROR, None])
def test_only_a_failure_can_be_waived(outcome):
    """What was not seen cannot be accepted."""
    case = Case(ONE, (record("a", outcome=outcome),), waivers=(waiver("a"),))
    assert case.verdict().decision is Decision.INCONCLUSIVE


@pytest.mark.parametrize("scope", [frozenset(), frozenset({"no.such.line"})])
def test_an_empty_scope_is_inconclusive(scope):
    """Nothing to verify is nothing verified."""
    assert Case(ONE, (record("a"),), scope=scope).verdict().decision is Decision.INCONCLUSIVE


@pytest.mark.parametrize("severity", list(Severity))
def test_a_trigger_that_fires_rolls_back(severity):
    """A rollback trigger outranks a failed line, whatever its severity."""
    case = Case(
        checklist(line("a"), line("t", trigger=True, severity=severity)),
        (record("a", outcome=Outcome.FAILED), record("t", outcome=Outcome.FAILED)),
    )
    assert case.verdict().decision is Decision.ROLL_BACK


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("records", [(record("t", outcome=Outcome.BLIND),), ()], ids=["blind", "no record"])
def test_a_trigger_that_cannot_be_judged_is_not_fine(severity, records):
    """A trigger without data leaves the run inconclusive, whatever its severity: fired, it outranks all."""
    document = checklist(line("a"), line("t", trigger=True, severity=severity))
    case = Case(document, (record("a"), *records))
    assert case.verdict().decision is Decision.INCONCLUSIVE


def test_a_line_that_no_check_answers_is_not_run():
    """Silence about a required line is never green."""
    case = Case(TWO, (record("a"),))
    assert (case.state("b"), case.verdict().decision) == (ItemState.NOT_RUN, Decision.INCONCLUSIVE)


def test_a_check_of_the_manifest_without_a_record_leaves_its_line_not_run():
    """The line's other checks do not make up for the one that vanished."""
    case = Case(ONE, (record("a"),), expected={"a": frozenset({"test_a", "test_gone"})})
    assert case.state("a") is ItemState.NOT_RUN
    assert "test_gone" in case.verdict().items[0].reason


def test_an_advisory_failure_is_a_condition():
    """A failed advisory line does not stop a launch, nor does it go unmentioned."""
    case = Case(
        checklist(line("a"), line("b", severity=Severity.ADVISORY)),
        (record("a"), record("b", outcome=Outcome.FAILED)),
    )
    assert case.verdict().decision is Decision.CONDITIONAL_GO


def test_an_absent_part_makes_its_line_not_applicable_with_the_reason():
    """The profile's reason stands on the line."""
    case = Case(
        checklist(line("a", part="cdn"), line("b")), (record("b"),), absent={"cdn": "served elsewhere"}
    )
    verdict = case.verdict()
    assert (verdict.decision, verdict.items[0].state) == (Decision.GO, ItemState.NOT_APPLICABLE)
    assert "served elsewhere" in verdict.items[0].reason


CDN = {"cdn": "served elsewhere"}
ABSENT = checklist(line("a", part="cdn"), line("b", part="cdn"), line("c", part="cdn"))


@pytest.mark.parametrize(
    ("document", "records", "states"),
    [
        (ABSENT, (), "3 not applicable"),
        (checklist(line("p", children=("a",)), line("a", part="cdn")), (), "2 not applicable"),
        (
            checklist(line("a", part="cdn"), line("b", severity=Severity.ADVISORY)),
            (record("b", outcome=Outcome.FAILED),),
            "1 failed, 1 not applicable",
        ),
        (
            checklist(line("a", part="cdn"), line("b", severity=Severity.ADVISORY)),
            (),
            "1 not applicable, 1 not run",
        ),
    ],
    ids=["lines", "a parent", "beside an advisory failure", "beside an advisory silence"],
)
def test_nothing_launches_where_nothing_was_verified(document, records, states):
    """Lines that do not apply, and advice, are no evidence that anything works."""
    verdict = Case(document, records, absent=CDN).verdict()
    assert verdict.decision is Decision.INCONCLUSIVE
    assert verdict.reason.startswith(
        f"nothing was verified: of {len(document.items)} lines in scope {states}"
    )


@pytest.mark.parametrize(
    "case",
    [
        Case(checklist(line("a", part="cdn"), line("b")), (record("b"),), absent=CDN),
        Case(checklist(line("a", part="cdn"), line("b")), attestations=(attestation("b"),), absent=CDN),
        Case(checklist(line("a", part="cdn"), line("b")), (record("a", "b"),), absent=CDN),
        Case(
            checklist(line("a", part="cdn"), line("b")),
            (record("a", outcome=Outcome.BLIND), record("a", outcome=None, function="test_c"), record("b")),
            absent=CDN,
        ),
    ],
    ids=["verified", "attested", "a check of both passed", "its own checks saw nothing"],
)
def test_go_says_how_many_lines_do_not_apply(case):
    """One line that was verified, or attested, is enough; what is absent is counted apart."""
    verdict = case.verdict()
    assert verdict.decision is Decision.GO
    assert verdict.reason == "2 lines in scope: 1 answered by fresh evidence, 1 not applicable"


def test_a_condition_says_how_many_lines_do_not_apply():
    """As GO does."""
    document = checklist(line("a", part="cdn"), line("b"), line("c"))
    records = (record("b"), record("c", outcome=Outcome.FAILED))
    verdict = Case(document, records, absent=CDN, waivers=(waiver("c"),)).verdict()
    assert (verdict.decision, verdict.reason) == (
        Decision.CONDITIONAL_GO,
        "1 line waived: c; 1 not applicable",
    )


@pytest.mark.parametrize(
    "failed",
    [
        record("a", outcome=Outcome.FAILED),
        record("b", "a", outcome=Outcome.FAILED),
        record("a", outcome=Outcome.FAILED, age=timedelta(days=3)),
    ],
    ids=["its own", "of another line too", "long ago"],
)
def test_a_check_that_fails_speaks_against_the_declaration(failed):
    """What was seen to be wrong cannot be absent; the line names both."""
    case = Case(checklist(line("a", part="cdn"), line("b")), (failed, record("b", function="o")), absent=CDN)
    entry = case.verdict().items[0]
    assert (entry.state, case.verdict().decision) == (ItemState.FAILED, Decision.NO_GO)
    assert "cdn is declared absent (served elsewhere)" in entry.reason
    assert entry.remedy


def test_a_declaration_of_absence_needs_no_check():
    """The profile says it, and no check of the manifest must; the manifest's checks are for what is there."""
    document = checklist(line("a", part="cdn"), line("b"))
    case = Case(document, (record("b"),), expected={"a": frozenset({"test_a"})}, absent=CDN)
    assert (case.state("a"), case.verdict().decision) == (ItemState.NOT_APPLICABLE, Decision.GO)
    assert replace(case, absent={}).verdict().decision is Decision.INCONCLUSIVE


def test_a_failure_from_before_the_declaration_is_no_contradiction():
    """A part that was taken out of the deployment since is absent, whatever was wrong with it."""
    case = Case(
        checklist(line("a", part="cdn"), line("b")), (record("a", outcome=Outcome.FAILED), record("b"))
    )
    declared = replace(case.ledger(), absent_parts=CDN, absent_since={"cdn": NOW - timedelta(minutes=1)})
    assert decide(case.document, declared, now=NOW).decision is Decision.GO
    before = replace(declared, absent_since={"cdn": NOW - timedelta(days=1)})
    assert decide(case.document, before, now=NOW).decision is Decision.NO_GO


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.FAILED, ItemState.WAIVED), (Outcome.BLIND, ItemState.NOT_APPLICABLE)]
)
def test_a_waiver_accepts_the_failure_of_what_is_declared_absent(outcome, state):
    """As of any other line."""
    case = Case(checklist(line("a", part="cdn")), (record("a", outcome=outcome),), absent=CDN)
    assert replace(case, waivers=(waiver("a"),)).state("a") is state


def test_a_line_without_a_check_is_said_to_keep_the_run_from_go():
    """Whoever reads the verdict learns that running again will not help."""
    case = Case(checklist(line("a"), line("b"), line("c")), (record("a"), record("b", outcome=None)))
    assert case.verdict().reason == (
        "2 required lines without fresh positive evidence: b, c; no check answers c: "
        "no run of this scope can be GO until it has one, or people attest it"
    )
    known = replace(case, expected={"c": frozenset({"test_c"})})
    assert "no check answers" not in known.verdict().reason


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (Outcome.PASSED, Outcome.PASSED, ItemState.VERIFIED),
        (Outcome.PASSED, Outcome.BLIND, ItemState.UNKNOWN),
        (Outcome.FAILED, Outcome.BLIND, ItemState.FAILED),
        (None, Outcome.PASSED, ItemState.NOT_RUN),
    ],
)
def test_a_parent_is_as_good_as_the_worst_line_under_it(first, second, state):
    """A parent has no checks of its own."""
    document = checklist(line("p", children=("a", "b")), line("a"), line("b"))
    assert Case(document, (record("a", outcome=first), record("b", outcome=second))).state("p") is state


def test_a_parent_is_not_run_when_a_line_under_it_is_outside_the_scope():
    """Half a parent verified is not a parent verified."""
    document = checklist(line("p", children=("a", "b")), line("a"), line("b"))
    case = Case(document, (record("a"), record("b")), scope=frozenset({"p", "a"}))
    assert case.state("p") is ItemState.NOT_RUN


@pytest.mark.parametrize(
    "changes",
    [
        {"release": OTHER_RELEASE},
        {"environment": "staging"},
        {"expires": NOW},
        {"at": NOW + SECOND},
        {"at": NOW - MAX_AGE - SECOND},
        {"item": "b"},
    ],
)
def test_an_attestation_about_something_else_is_none(changes):
    """Another release, environment, line or time: the line stays not run."""
    case = Case(ONE, attestations=(attestation("a", **changes),))
    assert case.state("a") is ItemState.NOT_RUN
    assert Case(ONE, attestations=(attestation("a"),)).state("a") is ItemState.ATTESTED


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BLIND, Outcome.ERROR, None])
def test_an_attestation_never_outweighs_a_check(outcome):
    """A person's word does not make good what a check saw, or could not see."""
    case = Case(ONE, (record("a", outcome=outcome),), attestations=(attestation("a"),))
    assert case.state("a") is not ItemState.ATTESTED
    gone = Case(ONE, expected={"a": frozenset({"test_a"})}, attestations=(attestation("a"),))
    assert gone.state("a") is ItemState.NOT_RUN
