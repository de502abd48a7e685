"""The decision: from a checklist and a ledger to a verdict."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from golive.core.attestation import Attestation, Rejection
from golive.core.checklist import AnsweredBy, Checklist, Item
from golive.core.run import Ledger, Run
from golive.core.verdict import Decision, ItemState, ItemVerdict, Verdict
from golive.core.waiver import Waiver
from golive.gate.state import is_gap, is_positive, judge_by_checks, judge_by_children, judge_by_ledger

_SPEAKS_FOR_IT = frozenset({ItemState.VERIFIED, ItemState.ATTESTED})
"""At least one line is in such a state before anything launches; a failure that was accepted is none."""


def decide(
    checklist: Checklist,
    ledger: Ledger,
    waivers: Iterable[Waiver] = (),
    attestations: Iterable[Attestation] = (),
    *,
    now: datetime,
    rejections: Iterable[Rejection] = (),
    release_ledger: Ledger | None = None,
) -> Verdict:
    """Judge every item in the ledger's scope and decide.

    Args:
        checklist: the document; it says what is required and how old evidence may be.
        ledger: the records, and the scope that they are to answer.
        waivers: accepted failures; one that has expired has no effect.
        attestations: claims that stand, as ``golive.gate.accepted`` tells them.
        now: the instant of the decision, UTC.
        rejections: signed records that do not stand.
        release_ledger: everything that is known of the release, for lines that sum up a phase; ``ledger``
            where that is all.
    """
    waivers, attestations, rejections = tuple(waivers), tuple(attestations), tuple(rejections)

    def judge(item: Item, known: Ledger) -> ItemVerdict:
        return judge_by_checks(
            item, known, waivers=waivers, attestations=attestations, rejections=rejections, now=now
        )

    judged: dict[str, ItemVerdict] = {}
    summed_up: set[str] = set()
    """Lines that sum up others of which some speak for the release, though more were waived."""
    # From the last line to the first: a parent stands before its children.
    for item in reversed(tuple(checklist.items.values())):
        if item.id not in ledger.scope:
            continue
        match item.answered_by:
            case AnsweredBy.CHILDREN:
                judged[item.id] = judge_by_children(item, checklist, judged)
            case AnsweredBy.LEDGER:
                whole = release_ledger or ledger
                lines = {line.id: line for line in _with_lines_below(item, checklist)}
                below: dict[str, ItemVerdict] = {}
                for line in reversed(lines.values()):
                    below[line.id] = (
                        judge_by_children(line, checklist, below)
                        if line.answered_by is AnsweredBy.CHILDREN
                        else judge(line, whole)
                    )
                judged[item.id] = judge_by_ledger(item, checklist, below)
                if any(line.state in _SPEAKS_FOR_IT for line in below.values()):
                    summed_up.add(item.id)
            case AnsweredBy.CHECKS:
                judged[item.id] = judge(item, ledger)
    items = tuple(judged[item] for item in checklist.items if item in judged)
    decision, reason = _decide(checklist, items, summed_up)
    if ledger.interruption and decision in (Decision.GO, Decision.CONDITIONAL_GO):
        decision, reason = Decision.INCONCLUSIVE, f"the run is not complete: {ledger.interruption}"
    return Verdict(decision=decision, reason=reason, items=items)


def judge_run(checklist: Checklist, run: Run, *, release_ledger: Ledger | None = None) -> Verdict:
    """Decide about one run from its record alone: by the waivers, signatures and instant that stand in it.

    Judged a year later, or beside other waivers, it comes to the same. ``release_ledger`` is ``decide``'s.
    """
    standing = run.standing
    return decide(
        checklist,
        Ledger.of([run]),
        run.header.waivers,
        standing.attestations,
        rejections=standing.rejections,
        release_ledger=release_ledger,
        now=run.ended,
    )


def _with_lines_below(item: Item, checklist: Checklist) -> tuple[Item, ...]:
    """The lines that ``item`` sums up, and those that answer them, in the document's order."""
    wanted = {line.id for line in checklist.completed_by(item)}
    for line in checklist.items.values():
        if line.id in wanted:
            wanted.update(line.children)
    return tuple(line for line in checklist.items.values() if line.id in wanted)


def _decide(
    checklist: Checklist, items: tuple[ItemVerdict, ...], summed_up: Collection[str]
) -> tuple[Decision, str]:
    if not items:
        return Decision.INCONCLUSIVE, "no line of the checklist is in scope"
    fired = [
        entry for entry in items if checklist.items[entry.item].is_trigger and entry.state is ItemState.FAILED
    ]
    if fired:
        return Decision.ROLL_BACK, f"rollback trigger fired: {_names(fired)}"
    required = [entry for entry in items if checklist.items[entry.item].is_required]
    failed = [entry for entry in required if entry.state is ItemState.FAILED]
    if failed:
        failed = _without_parents(failed, checklist)
        return Decision.NO_GO, f"{_count(failed, 'required line')} failed: {_names(failed)}"
    unseen = [
        entry for entry in required if not is_positive(entry.state) and entry.state is not ItemState.WAIVED
    ]
    if unseen:
        unseen = _without_parents(unseen, checklist)
        reason = f"{_count(unseen, 'required line')} without fresh positive evidence: {_names(unseen)}"
        return Decision.INCONCLUSIVE, reason + _said_of_gaps(unseen)
    if not any(entry.state in _SPEAKS_FOR_IT or entry.item in summed_up for entry in items):
        states = Counter(entry.state.value for entry in items)
        counted = ", ".join(f"{states[state]} {state}" for state in sorted(states))
        reason = f"nothing was verified: of {_count(items, 'line')} in scope {counted}"
        return Decision.INCONCLUSIVE, reason
    absent = sum(entry.state is ItemState.NOT_APPLICABLE for entry in items)
    conditions = [entry for entry in items if not is_positive(entry.state)]
    if conditions:
        conditions = _without_parents(conditions, checklist)
        states_said = ", ".join(sorted({entry.state.value for entry in conditions}))
        beside = f"; {absent} not applicable" if absent else ""
        reason = f"{_count(conditions, 'line')} {states_said}: {_names(conditions)}{beside}"
        return Decision.CONDITIONAL_GO, reason
    scope = f"{_count(items, 'line')} in scope"
    if absent:
        answered = len(items) - absent
        return Decision.GO, f"{scope}: {answered} answered by fresh evidence, {absent} not applicable"
    return Decision.GO, f"{scope}, each answered by fresh evidence"


def _said_of_gaps(unseen: list[ItemVerdict]) -> str:
    """What running again cannot mend: lines that nothing of the suite answers."""
    gaps = [entry for entry in unseen if is_gap(entry)]
    if not gaps:
        return ""
    each = "it" if len(gaps) == 1 else "each"
    can = f"no run of this scope can be GO until {each} has one, or people attest it"
    return f"; no check answers {_names(gaps)}: {can}"


def _without_parents(entries: list[ItemVerdict], checklist: Checklist) -> list[ItemVerdict]:
    """Leave out lines that only repeat what a line under them says."""
    named = {entry.item for entry in entries}
    return [entry for entry in entries if not named.intersection(checklist.items[entry.item].children)]


def _count(entries: tuple[ItemVerdict, ...] | list[ItemVerdict], noun: str) -> str:
    return f"{len(entries)} {noun}{'' if len(entries) == 1 else 's'}"


def _names(entries: list[ItemVerdict]) -> str:
    names = [entry.item for entry in entries]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
