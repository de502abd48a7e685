"""Proving a fault: its dedicated checks fail while it is on, no line fails that it does not break, and all is
well again once it is off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from golive.testing.checks import Checks
from golive.testing.errors import (
    AnotherLineFailedError,
    CaseNotNamedError,
    DidNotFailError,
    NotRestoredError,
    ProvingError,
)
from golive.testing.fault import Fault
from golive.testing.lane import Lane
from golive.testing.result import Result
from golive.testing.switching import named


@dataclass(frozen=True, slots=True)
class Proof:
    """Faults, and the checks that were seen to fail under them and to pass before or after."""

    faults: tuple[str, ...]
    checks: frozenset[str]
    """The dedicated checks, by function."""
    with_faults: Result
    restored: Result | None
    """The dedicated checks again, without the faults."""


class Proving:
    """Proves faults on one lane, one after the other."""

    def __init__(self, lane: Lane, checks: Checks) -> None:
        self._lane = lane
        self._checks = checks
        self._fresh = False

    def prove(self, fault: Fault, *, beside: Iterable[str] = ()) -> Proof:
        """Run the dedicated checks, and those ``beside`` them, with the fault on; then the former without.

        Raises:
            NamesNoCheckError, NoSuchCheckError: the fault's names are wrong; nothing was run.
            DidNotFailError, CaseNotNamedError, AnotherLineFailedError, NotRestoredError: what was seen; the
                first of several, with the others as its notes.
            OrderFailedError, OverdueError, SwitchRefusedError, EnvironmentDiedError: it could not be seen.
            LaneError: the lane has ended.
        """
        return self.prove_together([fault], beside=beside)

    def prove_together(self, faults: Sequence[Fault], *, beside: Iterable[str] | None = ()) -> Proof:
        """Prove several faults that are on at once; ``beside`` None runs every check.

        Raises:
            ProvingError: as `prove`.
        """
        dedicated = frozenset(check for fault in faults for check in self._checks.dedicated(fault))
        chosen = None if beside is None else sorted({*dedicated, *beside})
        names = [fault.name for fault in faults]
        try:
            result = self._lane.run(faults=names, checks=chosen, fresh=self._fresh)
            self._fresh = False
            problems = [problem for fault in faults for problem in self._missed(fault, result)]
            problems += _blamed(faults, result)
            restored = self._lane.run(checks=sorted(dedicated))
            problems += _not_restored(names, restored, dedicated)
        except ProvingError:
            # Nobody knows what state it was left in.
            self._fresh = True
            raise
        if any(isinstance(problem, NotRestoredError) for problem in problems):
            self._fresh = True
        if problems:
            for problem in problems[1:]:
                problems[0].add_note(str(problem))
            raise problems[0]
        return Proof(tuple(names), dedicated, result, restored)

    def _missed(self, fault: Fault, result: Result) -> list[ProvingError]:
        dedicated = self._checks.dedicated(fault)
        problems: list[ProvingError] = [
            DidNotFailError(f"{fault.name}: {check} must fail, and observed: {result.words(check)}")
            for check in dedicated
            if not result.failed(check)
        ]
        said = [words for check in dedicated for words in result.said(check)]
        if fault.case and not any(fault.case in words for words in said):
            problems.append(
                CaseNotNamedError(
                    f"{fault.name}: no dedicated check names {fault.case}, but: {'; '.join(said)}"
                )
            )
        return problems


def _blamed(faults: Sequence[Fault], result: Result) -> list[ProvingError]:
    """Lines that failed and that none of the faults breaks."""
    allowed = {line for fault in faults for line in fault.breaks}
    names = named([fault.name for fault in faults])
    return [
        AnotherLineFailedError(
            f"{names}: the line {line} failed, which is not in `breaks`: {result.reasons[line]}"
        )
        for line in sorted(result.failed_lines - allowed)
    ]


def _not_restored(names: Sequence[str], restored: Result, dedicated: Iterable[str]) -> list[ProvingError]:
    return [
        NotRestoredError(f"{named(names)}: off again, and {check} must pass, but: {restored.words(check)}")
        for check in sorted(dedicated)
        if not restored.passed(check)
    ]
