"""What is known of one line, each piece of it under exactly one finding."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from golive.core.attestation import Attestation, Flaw, Rejection
from golive.core.checklist import PHASES_AFTER_DEPLOYMENT, Item
from golive.core.duration import format_duration
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger
from golive.core.waiver import Waiver


class Finding(StrEnum):
    """What a piece of evidence says of its line."""

    ABSENCE = "its part is declared absent, and nothing contradicts that"
    FAILURE = "a check failed"
    BLIND = "a check could not see"
    BROKEN = "a check broke"
    IDLE = "a check did not run"
    MISSING = "nothing is known of a check that must answer it"
    STALE = "what a check saw does not count any more"
    ACCEPTED_FAILURE = "a check failed, and a waiver accepts it"
    SUCCESS = "a check passed"
    ATTESTED_SUCCESS = "a check passed by what people attested"
    INVALID_ATTESTATION = "somebody put a record there that is forged, or not theirs to sign"
    ATTESTATION = "people attest it"
    INCOMPLETE_ATTESTATION = "people attest it, and not as is needed"
    EXPIRED_ATTESTATION = "people attested it, and that has ended"
    SILENCE = "no check answers it, and nobody said anything"


@dataclass(frozen=True, slots=True)
class LineEvidence:
    """The records of a line, in an order that is theirs whatever order they came in."""

    item: Item
    records: tuple[tuple[Finding, CheckRecord], ...]
    missing: tuple[str, ...]
    """Functions of the manifest that must answer the line, without a record."""
    attestations: tuple[Attestation, ...]
    """Those that hold; empty where checks answer the line, as are the rejections."""
    rejections: tuple[tuple[Finding, Rejection], ...]
    waiver: Waiver | None
    declared_absent: str | None
    """Why the profile says that the line's part is not there; None where it is."""
    contradicted: bool
    """Whether a check saw something of the part fail since it was declared absent."""
    ledger: Ledger
    now: datetime

    @classmethod
    def gather(
        cls,
        item: Item,
        ledger: Ledger,
        *,
        waivers: Iterable[Waiver],
        attestations: Iterable[Attestation],
        rejections: Iterable[Rejection],
        now: datetime,
    ) -> "LineEvidence":
        """Sort everything that is known of ``item``. People are heard where no check answers it."""
        records = sorted(
            (record for record in ledger.records if item.id in record.items),
            key=lambda record: (record.check, record.started, str(record.outcome), record.reason),
        )
        in_force = [entry for entry in waivers if entry.item == item.id and now < entry.expires]
        waiver = max(in_force, key=lambda entry: (entry.expires, entry.ticket, entry.reason), default=None)
        expected = ledger.expected_checks.get(item.id, frozenset())
        seen = {name for record in records for name in (record.function, record.check)}
        is_for_people = not records and not expected
        held = [entry for entry in attestations if is_for_people and _holds(entry, item, ledger, now)]
        refused = [entry for entry in rejections if is_for_people and entry.subject == item.id]
        since = ledger.absent_since.get(item.part or "")
        return cls(
            item=item,
            records=tuple((_finding_of(record, item, waiver, ledger, now), record) for record in records),
            missing=tuple(sorted(expected - seen)),
            attestations=tuple(sorted(held, key=lambda entry: (entry.at, entry.by, entry.statement))),
            rejections=tuple(
                (_finding_of_rejection(entry), entry)
                for entry in sorted(refused, key=lambda entry: (entry.path, str(entry)))
            ),
            waiver=waiver,
            declared_absent=ledger.absent_parts.get(item.part or ""),
            contradicted=any(
                record.outcome is Outcome.FAILED and (since is None or record.started >= since)
                for record in records
            ),
            ledger=ledger,
            now=now,
        )

    @property
    def findings(self) -> frozenset[Finding]:
        """What was found, never nothing: silence is a finding."""
        found = {finding for finding, _ in (*self.records, *self.rejections)}
        if self.declared_absent is not None and not self.contradicted:
            found.add(Finding.ABSENCE)
        if self.missing:
            found.add(Finding.MISSING)
        if self.attestations:
            found.add(Finding.ATTESTATION)
        return frozenset(found or {Finding.SILENCE})

    @property
    def checks(self) -> tuple[str, ...]:
        """Node ids of the records."""
        return tuple(record.check for _, record in self.records)

    def records_of(self, finding: Finding) -> list[CheckRecord]:
        """The checks' records that say ``finding``."""
        return [record for said, record in self.records if said is finding]

    def rejections_of(self, finding: Finding) -> list[Rejection]:
        """The people's records that say ``finding``."""
        return [rejection for said, rejection in self.rejections if said is finding]


def why_stale(
    record: CheckRecord, item: Item, deployed_at: datetime | None, now: datetime, other_build: str = ""
) -> str:
    """Say why ``record`` does not count any more at ``now``; empty where it does.

    ``other_build`` says why it is not about the build that is deployed; nothing where it is.
    """
    finished = record.ended
    if finished > now:
        return f"evidence from the future: {finished:%Y-%m-%d %H:%M:%SZ} by the recorder's clock"
    age = now - finished
    if age > item.max_age:
        limit = format_duration(item.max_age)
        return f"evidence is {format_duration(age)} old, at most {limit} is accepted ({record.function})"
    after = PHASES_AFTER_DEPLOYMENT.intersection(item.phases)
    if after and other_build:
        return f"{other_build} ({record.function})"
    if deployed_at is not None and after and record.started < deployed_at:
        deployment = f"the deployment at {deployed_at:%Y-%m-%d %H:%MZ}"
        return f"evidence is older than {deployment} ({record.function})"
    return ""


def _finding_of(
    record: CheckRecord, item: Item, waiver: Waiver | None, ledger: Ledger, now: datetime
) -> Finding:
    match record.outcome:
        case None:
            return Finding.IDLE
        case Outcome.BLIND:
            return Finding.BLIND
        case Outcome.ERROR:
            return Finding.BROKEN
        case Outcome.FAILED if waiver is None:
            # However long ago: what failed is not fixed by waiting.
            return Finding.FAILURE
        case _ if why_stale(record, item, ledger.deployed_at, now, ledger.why_other_build(record)):
            return Finding.STALE
        case Outcome.FAILED:
            return Finding.ACCEPTED_FAILURE
        case Outcome.PASSED:
            by_people = any(entry.kind == "attestation" for entry in record.evidence)
            return Finding.ATTESTED_SUCCESS if by_people else Finding.SUCCESS


def _finding_of_rejection(rejection: Rejection) -> Finding:
    if rejection.flaw.is_invalid:
        return Finding.INVALID_ATTESTATION
    is_over = rejection.flaw is Flaw.EXPIRED
    return Finding.EXPIRED_ATTESTATION if is_over else Finding.INCOMPLETE_ATTESTATION


def _holds(attestation: Attestation, item: Item, ledger: Ledger, now: datetime) -> bool:
    return (
        attestation.item == item.id
        and attestation.environment == ledger.environment
        and attestation.release == ledger.release
        and attestation.at <= now < attestation.expires
        and now - attestation.at <= item.max_age
    )
