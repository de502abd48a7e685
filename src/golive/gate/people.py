"""What a line is when only people can say: from the attestations that stand, and those that do not."""

from collections.abc import Iterable
from datetime import datetime

from golive.core.attestation import Attestation, Flaw, Rejection
from golive.core.checklist import Item
from golive.core.run import Ledger
from golive.core.verdict import ItemState, ItemVerdict


def judge_by_people(
    unanswered: ItemVerdict,
    item: Item,
    ledger: Ledger,
    *,
    attestations: Iterable[Attestation],
    rejections: Iterable[Rejection],
    now: datetime,
) -> ItemVerdict:
    """Judge a line that no check answers. ``unanswered`` is its verdict where nobody said anything.

    A record that was tampered with, or that somebody made who may not, makes the line fail, whatever lies
    beside it; one that has ended makes it stale.
    """
    against = sorted(
        (entry for entry in rejections if entry.subject == item.id), key=lambda entry: not entry.flaw.is_foul
    )
    if against and against[0].flaw.is_foul:
        return _with(unanswered, ItemState.FAILED, f"attestation rejected: {against[0]}", against[0].remedy)
    held = [entry for entry in attestations if _holds(entry, item, ledger, now)]
    if held:
        newest = max(held, key=lambda entry: entry.at)
        who = " and ".join(dict.fromkeys(entry.by for entry in held))
        until = min(entry.expires for entry in held)
        reason = f"attested by {who} until {until:%Y-%m-%d %H:%MZ}: {newest.statement}"
        return _with(unanswered, ItemState.ATTESTED, reason, "")
    if against:
        first = against[0]
        state = ItemState.STALE if first.flaw is Flaw.EXPIRED else ItemState.NOT_RUN
        return _with(unanswered, state, f"attestation not accepted: {first}", first.remedy)
    return unanswered


def _holds(attestation: Attestation, item: Item, ledger: Ledger, now: datetime) -> bool:
    return (
        attestation.item == item.id
        and attestation.environment == ledger.environment
        and attestation.release == ledger.release
        and attestation.at <= now < attestation.expires
        and now - attestation.at <= item.max_age
    )


def _with(verdict: ItemVerdict, state: ItemState, reason: str, remedy: str) -> ItemVerdict:
    return verdict.model_copy(update={"state": state, "reason": reason, "remedy": remedy})
