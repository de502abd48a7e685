"""The lines of the checklist, each with its state: what HTML, Markdown and the summary agree about.

A line's state is the verdict's. Where the verdict says nothing about a line, the line is out of the
run's scope, or, when the run's header claims it, not judged: never anything better.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from golive.core.checklist import AnsweredBy, Checklist, Item
from golive.core.run import CheckRecord, Run
from golive.core.verdict import POSITIVE_STATES, ItemState, ItemVerdict, Verdict
from golive.gate.state import is_gap
from golive.report.vocabulary import ATTENTION, NOT_JUDGED, OUT_OF_SCOPE, ROLES, STATES, Look


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist in this run."""

    item: Item
    verdict: ItemVerdict | None
    in_scope: bool
    look: Look
    records: tuple[CheckRecord, ...]
    """The records of this run that it was judged by, or that are about it."""
    elsewhere: tuple[str, ...]
    """Checks that it was judged by, of which this run has no record."""
    missing: tuple[str, ...]
    """Checks that must answer it, of which this run has no record."""

    @property
    def state(self) -> ItemState | None:
        """None for a line that the verdict says nothing about."""
        return self.verdict.state if self.verdict else None

    @property
    def reason(self) -> str:
        """The one sentence behind the state."""
        if self.verdict:
            return self.verdict.reason
        return "The verdict does not say anything about this line." if self.in_scope else ""

    @property
    def remedy(self) -> str:
        """What to do about the sentence, and nothing about what other checks of the line say."""
        if self.verdict is None or self.verdict.state in POSITIVE_STATES:
            return ""
        return self.verdict.remedy

    @property
    def needs_attention(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.in_scope and (self.verdict is None or self.verdict.state in ATTENTION)

    @property
    def is_gap(self) -> bool:
        """Whether the launch depends on it, and no run can answer it: it has no check, and nobody's word."""
        return not self.is_advisory and self.verdict is not None and is_gap(self.verdict)

    @property
    def is_advisory(self) -> bool:
        """Whether the launch does not depend on it."""
        return not self.item.is_required

    @property
    def retried(self) -> bool:
        """Whether a check behind it retried a transport error."""
        return any(record.retried for record in self.records)


def lines_of(checklist: Checklist, run: Run, verdict: Verdict) -> dict[str, Line]:
    """Return every line of ``checklist`` by its id, in document order."""
    verdicts = {entry.item: entry for entry in verdict.items}
    scope = frozenset(run.header.scope)
    by_item: dict[str, list[CheckRecord]] = {}
    for record in run.records:
        for item_id in record.items:
            by_item.setdefault(item_id, []).append(record)
    nodes = {record.check: record for record in run.records}
    return {
        item.id: _line(item, verdicts.get(item.id), run, nodes, by_item)
        if item.id in verdicts or item.id in scope
        else Line(item, None, False, OUT_OF_SCOPE, (), (), ())
        for item in checklist.items.values()
    }


def _line(
    item: Item,
    entry: ItemVerdict | None,
    run: Run,
    nodes: Mapping[str, CheckRecord],
    by_item: Mapping[str, list[CheckRecord]],
) -> Line:
    judged_by = entry.checks if entry else ()
    records = {check: nodes[check] for check in judged_by if check in nodes}
    records |= {record.check: record for record in by_item.get(item.id, ())}
    seen = {record.function for record in records.values()} | set(records)
    return Line(
        item=item,
        verdict=entry,
        in_scope=True,
        look=STATES[entry.state] if entry else NOT_JUDGED,
        records=tuple(records.values()),
        elsewhere=tuple(check for check in judged_by if check not in nodes),
        missing=tuple(check for check in run.header.expected_checks.get(item.id, ()) if check not in seen),
    )


@dataclass(frozen=True, slots=True)
class Todo:
    """What one owner has to do, the most pressing first."""

    owner: str
    lines: tuple[Line, ...]


def todos(lines: Mapping[str, Line]) -> tuple[Todo, ...]:
    """Group the lines that need attention by their owner; the owner of the worst line comes first.

    A line that is answered by the lines under it is left out where one of those is there already.
    """
    pressing = [line for line in lines.values() if line.needs_attention and not _is_covered(line, lines)]
    pressing.sort(key=_urgency)
    owners = dict.fromkeys(line.item.owner for line in pressing)
    return tuple(
        Todo(owner, tuple(line for line in pressing if line.item.owner == owner)) for owner in owners
    )


def _is_covered(line: Line, lines: Mapping[str, Line]) -> bool:
    if line.item.answered_by is not AnsweredBy.CHILDREN:
        return False
    return any(lines[child].needs_attention for child in line.item.children if child in lines)


def _urgency(line: Line) -> tuple[bool, int, bool]:
    rank = ATTENTION.index(line.state) if line.state in ATTENTION else len(ATTENTION)
    return (not (line.item.is_trigger and rank == 0), rank, line.is_advisory)


def tally(lines: Iterable[Line]) -> tuple[tuple[Look, int], ...]:
    """Count ``lines`` by state, in the order of the states; states that no line has are left out."""
    found = [line.look for line in lines]
    return tuple(
        (look, found.count(look)) for look in (*STATES.values(), NOT_JUDGED, OUT_OF_SCOPE) if look in found
    )


def owners_named(lines: Iterable[Line]) -> tuple[tuple[str, str], ...]:
    """The role codes that ``lines`` use, with their meaning, in the order of the roles."""
    used = {line.item.owner for line in lines}
    return tuple((code, name) for code, name in ROLES.items() if code in used)
