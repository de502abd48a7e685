"""What a run, and the runs of a release, come to where a check was recorded more than once."""

from datetime import timedelta

import pytest

from golive.core.outcome import Outcome
from golive.core.run import Ledger, Run
from golive.core.verdict import Decision
from golive.gate import decide
from selftests.examples.gate_examples import NOW, checklist, line, record
from selftests.examples.report_examples import healthy

HEADER = healthy()[1].header.model_copy(
    update={"scope": ("a",), "started": NOW - timedelta(minutes=10), "absent_parts": {}}
)
ONE = checklist(line("a"))
PASSED, FAILED, BLIND, ERROR = Outcome.PASSED, Outcome.FAILED, Outcome.BLIND, Outcome.ERROR


def run_of(*records, **changes) -> Run:
    return Run(header=HEADER.model_copy(update=changes), records=records, footer=healthy()[1].footer)


def attempts(*outcomes: Outcome | None) -> Run:
    """A run that recorded one check as often as there are ``outcomes``, a minute apart."""
    return run_of(
        *(
            record("a", outcome=outcome, age=timedelta(minutes=5 - number))
            for number, outcome in enumerate(outcomes)
        )
    )


@pytest.mark.parametrize(
    ("outcomes", "worst", "decision"),
    [
        ((FAILED, PASSED), FAILED, Decision.NO_GO),
        ((PASSED, FAILED, PASSED), FAILED, Decision.NO_GO),
        ((BLIND, FAILED), FAILED, Decision.NO_GO),
        ((ERROR, PASSED), ERROR, Decision.INCONCLUSIVE),
        ((BLIND, PASSED), BLIND, Decision.INCONCLUSIVE),
        ((PASSED, None), None, Decision.INCONCLUSIVE),
        ((None, PASSED), None, Decision.INCONCLUSIVE),
        ((PASSED, PASSED), PASSED, Decision.GO),
        ((PASSED,), PASSED, Decision.GO),
    ],
)
def test_the_worst_record_of_a_check_within_a_run_counts(outcomes, worst, decision):
    """Whatever came after it: an attempt that passed does not take back one that failed."""
    run = attempts(*outcomes)
    (found,) = run.records
    assert (found.outcome, len(found.attempts)) == (worst, len(outcomes) if len(outcomes) > 1 else 0)
    assert decide(ONE, Ledger.of([run]), now=NOW).decision is decision


def test_the_attempts_are_said():
    """How many, what each came to, and that it is the worst which is shown."""
    (found,) = attempts(PASSED, FAILED, PASSED).records
    assert found.attempts == (PASSED, FAILED, PASSED)
    assert found.reason == "failed (the worst of 3 attempts: passed, failed, passed)"
    assert Run.model_validate(attempts(PASSED, FAILED, PASSED).model_dump()).records == (found,)


def test_cases_of_a_check_are_not_attempts():
    """Each case is observed by itself."""
    cases = (record("a", outcome=FAILED, parameter="1"), record("a", parameter="2"))
    assert run_of(*cases).records == cases


@pytest.mark.parametrize(
    ("before", "after", "decision"),
    [(FAILED, PASSED, Decision.GO), (PASSED, FAILED, Decision.NO_GO), (PASSED, None, Decision.GO)],
)
def test_of_several_runs_the_newest_observation_counts(before, after, decision):
    """What was fixed between two runs is fixed; what did not run says nothing."""
    runs = [
        run_of(record("a", outcome=before, age=timedelta(minutes=9)), run_id="1"),
        run_of(record("a", outcome=after), run_id="2", started=NOW - timedelta(minutes=6)),
    ]
    assert decide(ONE, Ledger.of(runs), now=NOW).decision is decision


@pytest.mark.parametrize(
    ("declared", "since"),
    [
        ((False, True, True), 2),
        ((True, False, True), 3),
        ((True, True, True), 1),
        ((True, True, False), None),
    ],
)
def test_a_part_is_absent_since_the_first_run_in_a_row_that_says_so(declared, since):
    """A run that had the part begins the count anew."""
    starts = [NOW - timedelta(minutes=50 - number) for number in range(3)]
    runs = [
        run_of(run_id=str(number), started=start, absent_parts={"cdn": "none"} if absent else {})
        for number, (start, absent) in enumerate(zip(starts, declared, strict=True))
    ]
    ledger = Ledger.of(runs)
    assert ledger.absent_since == ({"cdn": starts[since - 1]} if since else {})
    assert (ledger.absent_parts == {"cdn": "none"}) is (since is not None)


def test_a_check_that_failed_before_its_part_was_taken_out_accuses_nobody():
    """Two runs of one release: the first saw the part fail, the second is without it."""
    document = checklist(line("a", part="cdn"), line("b"))
    first = run_of(record("a", outcome=FAILED, age=timedelta(minutes=9)), run_id="1", scope=("a", "b"))
    second = run_of(
        record("a", outcome=None),
        record("b"),
        run_id="2",
        scope=("a", "b"),
        started=NOW - timedelta(minutes=6),
        absent_parts={"cdn": "none"},
    )
    assert decide(document, Ledger.of([first, second]), now=NOW).decision is Decision.GO
    assert decide(document, Ledger.of([first]), now=NOW).decision is Decision.NO_GO
