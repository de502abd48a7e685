"""The decision: from a checklist and a ledger to a verdict."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from golive.core.attestation import Attestation, Rejection
from golive.core.checklist import AnsweredBy, Checklist, Item
from golive.core.run import Ledger, Run
from golive.core.verdict import ItemState, ItemVerdict, Verdict
from golive.core.waiver import Waiver
from golive.gate.causes import causes_of_lines
from golive.gate.conclusion import SPEAKS_FOR_IT, LineStates, conclude
from golive.gate.state import is_positive, judge_line
from golive.gate.summing import judge_by_children, judge_by_ledger


class Served(NamedTuple):
    """A decision that was made, which a line's evidence was to serve."""

    name: str
    at: datetime


def serves_none(_item: Item) -> None:
    """Of a run by itself: it is judged at its end, and nothing was decided before."""


def decide(
    checklist: Checklist,
    ledger: Ledger,
    waivers: Iterable[Waiver] = (),
    attestations: Iterable[Attestation] = (),
    *,
    now: datetime,
    rejections: Iterable[Rejection] = (),
    release_ledger: Ledger | None = None,
    served: Callable[[Item], Served | None] = serves_none,
) -> Verdict:
    """Judge every item in the ledger's scope and decide.

    Args:
        checklist: the document; it says what is required and how old evidence may be.
        ledger: the records, and the scope that they are to answer.
        waivers: accepted failures; one that has expired has no effect.
        attestations: accepted claims, as ``golive.gate.accepted`` tells them.
        now: the instant of the decision, UTC.
        rejections: signed records that are not accepted.
        release_ledger: everything that is known of the release, for lines that sum up a phase; ``ledger``
            where that is all.
        served: the decision behind us that a line served: evidence that was fresh then counts, though it is
            old by now.
    """
    waivers, attestations, rejections = tuple(waivers), tuple(attestations), tuple(rejections)

    def judge_at(item: Item, known: Ledger, at: datetime) -> ItemVerdict:
        return judge_line(
            item, known, waivers=waivers, attestations=attestations, rejections=rejections, now=at
        )

    def judge(item: Item, known: Ledger) -> ItemVerdict:
        today, decision = judge_at(item, known, now), served(item)
        if today.state is not ItemState.STALE or decision is None or decision.at >= now:
            return today
        then = judge_at(item, known, decision.at)
        if not is_positive(then.state):
            return today
        words = f"{then.reason}; fresh at {decision.name}, {decision.at:%Y-%m-%d %H:%MZ}"
        return then.model_copy(update={"reason": words})

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
                if any(line.state in SPEAKS_FOR_IT for line in below.values()):
                    summed_up.add(item.id)
            case AnsweredBy.CHECKS:
                judged[item.id] = judge(item, ledger)
    items = tuple(judged[item] for item in checklist.items if item in judged)
    causes = causes_of_lines(checklist, items, ledger.records)
    decision, reason = conclude(
        LineStates(checklist, items, frozenset(summed_up), ledger.interruption, causes)
    )
    return Verdict(decision=decision, reason=reason, items=items, causes=causes)


def judge_run(checklist: Checklist, run: Run, *, release_ledger: Ledger | None = None) -> Verdict:
    """Decide about one run from its record alone: by the waivers, signatures and instant in it.

    Judged a year later, or beside other waivers, it comes to the same. ``release_ledger`` is ``decide``'s.
    """
    accepted = run.accepted
    return decide(
        checklist,
        Ledger.of([run]),
        run.header.waivers,
        accepted.attestations,
        rejections=accepted.rejections,
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
