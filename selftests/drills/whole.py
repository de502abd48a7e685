"""Drills over every check: what one fault, and what two at once, may and must do."""

from collections.abc import Sequence

from golive.testing import AnotherLineFailedError, NotRestoredError, ProvingError, Result
from rehearsal.faults.base import Fault
from selftests.drills.combined import WIDE
from selftests.drills.lanes import WarmLane, checks

Found = tuple[list[str], list[str]]
"""Problems in sentences, and checks that could not see."""


def drill_alone(lane: WarmLane, faults: Sequence[Fault]) -> Found:
    """Exactly the fault's lines fail, its dedicated checks among all others too, and its end restores."""
    (fault,) = faults
    attempt = lane.proving.attempt(fault, beside=None)
    result = attempt.with_faults
    missed = sorted(set(fault.expected_failures) - result.failed_lines)
    sentences = [f"the line {line} must fail, and is {result.states[line]}" for line in missed]
    masked = masked_by(result)
    astray = [check for check in masked if not _answers(lane, check) & set(fault.expected_failures)]
    if astray and not fault.masks and len(fault.expected_failures) <= WIDE:
        sentences.append(f"it masks {', '.join(astray)}: say why in `masks`")
    return [*map(_sentence, attempt.problems), *sentences], masked


def drill_pair(lane: WarmLane, faults: Sequence[Fault]) -> Found:
    """Two faults never hide each other, whatever they are.

    - A line that either expects to fail is not green: it failed, or its precondition did.
    - No other line fails: two faults do not make anybody blame a third part.
    - No dedicated check of either passes: it fails, or cannot see.
    """
    attempt = lane.proving.attempt(*faults, beside=None)
    result = attempt.with_faults
    kept = [one for one in attempt.problems if isinstance(one, AnotherLineFailedError | NotRestoredError)]
    sentences = [
        f"hidden: the line {line} is green"
        for line in sorted({line for fault in faults for line in fault.expected_failures})
        if result.states[line] == "verified"
    ]
    sentences += [
        f"covered: {fault.name} is on, and {check} passes"
        for fault in faults
        for check in checks().dedicated(fault)
        if result.passed(check)
    ]
    return [*map(_sentence, kept), *sentences], masked_by(result)


def masked_by(result: Result) -> list[str]:
    """Return the checks of which a case could not see, or broke."""
    return sorted(
        check
        for check, cases in result.checks.items()
        if {seen.outcome for seen in cases} & {"blind", "error"}
    )


def _answers(lane: WarmLane, check: str) -> set[str]:
    return set(lane.lane.ready.lines[check])


def _sentence(problem: ProvingError) -> str:
    return f"{type(problem).__name__}: {problem}"
