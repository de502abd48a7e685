"""The state of one line, from positive records only: one table, of which exactly one row holds."""

from collections.abc import Callable, Iterable
from datetime import datetime

from golive.core.attestation import Attestation, Rejection
from golive.core.checklist import Item
from golive.core.run import CheckRecord, Ledger
from golive.core.verdict import POSITIVE_STATES, ItemState, ItemVerdict
from golive.core.waiver import Waiver
from golive.gate.causes import causes_of, told
from golive.gate.evidence import Finding, LineEvidence, why_stale
from golive.gate.table import Reason, Row, only_row

NOBODY_ANSWERS = "no check answers this line"
"""Why a line is open to which neither a check nor a person said anything."""

StateRow = Row[Finding, LineEvidence, ItemState]


def judge_line(
    item: Item,
    ledger: Ledger,
    *,
    waivers: Iterable[Waiver],
    attestations: Iterable[Attestation],
    rejections: Iterable[Rejection] = (),
    now: datetime,
) -> ItemVerdict:
    """Judge an item by the records of its checks, or by what people said where no check answers it."""
    known = LineEvidence.gather(
        item, ledger, waivers=waivers, attestations=attestations, rejections=rejections, now=now
    )
    row = only_row(STATES, known.findings)
    reason, remedy = row.message(known)
    if known.declared_absent is not None and known.contradicted:
        declared = f"{item.part} is declared absent ({known.declared_absent})"
        reason = f"{declared}, and a check of it failed: {reason}"
        remedy = remedy or f"fix it, or correct what the profile declares about {item.part}"
    checks = () if row.result is ItemState.NOT_APPLICABLE else known.checks
    return ItemVerdict(item=item.id, state=row.result, reason=reason, remedy=remedy, checks=checks)


def is_gap(entry: ItemVerdict) -> bool:
    """Whether nothing answers the line at all: no check of the suite, and nobody's word."""
    return entry.state is ItemState.NOT_RUN and entry.reason == NOBODY_ANSWERS


def is_positive(state: ItemState) -> bool:
    """Whether an item in this state lets a launch go ahead without a condition."""
    return state in POSITIVE_STATES


def _absent(known: LineEvidence) -> Reason:
    return Reason(f"no {known.item.part} here: {known.declared_absent}")


def _failed(known: LineEvidence) -> Reason:
    """The sentence for an owner: what is wrong, the gravest first."""
    causes = causes_of(known.records_of(Finding.FAILURE))
    return Reason(told(causes), causes[0].remedy)


def _blind(known: LineEvidence) -> Reason:
    causes = causes_of(known.records_of(Finding.BLIND))
    return Reason(f"could not see: {told(causes)}", causes[0].remedy)


def _broken(known: LineEvidence) -> Reason:
    broken = known.records_of(Finding.BROKEN)
    return Reason(f"the check itself broke: {_first_and_more(broken)}", broken[0].remedy)


def _idle(known: LineEvidence) -> Reason:
    idle = known.records_of(Finding.IDLE)
    return Reason(_first_and_more(idle), idle[0].remedy)


def _missing(known: LineEvidence) -> Reason:
    more = f" and {len(known.missing) - 1} more" if len(known.missing) > 1 else ""
    return Reason(
        f"no record of {known.missing[0]}{more}, which must answer this line",
        "run it, or record the change of checks in the manifest",
    )


def _stale(known: LineEvidence) -> Reason:
    first = known.records_of(Finding.STALE)[0]
    ledger = known.ledger
    why = why_stale(first, known.item, ledger.deployed_at, known.now, ledger.why_other_build(first))
    return Reason(why, "run the check again")


def _waived(known: LineEvidence) -> Reason:
    waiver = known.waiver
    assert waiver is not None, "a failure is accepted by a waiver only"
    failed = known.records_of(Finding.ACCEPTED_FAILURE)
    accepted = f"waived by {waiver.owner} until {waiver.expires:%Y-%m-%d %H:%MZ} ({waiver.ticket})"
    return Reason(f"{accepted}: {waiver.reason} — {_first_and_more(failed)}", failed[0].remedy)


def _passed(known: LineEvidence) -> Reason:
    records = [record for _, record in known.records]
    retried = sum(record.retried for record in records)
    suffix = f", {retried} after a retry" if retried else ""
    return Reason(f"{len(records)} {'check' if len(records) == 1 else 'checks'} passed{suffix}")


def _passed_by_attestations(known: LineEvidence) -> Reason:
    """Nothing but people's word, found authentic and compared: the report says so."""
    (_, record), *_ = known.records
    titles = [entry.title for entry in record.evidence if entry.kind == "attestation"]
    return Reason(f"{titles[0]}; {_passed(known).text}")


