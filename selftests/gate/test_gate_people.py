"""Lines that only people answer, and the line that sums up a phase, as the gate judges them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.core.attestation import Attestation, Flaw, Rejection
from golive.core.checklist import AnsweredBy
from golive.core.evidence import Evidence
from golive.core.outcome import Outcome
from golive.core.run import ReleaseIdentity
from golive.core.verdict import Decision, ItemState
from golive.gate import decide
from golive.gate.accepted import accept_records
from golive.people.attestations import Signed, SignedRecords
from selftests.examples.gate_examples import (
    LAUNCHES,
    NOW,
    RELEASE,
    Case,
    attestation,
    checklist,
    line,
    record,
    waiver,
)
from selftests.gate.test_gate_accepted import PEOPLE

ONE = checklist(line("a"))
SUM = replace(
    line("sum", phases=("pre_deploy", "deploy")), answered_by=AnsweredBy.LEDGER, completes="pre_deploy"
)
PHASE = checklist(
    line("a", phases=("pre_deploy", "infra")), line("b", phases=("pre_deploy",)), SUM, line("c")
)


def rejection(flaw: Flaw) -> Rejection:
    return Rejection(subject="a", path="a.json", flaw=flaw, reason="so it is", remedy="do it anew")


def judged(*, attestations=(), rejections=()):
    verdict = decide(ONE, Case(ONE).ledger(), (), attestations, rejections=rejections, now=NOW)
    return verdict.items[0], verdict.decision


@pytest.mark.parametrize("flaw", [flaw for flaw in Flaw if flaw.is_invalid])
@pytest.mark.parametrize("beside", [(), (attestation("a"),)], ids=["alone", "beside-a-good-one"])
def test_foul_record_fails_its_line(flaw, beside):
    """In its own words, and whatever lies beside it: it is to be cleared away."""
    entry, decision = judged(attestations=beside, rejections=(rejection(flaw),))
    assert (entry.state, decision) == (ItemState.FAILED, Decision.NO_GO)
    assert f"{flaw}: so it is" in entry.reason
    assert entry.remedy == "do it anew"


@pytest.mark.parametrize(
    ("flaw", "state"),
    [
        (Flaw.EXPIRED, ItemState.STALE),
        (Flaw.INCOMPLETE, ItemState.NOT_RUN),
        (Flaw.UNVERIFIED, ItemState.NOT_RUN),
    ],
)
def test_record_that_ended_or_waits_leaves_its_line_open(flaw, state):
    """Nobody is at fault; it is no GO all the same."""
    entry, decision = judged(rejections=(rejection(flaw),))
    assert (entry.state, decision) == (state, Decision.INCONCLUSIVE)
    assert str(flaw) in entry.reason


def test_newer_attestation_takes_the_place_of_one_that_ended():
    """What has expired is no reproach."""
    entry, decision = judged(attestations=(attestation("a"),), rejections=(rejection(Flaw.EXPIRED),))
    assert (entry.state, decision) == (ItemState.ATTESTED, Decision.GO)


def test_line_whose_checks_rest_on_peoples_word_is_attested():
    """The report tells what people said from what was measured; one measurement more makes it verified."""
    said = Evidence(kind="attestation", title="attested by ada", at=NOW)
    by_people = record("a").model_copy(update={"evidence": (said,)})
    assert Case(ONE, (by_people,)).state("a") is ItemState.ATTESTED
    assert "attested by ada; 1 check passed" in Case(ONE, (by_people,)).verdict().items[0].reason
    assert Case(ONE, (by_people, record("a", function="test_other"))).state("a") is ItemState.VERIFIED


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ((Outcome.PASSED, Outcome.PASSED), ItemState.VERIFIED),
        ((Outcome.PASSED, Outcome.FAILED), ItemState.FAILED),
        ((Outcome.PASSED, Outcome.BLIND), ItemState.UNKNOWN),
        ((Outcome.PASSED, None), ItemState.NOT_RUN),
    ],
)
def test_summing_line_is_as_good_as_the_worst_of_its_phase(outcomes, state):
    """Also where the lines themselves are out of the run's scope."""
    records = tuple(record(name, outcome=outcome) for name, outcome in zip("ab", outcomes, strict=True))
    case = Case(PHASE, records, scope=frozenset({"sum"}))
    assert case.state("sum") is state


def test_summing_line_over_absent_parts_alone_sums_up_nothing():
    """A phase in which nothing applies was not verified; where something was, the rest is counted apart."""
    parts = checklist(
        line("a", phases=("pre_deploy",), part="cdn"), line("b", phases=("pre_deploy",), part="mail"), SUM
    )
    neither = Case(parts, absent={"cdn": "none", "mail": "none"}, scope=frozenset({"sum"}))
    assert (neither.state("sum"), neither.verdict().decision) == (
        ItemState.NOT_APPLICABLE,
        Decision.INCONCLUSIVE,
    )
    one = Case(parts, (record("b"),), absent={"cdn": "none"}, scope=frozenset({"sum"}))
    assert (one.state("sum"), one.verdict().decision) == (ItemState.VERIFIED, Decision.GO)
    assert one.verdict().items[0].reason.startswith("all 1 line that applies is answered")


