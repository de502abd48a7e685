"""The decision over all lines: one table, of which exactly one row holds."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from golive.core.checklist import Checklist
from golive.core.outcome import Outcome
from golive.core.verdict import Cause, Decision, ItemState, ItemVerdict
from golive.gate.causes import told
from golive.gate.state import is_gap, is_positive
from golive.gate.table import Reason, Row, only_row

SPEAKS_FOR_IT = frozenset({ItemState.VERIFIED, ItemState.ATTESTED})
"""At least one line is in such a state before anything launches; a failure that was accepted is none."""


class Fact(StrEnum):
    """What is true of the lines in scope, as far as a launch depends on it."""

    NO_SCOPE = "no line is in scope"
    TRIGGER_FIRED = "a rollback trigger failed"
    REQUIRED_FAILED = "a required line failed"
    REQUIRED_OPEN = "a required line has neither fresh positive evidence nor a waiver"
    SOMETHING_VERIFIED = "some line speaks for the release"
    CONDITION = "a line is waived, or an advisory one is not positive"
    INTERRUPTED = "the run is not complete"


@dataclass(frozen=True, slots=True)
class LineStates:
    """The judged lines of the scope, in the document's order."""

    checklist: Checklist
    entries: tuple[ItemVerdict, ...]
    summed_up: frozenset[str]
    """Lines that sum up others of which some speak for the release, though more were waived."""
    interruption: str
    """What kept the run from being complete; empty for a complete one."""
    causes: tuple[Cause, ...] = ()
    """Why lines failed, the gravest first, and why others could not be seen."""

    @property
    def facts(self) -> frozenset[Fact]:
        """Everything of ``Fact`` that is true here."""
        speaks = any(entry.state in SPEAKS_FOR_IT or entry.item in self.summed_up for entry in self.entries)
        truths = {
            Fact.NO_SCOPE: not self.entries,
            Fact.TRIGGER_FIRED: bool(self.fired),
            Fact.REQUIRED_FAILED: bool(self.failed),
            Fact.REQUIRED_OPEN: bool(self.open),
            Fact.SOMETHING_VERIFIED: speaks,
            Fact.CONDITION: bool(self.conditions),
            Fact.INTERRUPTED: bool(self.interruption),
        }
        return frozenset(fact for fact, is_true in truths.items() if is_true)

    @property
    def fired(self) -> list[ItemVerdict]:
        """Rollback triggers that failed."""
        return [
            entry
            for entry in self.entries
            if entry.state is ItemState.FAILED and self.checklist.items[entry.item].is_trigger
        ]

    @property
    def failed(self) -> list[ItemVerdict]:
        """Required lines that failed."""
        return [entry for entry in self._required if entry.state is ItemState.FAILED]

    @property
    def open(self) -> list[ItemVerdict]:
        """Required lines of which nobody knows enough."""
        settled = (ItemState.WAIVED, ItemState.FAILED)
        return [
            entry for entry in self._required if not is_positive(entry.state) and entry.state not in settled
        ]

    @property
    def conditions(self) -> list[ItemVerdict]:
        """Lines that are not positive."""
        return [entry for entry in self.entries if not is_positive(entry.state)]

    @property
    def absent(self) -> int:
        """How many lines do not apply here."""
        return sum(entry.state is ItemState.NOT_APPLICABLE for entry in self.entries)

    @property
    def _required(self) -> list[ItemVerdict]:
        return [entry for entry in self.entries if self.checklist.items[entry.item].is_required]

    def without_parents(self, entries: list[ItemVerdict]) -> list[ItemVerdict]:
        """Leave out lines that only repeat what a line under them says."""
        named = {entry.item for entry in entries}
        return [
            entry for entry in entries if not named.intersection(self.checklist.items[entry.item].children)
        ]


DecisionRow = Row[Fact, LineStates, Decision]


def conclude(lines: LineStates) -> tuple[Decision, str]:
    """Return the decision and the sentence behind it."""
    row = only_row(DECISIONS, lines.facts)
    return row.result, row.message(lines).text


def _no_scope(_lines: LineStates) -> Reason:
    return Reason("no line of the checklist is in scope")


def _fired(lines: LineStates) -> Reason:
    return Reason(f"rollback trigger fired: {_names(lines.fired)}{_gravest(lines)}")


