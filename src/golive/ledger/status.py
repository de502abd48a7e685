"""A release at a glance: phases, open lines, what becomes stale when, who is next."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from golive.core.checklist import PHASES, AnsweredBy, Checklist, Item
from golive.core.duration import format_duration
from golive.core.verdict import ItemState, ItemVerdict
from golive.gate.state import is_gap, is_positive
from golive.ledger.release import ReleaseState
from golive.report.vocabulary import DECISIONS, STATES, counted

_SOONEST = 5
_SETTLED = frozenset({ItemState.WAIVED})


@dataclass(frozen=True, slots=True)
class Phase:
    """The lines of one phase."""

    name: str
    tally: tuple[tuple[ItemState, int], ...]
    lines: int


def phases_of(checklist: Checklist, state: ReleaseState) -> tuple[Phase, ...]:
    """Count the lines of each phase by their state; a line that sums up others is not counted beside them."""
    found: list[Phase] = []
    for name in PHASES:
        states = [entry.state for item, entry in _lines(checklist, state) if item.first_phase == name]
        if states:
            counts = Counter(states)
            tally = tuple((each, counts[each]) for each in ItemState if counts[each])
            found.append(Phase(name, tally, len(states)))
    return tuple(found)


def status_lines(checklist: Checklist, state: ReleaseState, *, now: datetime) -> Iterator[str]:
    """The status as lines of text, none of them empty of meaning."""
    records, verdict = state.records, state.verdict
    runs = records.runs
    title = runs[-1].header.environment_title
    yield f"{title} ({records.environment}), release {state.ledger.release}, at {now:%Y-%m-%d %H:%MZ}"
    yield f"{DECISIONS[verdict.decision].word} for everything: {verdict.reason}"
    yield ""
    for phase in phases_of(checklist, state):
        words = ", ".join(f"{number} {STATES[each].word}" for each, number in phase.tally)
        yield f"  {phase.name:<12} {counted(phase.lines, 'line'):>9}: {words}"
    yield from _open(checklist, state)
    yield from _soon_stale(checklist, state, now)
    yield from _next(checklist, state)
    yield ""
    yield f"{counted(len(runs), 'run')}, SHA-256 of each record"
    for run in runs:
        header = run.header
        how = "" if run.footer and not run.footer.interruption else ", not complete"
        what = header.marker_expression or "everything"
        digest = records.digests[header.run_id]
        yield f"  {header.run_id}  {header.started:%H:%MZ}  {what}, from {header.vantage}{how}  {digest}"
    if records.not_counted:
        yield ""
        yield "Not counted"
        for entry in records.not_counted:
            yield f"  {entry}"


def _open(checklist: Checklist, state: ReleaseState) -> Iterator[str]:
    still = [
        (item, entry)
        for item, entry in _lines(checklist, state)
        if not is_positive(entry.state) and entry.state not in _SETTLED
    ]
    gaps = [item.id for item, entry in still if is_gap(entry)]
    if len(still) > len(gaps):
        yield ""
        yield "Open"
    for item, entry in still:
        if not is_gap(entry):
            yield f"  {STATES[entry.state].word:<8} {item.id} [{item.owner}] {entry.reason}"
    if gaps:
        yield ""
        yield f"Answered by nothing, no check and nobody's word: {', '.join(gaps)}"


def _soon_stale(checklist: Checklist, state: ReleaseState, now: datetime) -> Iterator[str]:
    soonest = sorted((at, name) for name, at in state.stale_at.items() if at > now)
    if soonest:
        yield ""
        yield "Becomes stale"
    for at, name in soonest[:_SOONEST]:
        owner = checklist.items[name].owner
        yield f"  in {format_duration(at - now):<9} at {at:%H:%MZ}  {name} [{owner}]"
    if len(soonest) > _SOONEST:
        yield f"  and {len(soonest) - _SOONEST} later"


def _next(checklist: Checklist, state: ReleaseState) -> Iterator[str]:
    """The first line of the document that is open: whose turn it is."""
    for item, entry in _lines(checklist, state):
        if not is_positive(entry.state) and entry.state not in _SETTLED:
            at = f", planned for {item.planned_at:%H:%M}" if item.planned_at else ""
            yield ""
            yield f"Next: {item.id} [{item.owner}] {item.text}{at}"
            return


def _lines(checklist: Checklist, state: ReleaseState) -> Iterator[tuple[Item, ItemVerdict]]:
    """The lines that are answered themselves, in the document's order."""
    for entry in state.verdict.items:
        item = checklist.items[entry.item]
        if item.answered_by is not AnsweredBy.CHILDREN:
            yield item, entry
