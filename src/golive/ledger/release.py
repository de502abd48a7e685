"""What all runs of a release come to: every line of the document by its newest evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from golive.core.accepted import AcceptedRecords
from golive.core.checklist import Checklist, Item
from golive.core.outcome import Outcome
from golive.core.run import Ledger
from golive.core.verdict import ItemVerdict, Verdict
from golive.core.waiver import Waiver
from golive.gate.decide import decide
from golive.gate.state import is_positive
from golive.ledger.milestones import Milestones, milestones_of
from golive.ledger.records import ReleaseRecords


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """A release at one instant."""

    records: ReleaseRecords
    ledger: Ledger
    verdict: Verdict
    milestones: Milestones
    stale_at: Mapping[str, datetime]
    """A line that is answered to the instant at which its oldest evidence becomes too old."""


def judge_release(
    checklist: Checklist,
    records: ReleaseRecords,
    *,
    expected: Mapping[str, Iterable[str]],
    waivers: Iterable[Waiver] = (),
    accepted: AcceptedRecords | None = None,
    now: datetime,
) -> ReleaseState:
    """Judge the whole document by every run of a release.

    Args:
        checklist: the document.
        records: at least one run.
        expected: a line to the checks that must answer it today.
        waivers: accepted failures.
        accepted: what people signed about this release here.
        now: the instant of judging, UTC.

    Raises:
        ValueError: there is no run.
    """
    accepted = accepted or AcceptedRecords()
    known = Ledger.of(records.runs)
    # What a run expected and what is expected today: a check that came since is missing, not forgotten.
    wanted = {
        item: frozenset(expected.get(item, ())) | known.expected_checks.get(item, frozenset())
        for item in checklist.items
    }
    ledger = replace(known, scope=frozenset(checklist.items), expected_checks=wanted)
    milestones = milestones_of(accepted.decisions, _launched(checklist, ledger), checklist.sign_off_roles())
    verdict = decide(
        checklist,
        ledger,
        waivers,
        accepted.attestations,
        rejections=accepted.rejections,
        now=now,
        served=milestones.served_by,
    )
    stale_at = {
        entry.item: at
        for entry in verdict.items
        if (at := _stale_at(checklist.items[entry.item], entry, ledger, milestones)) is not None
    }
    return ReleaseState(records, ledger, verdict, milestones, stale_at)


def _launched(checklist: Checklist, ledger: Ledger) -> datetime | None:
    """When the last planned line of the deployment was first seen to hold: that is the launch."""
    planned = [item for item in checklist.items.values() if item.planned_at and "deploy" in item.phases]
    if not planned:
        return None
    held = [
        record.ended
        for record in ledger.records
        if planned[-1].id in record.items and record.outcome is Outcome.PASSED
    ]
    return min(held, default=None)


def _stale_at(item: Item, entry: ItemVerdict, ledger: Ledger, milestones: Milestones) -> datetime | None:
    if not is_positive(entry.state) or milestones.served_by(item) is not None:
        return None
    ends = [record.ended for record in ledger.records if item.id in record.items]
    return min(ends) + item.max_age if ends else None