def test_summing_line_reads_what_earlier_runs_saw():
    """The run itself saw nothing of the phase; the release's ledger did."""
    now, before = Case(PHASE, scope=frozenset({"sum"})), Case(PHASE, (record("a"), record("b")))
    assert decide(PHASE, now.ledger(), now=NOW).decision is Decision.INCONCLUSIVE
    verdict = decide(PHASE, now.ledger(), release_ledger=before.ledger(), now=NOW)
    assert verdict.decision is Decision.GO
    assert "all 2 lines" in verdict.items[0].reason


def test_summing_line_leaves_the_lines_of_the_run_to_the_run():
    """What earlier runs saw never stands in for what this run was asked to see."""
    before = Case(PHASE, (record("a"), record("b")))
    asked = Case(PHASE, scope=frozenset({"a", "sum"}))
    verdict = decide(PHASE, asked.ledger(), release_ledger=before.ledger(), now=NOW)
    assert [entry.state for entry in verdict.items] == [ItemState.NOT_RUN, ItemState.VERIFIED]
    assert verdict.decision is Decision.INCONCLUSIVE


def test_waiver_below_makes_the_summing_line_conditional():
    """It counts as answered, and never as green."""
    records = (record("a"), record("b", outcome=Outcome.FAILED))
    case = Case(PHASE, records, scope=frozenset({"sum"}), waivers=(waiver("b"),))
    assert (case.state("sum"), case.verdict().decision) == (ItemState.WAIVED, Decision.CONDITIONAL_GO)


def test_attested_line_counts_in_the_sum_unless_checks_must_answer_it():
    """A person's word does not make up for a check that was never run for this release."""
    case = Case(PHASE, (record("b"),), scope=frozenset({"sum"}), attestations=(attestation("a"),))
    assert case.state("sum") is ItemState.VERIFIED
    missed = replace(case, expected={"a": frozenset({"test_a"})})
    assert missed.state("sum") is ItemState.NOT_RUN


_CHANGES = {
    "environment": ["prod", "staging", "mini"],
    "release": [RELEASE, ReleaseIdentity(version="1.0.0", commit="c0ffee"), ReleaseIdentity(version="0.9.0")],
    "line": ["a holds", "a holds, mostly"],
    "by": ["ada", "tim", "nobody"],
}


@st.composite
def bad_records(draw: st.DrawFn) -> Signed | Rejection:
    """A record that somebody put there who could not make a good one: at least one thing is wrong with it."""
    if draw(st.booleans()):
        return rejection(draw(st.sampled_from(list(Flaw))))
    names = draw(st.lists(st.sampled_from(list(_CHANGES)), min_size=1, unique=True))
    changes = {name: draw(st.sampled_from(_CHANGES[name])) for name in names}
    made = attestation("a", **changes)
    good = attestation("a")
    if (made.environment, made.release, made.line) == (good.environment, good.release, good.line):
        made = made.model_copy(update={"by": draw(st.sampled_from(["tim", "nobody"]))})
    return Signed(made, key=f"SHA256:{draw(st.integers(0, 3))}", path="a.json")


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(bad_records(), max_size=6), st.booleans())
def test_no_combination_of_forged_records_gives_go(found, with_check):
    """Forged, altered, replayed, by people who may not: any number of them, and no launch."""
    signed = tuple(entry for entry in found if isinstance(entry, Signed))
    rejected = tuple(entry for entry in found if isinstance(entry, Rejection))
    accepted = accept_records(
        SignedRecords(signed, rejected), ONE, PEOPLE, environment="mini", release=RELEASE, now=NOW
    )
    assert not accepted.attestations
    assert len(accepted.rejections) == len(found)
    expected = {"a": frozenset({"test_a"})} if with_check else {}
    # The gate holds even where somebody hands it what does not stand.
    handed = tuple(entry.record for entry in signed if isinstance(entry.record, Attestation))
    for claims in (accepted.attestations, () if rejected or with_check else _foreign(handed)):
        verdict = decide(
            ONE, Case(ONE, expected=expected).ledger(), (), claims, rejections=accepted.rejections, now=NOW
        )
        assert verdict.decision not in LAUNCHES


def _foreign(claims: tuple[Attestation, ...]) -> tuple[Attestation, ...]:
    """Those about another release or environment, which the gate itself refuses once more."""
    return tuple(claim for claim in claims if (claim.environment, claim.release) != ("mini", RELEASE))
