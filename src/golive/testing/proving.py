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
class Attempt:
    """Faults, their dedicated checks, and what these came to with the faults and without."""

    faults: tuple[str, ...]
    checks: frozenset[str]
    """The dedicated checks, by function."""
    with_faults: Result
    restored: Result
    """The dedicated checks again, without the faults."""
    problems: tuple[ProvingError, ...]
    """Why it is no proof; none where it is one."""


class Proving:
    """Proves faults on one lane, one after the other."""

    def __init__(self, lane: Lane, checks: Checks) -> None:
        self._lane = lane
        self._checks = checks
        self._fresh = False

    def prove(self, *faults: Fault, beside: Iterable[str] | None = ()) -> Attempt:
        """Run the dedicated checks, and those ``beside`` them, with the faults on; then the former without.

        Args:
            faults: usually one; several are on at once, and each must be proven.
            beside: checks by function or node id; None for every check.

        Raises:
            NamesNoCheckError, NoSuchCheckError: the fault's names are wrong; nothing was run.
            DidNotFailError, CaseNotNamedError, AnotherLineFailedError, NotRestoredError: what was seen; the
                first of several, with the others as its notes.
            OrderFailedError, OverdueError, SwitchRefusedError, EnvironmentDiedError: it could not be seen.
            LaneError: the lane has ended.
        """
        attempt = self.attempt(*faults, beside=beside)
        if attempt.problems:
            first, *others = attempt.problems
            for problem in others:
                first.add_note(str(problem))
            raise first
        return attempt

    def attempt(self, *faults: Fault, beside: Iterable[str] | None = ()) -> Attempt:
        """Do as `prove`, and return what was seen, be it a proof or not.

        Raises:
            ProvingError: nothing could be seen.
        """
        dedicated = frozenset(check for fault in faults for check in self._checks.dedicated(fault))
        chosen = None if beside is None else sorted({*dedicated, *beside})
        names = tuple(fault.name for fault in faults)
        fresh, self._fresh = self._fresh, True  # until it is known to have been left in order
        result = self._lane.run(faults=names, checks=chosen, whole_report=chosen is None, fresh=fresh)
        restored = self._lane.run(checks=sorted(dedicated))
        spoilt = _not_restored(names, restored, dedicated)
        self._fresh = bool(spoilt)
        missed = [problem for fault in faults for problem in self._missed(fault, result)]
        return Attempt(names, dedicated, result, restored, (*missed, *_blamed(faults, result), *spoilt))

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
    """Lines that failed and are an expected failure of none of the faults."""
    allowed = {line for fault in faults for line in fault.expected_failures}
    names = named([fault.name for fault in faults])
    return [
        AnotherLineFailedError(
            f"{names}: the line {line} failed, which is not in `expected_failures`: {result.reasons[line]}"
        )
        for line in sorted(result.failed_lines - allowed)
    ]


def _not_restored(names: Sequence[str], restored: Result, dedicated: Iterable[str]) -> list[ProvingError]:
    return [
        NotRestoredError(f"{named(names)}: off again, and {check} must pass, but: {restored.words(check)}")
        for check in sorted(dedicated)
        if not restored.passed(check)
    ]
