"""The state of one item, from positive records only."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from golive.core.attestation import Attestation, Rejection
from golive.core.checklist import PHASES_AFTER_DEPLOYMENT, Checklist, Item
from golive.core.duration import format_duration
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger
from golive.core.verdict import POSITIVE_STATES, ItemState, ItemVerdict
from golive.core.waiver import Waiver
from golive.gate.people import judge_by_people

NOBODY_ANSWERS = "no check answers this line"
"""Why a line is open to which neither a check nor a person said anything."""

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
    rejections: Iterable[Rejection] = (),
    now: datetime,
) -> ItemVerdict:
    """Judge an item by the records of its checks, then by what people took upon themselves."""
    waiver = next((entry for entry in waivers if entry.item == item.id and now < entry.expires), None)
    if item.part is not None and item.part in ledger.absent_parts:
        return _of_an_absent_part(item, item.part, ledger, waiver, now)
    observed = _from_records(item, ledger, waiver, now)
    if (
        observed.state is ItemState.NOT_RUN
        and not observed.checks
        and not ledger.expected_checks.get(item.id)
    ):
        return judge_by_people(
            observed, item, ledger, attestations=attestations, rejections=rejections, now=now
        )
    return observed


def _of_an_absent_part(
    item: Item, part: str, ledger: Ledger, waiver: Waiver | None, now: datetime
) -> ItemVerdict:
    """Not applicable, unless a check saw something of the part fail since it was declared absent."""
    reason = ledger.absent_parts[part]
    since = ledger.absent_since.get(part)
    if not any(
        record.outcome is Outcome.FAILED and item.id in record.items
        for record in ledger.records
        if since is None or record.started >= since
    ):
        return ItemVerdict(item=item.id, state=ItemState.NOT_APPLICABLE, reason=f"no {part} here: {reason}")
    seen = _from_records(item, ledger, waiver, now)
    return seen.model_copy(
        update={
            "reason": f"{part} is declared absent ({reason}), and a check of it failed: {seen.reason}",
            "remedy": seen.remedy or f"mend it, or correct what the profile declares about {part}",
        }
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
        return verdict(ItemState.NOT_RUN, NOBODY_ANSWERS, "bind a check to it, or attest it")
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
    passed = f"{len(records)} {noun} passed{suffix}"
    words = [entry.title for record in records for entry in record.evidence if entry.kind == "attestation"]
    if all(any(entry.kind == "attestation" for entry in record.evidence) for record in records):
        # Nothing but people's word, found authentic and compared: the report says so.
        return verdict(ItemState.ATTESTED, f"{words[0]}; {passed}")
    return verdict(ItemState.VERIFIED, passed)


def _why_stale(item: Item, records: Iterable[CheckRecord], ledger: Ledger, now: datetime) -> str:
    for record in records:
        finished = record.ended
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


def _unmet(failed: list[CheckRecord]) -> str:
    """The sentence for an owner: what must hold, and what was seen instead."""
    requirement = failed[0].requirement.rstrip(".")
    return f"{requirement}, but: {_first_and_more(failed)}" if requirement else _first_and_more(failed)


def _first_and_more(records: list[CheckRecord]) -> str:
    more = f" (and {len(records) - 1} more)" if len(records) > 1 else ""
    return f"{records[0].reason}{more}"


def is_gap(entry: ItemVerdict) -> bool:
    """Whether nothing answers the line at all: no check of the suite, and nobody's word."""
    return entry.state is ItemState.NOT_RUN and entry.reason == NOBODY_ANSWERS


def is_positive(state: ItemState) -> bool:
    """Whether an item in this state lets a launch go ahead without a condition."""
    return state in POSITIVE_STATES
