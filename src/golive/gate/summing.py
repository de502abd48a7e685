"""The state of a line that other lines answer: it is as good as the worst of them."""

from collections.abc import Mapping

from golive.core.checklist import Checklist, Item
from golive.core.verdict import ItemState, ItemVerdict

_WORST_FIRST = (
    ItemState.FAILED,
    ItemState.UNKNOWN,
    ItemState.NOT_RUN,
    ItemState.STALE,
    ItemState.WAIVED,
)


def judge_by_ledger(item: Item, checklist: Checklist, below: Mapping[str, ItemVerdict]) -> ItemVerdict:
    """Judge an item that sums up a phase: it is as good as the worst of its lines, judged in ``below``."""
    lines = checklist.completed_by(item)
    if not lines:
        reason = f"the checklist has no required line of the phase {item.completes} alone"
        return ItemVerdict(item=item.id, state=ItemState.NOT_RUN, reason=reason)
    verdicts = [below[line.id] for line in lines]
    for state in _WORST_FIRST:
        worst = [entry.item for entry in verdicts if entry.state is state]
        if worst:
            more = f" and {len(worst) - 6} more" if len(worst) > 6 else ""
            reason = f"{len(worst)} of {len(lines)} lines {state.value}: {', '.join(worst[:6])}{more}"
            remedy = "" if state is ItemState.WAIVED else f"verify them for this release: -m {item.completes}"
            return ItemVerdict(item=item.id, state=state, reason=reason, remedy=remedy)
    applicable = sum(entry.state is not ItemState.NOT_APPLICABLE for entry in verdicts)
    if not applicable:
        reason = f"none of the {len(lines)} lines of the phase {item.completes} applies here"
        return ItemVerdict(item=item.id, state=ItemState.NOT_APPLICABLE, reason=reason)
    absent = len(lines) - applicable
    answered = f"all {len(lines)} lines are answered"
    if absent:
        which = "1 line that applies is" if applicable == 1 else f"{applicable} lines that apply are"
        answered = f"all {which} answered ({absent} not applicable)"
    reason = f"{answered}, by what is known of this release"
    return ItemVerdict(item=item.id, state=ItemState.VERIFIED, reason=reason)


def judge_by_children(item: Item, checklist: Checklist, below: Mapping[str, ItemVerdict]) -> ItemVerdict:
    """Judge an item by the lines under it: it is as good as the worst of them."""
    missing = [child for child in item.children if child not in below]
    if missing:
        reason = f"{', '.join(missing)} outside this run's scope"
        return ItemVerdict(item=item.id, state=ItemState.NOT_RUN, reason=reason)
    verdicts = [below[child] for child in item.children]
    for state in _WORST_FIRST:
        worst = [verdict for verdict in verdicts if verdict.state is state]
        if worst:
            names = ", ".join(f"{checklist.items[entry.item].text} ({entry.item})" for entry in worst)
            return ItemVerdict(item=item.id, state=state, reason=f"{state.value} below: {names}")
    applicable = [entry for entry in verdicts if entry.state is not ItemState.NOT_APPLICABLE]
    if not applicable:
        return ItemVerdict(item=item.id, state=ItemState.NOT_APPLICABLE, reason="no line below applies here")
    return ItemVerdict(
        item=item.id, state=ItemState.VERIFIED, reason=f"all {len(applicable)} lines below are answered"
    )
