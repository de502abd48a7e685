"""Checks that one defect made red are one finding; the gravest harm is told first."""

import re
from collections.abc import Iterable, Sequence

from golive.core.checklist import Checklist
from golive.core.harm import GRAVEST_FIRST
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord
from golive.core.verdict import Cause, ItemState, ItemVerdict

_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(?:[.:]\d+)*|\*{3}")
"""Ids, numbers, times, addresses, and what was masked: they differ where the cause does not."""
_TOLD = {Outcome.FAILED: ItemState.FAILED, Outcome.BLIND: ItemState.UNKNOWN}


def causes_of(records: Iterable[CheckRecord]) -> tuple[Cause, ...]:
    """Group failed and blind records by what caused them: failures before what was not seen.

    Of failures the gravest harm comes first, of equal ones that which most checks name, then by node id: in
    whatever order the records came.
    """
    ordered = sorted(records, key=lambda record: (record.check, record.started, record.reason))
    groups: dict[tuple[Outcome, str], list[CheckRecord]] = {}
    for record in ordered:
        if record.outcome in _TOLD:
            groups.setdefault((record.outcome, _key(record)), []).append(record)
    causes = [_cause(outcome, group) for (outcome, _), group in groups.items()]
    return tuple(sorted(causes, key=_urgency))


def causes_of_lines(
    checklist: Checklist, entries: Sequence[ItemVerdict], records: Iterable[CheckRecord]
) -> tuple[Cause, ...]:
    """The causes of what ``entries`` say: nothing of lines that are not judged, waived or not applicable."""
    states = {entry.item: entry.state for entry in entries}
    told: list[CheckRecord] = []
    for record in records:
        # A line that failed may hide another check of it that could not see: that is told too.
        kept = tuple(
            name for name in checklist.items if name in record.items and _is_told(record, states.get(name))
        )
        if kept:
            told.append(record.model_copy(update={"items": kept}))
    return causes_of(told)


def told(causes: Sequence[Cause]) -> str:
    """The first in one sentence, with how many checks say so, and how many other causes there are."""
    first, *others = causes
    more = f"; {_counted(len(others), 'other cause')} below it" if others else ""
    return f"{first.sentence}{said_by(first)}{more}"


def said_by(cause: Cause) -> str:
    """How many checks say so, where it is more than one."""
    if len(cause.checks) == 1:
        return ""
    return f" — {len(cause.checks)} checks say so{f', all by: {cause.common}' if cause.common else ''}"


def _is_told(record: CheckRecord, state: ItemState | None) -> bool:
    if record.outcome is Outcome.BLIND:
        return state in (ItemState.UNKNOWN, ItemState.FAILED)
    return state is ItemState.FAILED


def _key(record: CheckRecord) -> str:
    if record.cause:
        return _VARYING.sub("#", record.cause)
    if record.unmet is not None:
        return _VARYING.sub("#", f"{record.unmet.what}: {record.unmet.observed}")
    return _VARYING.sub("#", record.reason)


def _cause(outcome: Outcome, group: Sequence[CheckRecord]) -> Cause:
    gravest = min(group, key=lambda record: GRAVEST_FIRST.index(record.harm))
    return Cause(
        outcome=outcome,
        harm=gravest.harm,
        sentence=gravest.unmet.sentence if gravest.unmet else gravest.reason,
        common=gravest.cause if len(group) > 1 else "",
        remedy=gravest.remedy,
        checks=tuple(record.check for record in group),
        items=tuple(dict.fromkeys(name for record in group for name in record.items)),
    )


def _urgency(cause: Cause) -> tuple[bool, int, int]:
    failed = cause.outcome is Outcome.FAILED
    return (not failed, GRAVEST_FIRST.index(cause.harm) if failed else 0, -len(cause.checks))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
