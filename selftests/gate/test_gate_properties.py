"""What holds of the gate whatever was recorded, waived, attested, forgotten or left out."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from golive.core.checklist import PHASES_AFTER_DEPLOYMENT, AnsweredBy, Item, Severity
from golive.core.outcome import Outcome
from golive.core.verdict import Decision, ItemState
from selftests.examples.gate_examples import LAUNCHES, MAX_AGE, NOW, RANK, RELEASE, Case, cases, records

many = settings(max_examples=120, deadline=None, database=None)


def is_green(case: Case, item: Item) -> bool:
    """Said again, in other words than the gate's: what lets a line go ahead."""
    if item.answered_by is AnsweredBy.CHILDREN:
        scope = case.ledger().scope
        return all(child in scope and is_green(case, case.document.items[child]) for child in item.children)
    own = [entry for entry in case.records if item.id in entry.items]
    if item.part in case.absent:
        return all(entry.outcome is not Outcome.FAILED for entry in own)
    expected = case.expected.get(item.id, frozenset())
    if not own and not expected:
        return any(
            claim.item == item.id
            and (claim.environment, claim.release) == ("mini", RELEASE)
            and NOW - MAX_AGE <= claim.at <= NOW < claim.expires
            for claim in case.attestations
        )
    return (
        bool(own)
        and expected <= {entry.function for entry in own}
        and all(is_fresh(case, item, one) for one in own)
    )


def applies(case: Case, item: Item) -> bool:
    """Whether there is anything to be verified about the line here."""
    if item.answered_by is AnsweredBy.CHILDREN:
        return any(applies(case, case.document.items[child]) for child in item.children)
    return item.part not in case.absent


def is_fresh(case: Case, item: Item, entry) -> bool:
    finished = entry.started + timedelta(seconds=entry.duration_seconds)
    after = case.deployed_at is not None and set(item.phases) & PHASES_AFTER_DEPLOYMENT
    return (
        entry.outcome is Outcome.PASSED
        and NOW - MAX_AGE <= finished <= NOW
        and not (after and entry.started < case.deployed_at)
    )


@many
@given(cases())
def test_go_never_occurs_while_a_required_line_lacks_fresh_positive_evidence(case):
    """GO means that every line of the scope, required ones above all, is green by an independent reading."""
    verdict = case.verdict()
    event(str(verdict.decision))
    in_scope = [item for item in case.document.items.values() if item.id in case.ledger().scope]
    if verdict.decision is Decision.GO:
        assert all(is_green(case, item) for item in in_scope)
    if verdict.decision in LAUNCHES:
        waived = {entry.item for entry in verdict.by_state(ItemState.WAIVED)}
        assert any(applies(case, item) or item.id in waived for item in in_scope)
        required = [item for item in in_scope if item.severity is Severity.REQUIRED or item.is_trigger]
        assert all(is_green(case, item) or item.id in waived for item in required)


@many
@given(cases())
def test_go_occurs_when_every_line_is_green(case):
    """The gate is not merely strict: with fresh positive evidence for every line of a scope it says GO."""
    in_scope = [item for item in case.document.items.values() if item.id in case.ledger().scope]
    if any(applies(case, item) for item in in_scope) and all(is_green(case, item) for item in in_scope):
        assert case.verdict().decision is Decision.GO


@many
@given(cases(), records(st.sampled_from([Outcome.FAILED, Outcome.BLIND, Outcome.ERROR, None])))
def test_a_bad_record_more_never_improves_the_verdict(case, bad):
    """A failed, blind, broken or idle check that joins the records never brings a launch nearer.

    One pair is apart: a failure that joins turns INCONCLUSIVE into NO-GO, which is farther; never nearer. A
    failure that somebody accepted is apart too: until it is seen its line is unseen, and then it is a
    condition, no nearer.
    """
    accepted = {waiver.item for waiver in case.waivers if waiver.expires > NOW}
    unlike = [entry for entry in case.records if entry.check != bad.check]
    before = case.with_records(*unlike)
    after = case.with_records(*unlike, bad)
    nearest = RANK[before.verdict().decision]
    if bad.outcome is Outcome.FAILED and accepted.intersection(bad.items):
        nearest = min(nearest, RANK[Decision.CONDITIONAL_GO])
    assert RANK[after.verdict().decision] >= nearest


@many
@given(cases(), st.data())
def test_a_passed_record_less_never_improves_the_verdict(case, data):
    """Losing a pass never brings a launch nearer."""
    passed = [entry for entry in case.records if entry.outcome is Outcome.PASSED]
    if passed and not case.attestations:
        lost = data.draw(st.sampled_from(passed))
        after = case.with_records(*(entry for entry in case.records if entry is not lost))
        if _fresh_everywhere(case, lost):
            assert RANK[after.verdict().decision] >= RANK[case.verdict().decision]


def _fresh_everywhere(case: Case, entry) -> bool:
    """A stale pass beside fresh ones holds its line back; to lose it is to lose the doubt."""
    return all(is_fresh(case, case.document.items[name], entry) for name in entry.items)


@many
@given(cases(), st.data())
def test_a_check_of_the_manifest_that_vanishes_never_lets_a_launch_go_ahead(case, data):
    """Without any record of a check that must answer a line that a launch waits for, nothing launches.

    To lose a failed record turns NO-GO into INCONCLUSIVE at best. Lines of a part that is declared absent are
    apart: no check must answer them, so that one which contradicts the declaration takes its word with it.
    """
    expected = {
        name: frozenset({entry.function for entry in case.records if name in entry.items}) for name in "abcd"
    }
    case = replace(case, expected={name: functions for name, functions in expected.items() if functions})
    present = sorted({entry.function for entry in case.records})
    if not present:
        return
    gone = data.draw(st.sampled_from(present))
    after = case.with_records(*(entry for entry in case.records if entry.function != gone))
    was, became = case.verdict().decision, after.verdict().decision
    answered = [case.document.items[name] for name, functions in expected.items() if gone in functions]
    open_now = [item for item in answered if item.id in case.ledger().scope and item.part not in case.absent]
    event(f"{len(open_now)} of {len(answered)} lines are left open")
    if any(item.severity is Severity.REQUIRED or item.is_trigger for item in open_now):
        assert became not in LAUNCHES
    if open_now:
        assert became is not Decision.GO
    if all(item.part not in case.absent for item in answered):
        assert became not in LAUNCHES or was in LAUNCHES
        assert became is not Decision.GO or was is Decision.GO


@many
@given(cases())
def test_what_is_waived_is_never_green(case):
    """A waived line makes a verdict conditional at best."""
    verdict = case.verdict()
    if verdict.by_state(ItemState.WAIVED):
        assert verdict.decision is not Decision.GO


@many
@given(cases())
def test_an_expired_waiver_has_no_effect_at_all(case):
    """With every waiver that has expired taken out, the verdict is the same word for word."""
    valid = tuple(entry for entry in case.waivers if entry.expires > NOW)
    assert replace(case, waivers=valid).verdict() == case.verdict()


@many
@given(cases())
def test_every_line_in_scope_has_one_state_and_a_reason(case):
    """The verdict speaks of every line in scope once, in the document's order, with a sentence."""
    verdict = case.verdict()
    assert [entry.item for entry in verdict.items] == [
        name for name in case.document.items if name in case.ledger().scope
    ]
    assert all(entry.reason for entry in verdict.items)
    assert verdict.reason