def _failed(lines: LineStates) -> Reason:
    failed = lines.without_parents(lines.failed)
    return Reason(f"{_count(failed, 'required line')} failed: {_names(failed)}{_gravest(lines)}")


def _open(lines: LineStates) -> Reason:
    unseen = lines.without_parents(lines.open)
    counted = f"{_count(unseen, 'required line')} without fresh positive evidence: {_names(unseen)}"
    gaps = [entry for entry in unseen if is_gap(entry)]
    if not gaps:
        return Reason(counted)
    # What running again cannot fix: lines that nothing of the suite answers.
    each = "it" if len(gaps) == 1 else "each"
    can = f"no run of this scope can be GO until {each} has one, or people attest it"
    return Reason(f"{counted}; no check answers {_names(gaps)}: {can}")


def _nothing_verified(lines: LineStates) -> Reason:
    states = Counter(entry.state.value for entry in lines.entries)
    counted = ", ".join(f"{states[state]} {state}" for state in sorted(states))
    return Reason(f"nothing was verified: of {_count(lines.entries, 'line')} in scope {counted}")


def _interrupted(lines: LineStates) -> Reason:
    return Reason(f"the run is not complete: {lines.interruption}")


def _conditional(lines: LineStates) -> Reason:
    conditions = lines.without_parents(lines.conditions)
    states = ", ".join(sorted({entry.state.value for entry in conditions}))
    beside = f"; {lines.absent} not applicable" if lines.absent else ""
    return Reason(f"{_count(conditions, 'line')} {states}: {_names(conditions)}{beside}")


def _go(lines: LineStates) -> Reason:
    scope = f"{_count(lines.entries, 'line')} in scope"
    if not lines.absent:
        return Reason(f"{scope}, each answered by fresh evidence")
    answered = len(lines.entries) - lines.absent
    return Reason(f"{scope}: {answered} answered by fresh evidence, {lines.absent} not applicable")


def _gravest(lines: LineStates) -> str:
    """What did it, the gravest first: nobody has to find out from the names of lines."""
    failed = [cause for cause in lines.causes if cause.outcome is Outcome.FAILED]
    if not failed:
        return ""
    harm = f" ({failed[0].harm.value})" if failed[0].harm else ""
    return f". Gravest{harm}: {told(failed)}"


def _count(entries: Sequence[ItemVerdict], noun: str) -> str:
    return f"{len(entries)} {noun}{'' if len(entries) == 1 else 's'}"


def _names(entries: list[ItemVerdict]) -> str:
    names = [entry.item for entry in entries]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _row(
    present: set[Fact], decision: Decision, message: Callable[[LineStates], Reason], *, unless: set[Fact]
) -> DecisionRow:
    return Row(frozenset(present), frozenset(unless), decision, message)


_NO_SCOPE = {Fact.NO_SCOPE}
_NOT_FIRED = _NO_SCOPE | {Fact.TRIGGER_FIRED}
_NOT_FAILED = _NOT_FIRED | {Fact.REQUIRED_FAILED}
_NOT_OPEN = _NOT_FAILED | {Fact.REQUIRED_OPEN}
_COMPLETE = _NOT_OPEN | {Fact.INTERRUPTED}
_VERIFIED = {Fact.SOMETHING_VERIFIED}

DECISIONS: tuple[DecisionRow, ...] = (
    _row({Fact.NO_SCOPE}, Decision.INCONCLUSIVE, _no_scope, unless=set()),
    _row({Fact.TRIGGER_FIRED}, Decision.ROLL_BACK, _fired, unless=_NO_SCOPE),
    _row({Fact.REQUIRED_FAILED}, Decision.NO_GO, _failed, unless=_NOT_FIRED),
    _row({Fact.REQUIRED_OPEN}, Decision.INCONCLUSIVE, _open, unless=_NOT_FAILED),
    _row(set(), Decision.INCONCLUSIVE, _nothing_verified, unless=_NOT_OPEN | _VERIFIED),
    _row(_VERIFIED | {Fact.INTERRUPTED}, Decision.INCONCLUSIVE, _interrupted, unless=_NOT_OPEN),
    _row(_VERIFIED | {Fact.CONDITION}, Decision.CONDITIONAL_GO, _conditional, unless=_COMPLETE),
    _row(_VERIFIED, Decision.GO, _go, unless=_COMPLETE | {Fact.CONDITION}),
)
"""For whatever is true of the lines, one row holds; which one depends on no order."""
