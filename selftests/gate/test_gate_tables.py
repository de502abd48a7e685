"""The gate's tables: one row holds for whatever is found, and no order of anything decides."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import chain, combinations
from unittest.mock import patch

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from golive.core.attestation import Flaw, Rejection
from golive.core.evidence import Evidence
from golive.gate import conclusion, state
from golive.gate.conclusion import DECISIONS, Fact
from golive.gate.evidence import Finding, LineEvidence
from golive.gate.state import STATES
from golive.gate.table import Reason, Row, only_row
from selftests.examples.gate_examples import LEAVES, NOW, SECOND, Case, cases, waiver

many = settings(max_examples=120, deadline=None, database=None)


def subsets(kinds: type[StrEnum]) -> Iterator[frozenset[StrEnum]]:
    return map(frozenset, chain.from_iterable(combinations(kinds, size) for size in range(len(kinds) + 1)))


def test_exactly_one_state_follows_from_any_findings():
    """Whatever is found of a line together, even what cannot come together: one row, never none or two."""
    for findings in subsets(Finding):
        if findings:
            assert sum(row.holds(findings) for row in STATES) == 1, findings


def test_exactly_one_decision_follows_from_any_facts():
    """As of the lines, of the run."""
    for facts in subsets(Fact):
        assert sum(row.holds(facts) for row in DECISIONS) == 1, facts


def test_every_finding_alone_has_a_row_of_its_own():
    """None is lost in another's words."""
    rows = [only_row(STATES, {finding}) for finding in Finding]
    assert len({row.message for row in rows}) == len(Finding) == len(STATES)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (STATES[1:], "0 rows hold for"),
        ((*STATES, replace(STATES[0], message=lambda _: Reason("again"))), "2 rows hold for"),
    ],
    ids=["a gap", "an overlap"],
)
def test_a_table_that_is_none_concludes_nothing(table, said):
    """A row that was lost, or written twice, is an error and no state."""
    with pytest.raises(ValueError, match=said):
        only_row(table, {Finding.ABSENCE})


def test_a_row_needs_all_of_what_is_present_and_none_of_what_is_absent():
    """Both halves count."""
    row = Row(frozenset({1, 2}), frozenset({3}), "result", lambda _: Reason("why"))
    assert row.holds({1, 2, 4})
    assert not row.holds({1, 4})
    assert not row.holds({1, 2, 3})


_REJECTIONS = st.builds(
    Rejection,
    subject=st.sampled_from(LEAVES),
    path=st.sampled_from(["a.json", "b.json"]),
    flaw=st.sampled_from(list(Flaw)),
    reason=st.sampled_from(["one", "two"]),
)


@st.composite
def crowded_cases(draw: st.DrawFn) -> Case:
    """Cases with several waivers of a line, rejected records, and checks that rest on attestations."""
    case = draw(cases())
    more = [
        waiver(name, expires=NOW + draw(st.integers(1, 3)) * SECOND)
        for name in draw(st.lists(st.sampled_from(LEAVES), max_size=3))
    ]
    attested = draw(st.sets(st.sampled_from(range(len(case.records))))) if case.records else set()
    vouched = Evidence(kind="attestation", title="attested by Ada", at=NOW, facts={})
    return replace(
        case,
        waivers=(*case.waivers, *more),
        rejections=tuple(draw(st.lists(_REJECTIONS, max_size=4))),
        records=tuple(
            entry.model_copy(update={"evidence": (vouched,), "reason": f"{entry.reason} {number}"})
            if number in attested
            else entry
            for number, entry in enumerate(case.records)
        ),
    )


@many
@given(crowded_cases())
def test_each_line_has_one_row_and_each_record_one_finding(case):
    """Nothing of what was recorded about a line is left out, or counted twice."""
    ledger = case.ledger()
    for item in case.document.items.values():
        known = LineEvidence.gather(
            item,
            ledger,
            waivers=case.waivers,
            attestations=case.attestations,
            rejections=case.rejections,
            now=NOW,
        )
        assert sorted(known.checks) == sorted(
            entry.check for entry in ledger.records if item.id in entry.items
        )
        row = only_row(STATES, known.findings)
        event(str(row.present))
        assert row.message(known).text


@many
@given(crowded_cases(), st.data())
def test_no_order_of_rows_or_records_changes_a_word_of_the_verdict(case, data):
    """Runs side by side, and merged ledgers, come in any order; so may the rows of the tables."""
    verdict = case.verdict()
    shuffled = replace(
        case,
        records=tuple(data.draw(st.permutations(case.records))),
        waivers=tuple(data.draw(st.permutations(case.waivers))),
        attestations=tuple(data.draw(st.permutations(case.attestations))),
        rejections=tuple(data.draw(st.permutations(case.rejections))),
    )
    with (
        patch.object(state, "STATES", tuple(data.draw(st.permutations(STATES)))),
        patch.object(conclusion, "DECISIONS", tuple(data.draw(st.permutations(DECISIONS)))),
    ):
        assert shuffled.verdict() == verdict