def _invalid_attestation(known: LineEvidence) -> Reason:
    first = known.rejections_of(Finding.INVALID_ATTESTATION)[0]
    return Reason(f"attestation rejected: {first}", first.remedy)


def _attested(known: LineEvidence) -> Reason:
    claims = known.attestations
    who = " and ".join(dict.fromkeys(entry.by for entry in claims))
    until = min(entry.expires for entry in claims)
    return Reason(f"attested by {who} until {until:%Y-%m-%d %H:%MZ}: {claims[-1].statement}")


def _incomplete_attestation(known: LineEvidence) -> Reason:
    first = known.rejections_of(Finding.INCOMPLETE_ATTESTATION)[0]
    return Reason(f"attestation not accepted: {first}", first.remedy)


def _expired_attestation(known: LineEvidence) -> Reason:
    first = known.rejections_of(Finding.EXPIRED_ATTESTATION)[0]
    return Reason(f"attestation not accepted: {first}", first.remedy)


def _silence(_known: LineEvidence) -> Reason:
    return Reason(NOBODY_ANSWERS, "bind a check to it, or attest it")


def _first_and_more(records: list[CheckRecord]) -> str:
    more = f" (and {len(records) - 1} more)" if len(records) > 1 else ""
    return f"{records[0].reason}{more}"


def _row(
    finding: Finding,
    state: ItemState,
    message: Callable[[LineEvidence], Reason],
    *,
    unless: frozenset[Finding] = frozenset(),
) -> StateRow:
    return Row(frozenset({finding}), unless, state, message)


_FAILED = frozenset({Finding.ABSENCE, Finding.FAILURE})
_UNSEEN = _FAILED | {Finding.BLIND, Finding.BROKEN}
_OPEN = _UNSEEN | {Finding.IDLE, Finding.MISSING}
# A waiver accepts the failure, and nothing else: what other checks did not see stays unseen.
_NOT_PASSED = _OPEN | {Finding.STALE, Finding.ACCEPTED_FAILURE}
_BY_CHECKS = _NOT_PASSED | {Finding.SUCCESS, Finding.ATTESTED_SUCCESS}
_ATTESTED = _BY_CHECKS | {Finding.INVALID_ATTESTATION, Finding.ATTESTATION}
_NOT_SILENT = frozenset(Finding) - {Finding.SILENCE}

STATES: tuple[StateRow, ...] = (
    _row(Finding.ABSENCE, ItemState.NOT_APPLICABLE, _absent),
    _row(Finding.FAILURE, ItemState.FAILED, _failed, unless=_FAILED - {Finding.FAILURE}),
    _row(Finding.BLIND, ItemState.UNKNOWN, _blind, unless=_FAILED),
    _row(Finding.BROKEN, ItemState.UNKNOWN, _broken, unless=_FAILED | {Finding.BLIND}),
    _row(Finding.IDLE, ItemState.NOT_RUN, _idle, unless=_UNSEEN),
    _row(Finding.MISSING, ItemState.NOT_RUN, _missing, unless=_UNSEEN | {Finding.IDLE}),
    _row(Finding.STALE, ItemState.STALE, _stale, unless=_OPEN),
    _row(Finding.ACCEPTED_FAILURE, ItemState.WAIVED, _waived, unless=_OPEN | {Finding.STALE}),
    _row(Finding.SUCCESS, ItemState.VERIFIED, _passed, unless=_NOT_PASSED),
    _row(
        Finding.ATTESTED_SUCCESS,
        ItemState.ATTESTED,
        _passed_by_attestations,
        unless=_NOT_PASSED | {Finding.SUCCESS},
    ),
    _row(Finding.INVALID_ATTESTATION, ItemState.FAILED, _invalid_attestation, unless=_BY_CHECKS),
    _row(
        Finding.ATTESTATION,
        ItemState.ATTESTED,
        _attested,
        unless=_ATTESTED - {Finding.ATTESTATION},
    ),
    _row(Finding.INCOMPLETE_ATTESTATION, ItemState.NOT_RUN, _incomplete_attestation, unless=_ATTESTED),
    _row(
        Finding.EXPIRED_ATTESTATION,
        ItemState.STALE,
        _expired_attestation,
        unless=_ATTESTED | {Finding.INCOMPLETE_ATTESTATION},
    ),
    _row(Finding.SILENCE, ItemState.NOT_RUN, _silence, unless=_NOT_SILENT),
)
"""For whatever is found of a line, one row holds; which one depends on no order."""
