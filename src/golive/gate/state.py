"""The state of one item, from positive records only."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from golive.model.checklist import AnsweredBy, Checklist, Item
from golive.model.duration import format_duration
from golive.model.outcome import Outcome
from golive.model.run import CheckRecord, Ledger
from golive.model.verdict import POSITIVE_STATES, ItemState, ItemVerdict
from golive.model.waiver import Attestation, Waiver

PHASES_AFTER_DEPLOYMENT = frozenset({"deploy", "smoke", "post_deploy", "post_launch"})

_WORST_FIRST = (
    ItemState.FAILED,
    ItemState.UNKNOWN,
    ItemState.NOT_RUN,
    ItemState.STALE,
    ItemState.WAIVED,
)


def judge_by_checks(
    item: Item,
    ledger: Ledger,
    *,
    waivers: Iterable[Waiver],
    attestations: Iterable[Attestation],
    now: datetime,
) -> ItemVerdict:
    """Judge an item by the records of its checks, then by what people took upon themselves."""
    if item.part is not None and item.part in ledger.absent_parts:
        reason = ledger.absent_parts[item.part]
        return ItemVerdict(
            item=item.id, state=ItemState.NOT_APPLICABLE, reason=f"no {item.part} here: {reason}"
        )
    waiver = next((entry for entry in waivers if entry.item == item.id and now < entry.expires), None)
    observed = _from_records(item, ledger, waiver, now)
    if (
        observed.state is ItemState.NOT_RUN
        and not observed.checks
        and not ledger.expected_checks.get(item.id)
    ):
        attestation = next((entry for entry in attestations if _holds(entry, item, ledger, now)), None)
        if attestation is not None:
            reason = (
                f"attested by {attestation.by} at {attestation.at:%Y-%m-%d %H:%MZ}: {attestation.statement}"
            )
            return observed.model_copy(update={"state": ItemState.ATTESTED, "reason": reason, "remedy": ""})
    return observed


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


def is_answered_by_children(item: Item) -> bool:
    """Whether the item has no checks of its own."""
    return item.answered_by is AnsweredBy.CHILDREN


def _from_records(item: Item, ledger: Ledger, waiver: Waiver | None, now: datetime) -> ItemVerdict:
    records = [record for record in ledger.records if item.id in record.items]
    checks = tuple(record.check for record in records)

    def verdict(state: ItemState, reason: str, remedy: str = "") -> ItemVerdict:
        return ItemVerdict(item=item.id, state=state, reason=reason, remedy=remedy, checks=checks)

    failed = [record for record in records if record.outcome is Outcome.FAILED]
    if failed and waiver is None:
        return verdict(ItemState.FAILED, _unmet(failed), failed[0].remedy)
    # A waiver accepts the failure, and nothing else: what other checks did not see stays unseen.
    unseen = [record for record in records if record.outcome in (Outcome.BLIND, Outcome.ERROR)]
    if unseen:
        blind = [record for record in unseen if record.outcome is Outcome.BLIND]
        prefix = "could not see: " if blind else "the check itself broke: "
        shown = blind or unseen
        return verdict(ItemState.UNKNOWN, prefix + _first_and_more(shown), shown[0].remedy)
    idle = [record for record in records if record.outcome is None]
    if idle:
        return verdict(ItemState.NOT_RUN, _first_and_more(idle), idle[0].remedy)
    seen = {name for record in records for name in (record.function, record.check)}
    missing = sorted(ledger.expected_checks.get(item.id, frozenset()) - seen)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return verdict(
            ItemState.NOT_RUN,
            f"no record of {missing[0]}{more}, which must answer this line",
            "run it, or record the change of checks in the manifest",
        )
    if not records:
        return verdict(ItemState.NOT_RUN, "no check answers this line", "bind a check to it, or attest it")
    stale = _why_stale(item, records, ledger, now)
    if stale:
        return verdict(ItemState.STALE, stale, "run the check again")
    if failed and waiver is not None:
        accepted = f"waived by {waiver.owner} until {waiver.expires:%Y-%m-%d %H:%MZ} ({waiver.ticket})"
        reason = f"{accepted}: {waiver.reason} — {_first_and_more(failed)}"
        return verdict(ItemState.WAIVED, reason, failed[0].remedy)
    retried = sum(record.retried for record in records)
    suffix = f", {retried} after a retry" if retried else ""
    noun = "check" if len(records) == 1 else "checks"
    return verdict(ItemState.VERIFIED, f"{len(records)} {noun} passed{suffix}")


def _why_stale(item: Item, records: Iterable[CheckRecord], ledger: Ledger, now: datetime) -> str:
    for record in records:
        finished = record.started + timedelta(seconds=record.duration_seconds)
        if finished > now:
            return f"evidence from the future: {finished:%Y-%m-%d %H:%M:%SZ} by the recorder's clock"
        age = now - finished
        if age > item.max_age:
            limit = format_duration(item.max_age)
            return f"evidence is {format_duration(age)} old, at most {limit} is accepted ({record.function})"
        after = PHASES_AFTER_DEPLOYMENT.intersection(item.phases)
        if ledger.deployed_at is not None and after and record.started < ledger.deployed_at:
            deployment = f"the deployment at {ledger.deployed_at:%Y-%m-%d %H:%MZ}"
            return f"evidence is older than {deployment} ({record.function})"
    return ""


def _holds(attestation: Attestation, item: Item, ledger: Ledger, now: datetime) -> bool:
    return (
        attestation.item == item.id
        and attestation.environment == ledger.environment
        and attestation.release == ledger.release.version
        and attestation.at <= now < attestation.expires
    )


def _unmet(failed: list[CheckRecord]) -> str:
    """The sentence for an owner: what must hold, and what was seen instead."""
    requirement = failed[0].requirement.rstrip(".")
    return f"{requirement}, but: {_first_and_more(failed)}" if requirement else _first_and_more(failed)


def _first_and_more(records: list[CheckRecord]) -> str:
    more = f" (and {len(records) - 1} more)" if len(records) > 1 else ""
    return f"{records[0].reason}{more}"


def is_positive(state: ItemState) -> bool:
    """Whether an item in this state lets a launch go ahead without a condition."""
    return state in POSITIVE_STATES
