"""Which signed records are accepted: authentic ones, measured against checklist, people and instant."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from golive.core.accepted import AcceptedDecision, AcceptedRecords
from golive.core.attestation import Attestation, Choice, Flaw, Rejection, StakeholderDecision
from golive.core.checklist import Checklist, Item
from golive.core.duration import format_duration
from golive.core.people import People
from golive.core.release import ReleaseIdentity
from golive.core.verdict import Decision
from golive.people.attestations import Signed, SignedRecords


class _Unacceptable(Exception):
    def __init__(self, flaw: Flaw, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.flaw, self.reason, self.remedy = flaw, reason, remedy


@dataclass(frozen=True, slots=True)
class _Judge:
    checklist: Checklist
    people: People
    environment: str
    release: ReleaseIdentity
    now: datetime

    def accept(self, record: Attestation | StakeholderDecision) -> None:
        """Raise _Unacceptable for the first thing that is wrong with ``record``."""
        if record.environment != self.environment:
            raise _Unacceptable(
                Flaw.OTHER_ENVIRONMENT,
                f"it is about {record.environment}, and this is {self.environment}",
                "what holds in one environment says nothing of another: have it signed for this one",
            )
        if record.release != self.release:
            raise _Unacceptable(
                Flaw.OTHER_RELEASE,
                f"it is about release {record.release}, and this is {self.release}",
                "have it signed for this release, with the same --release and --commit",
            )
        if record.at > self.now:
            raise _Unacceptable(
                Flaw.FROM_THE_FUTURE,
                f"it was signed at {record.at:%Y-%m-%d %H:%M:%SZ}",
                "set the clocks right",
            )
        if self.people.of(record.by) is None:
            raise _Unacceptable(
                Flaw.ROLE,
                f"{record.by} is nobody in people.toml",
                "add the person there, and have it reviewed",
            )
        match record:
            case Attestation():
                self._accept_attestation(record)
            case StakeholderDecision():
                self._accept_decision(record)

    def _accept_attestation(self, record: Attestation) -> None:
        item = self.checklist.items.get(record.item)
        if item is None:
            raise _Unacceptable(Flaw.OTHER_LINE, f"the checklist has no line {record.item!r}")
        if record.line != item.text:
            raise _Unacceptable(
                Flaw.OTHER_LINE,
                f"the line said {record.line!r} when it was attested, and says {item.text!r} now",
                "have the line attested as it is now",
            )
        self._need_a_role(record.by, item.attesting_roles, f"attest {item.id}")
        if self.now >= record.expires:
            raise _Unacceptable(
                Flaw.EXPIRED, f"it ended at {record.expires:%Y-%m-%d %H:%M:%SZ}", "have it attested anew"
            )
        age = self.now - record.at
        if age > item.max_age:
            limit = format_duration(item.max_age)
            raise _Unacceptable(
                Flaw.EXPIRED,
                f"it is {format_duration(age)} old, and at most {limit} is accepted for {item.id}",
                "have it attested anew",
            )

    def _accept_decision(self, record: StakeholderDecision) -> None:
        roles = self.checklist.sign_off_roles()
        if record.role not in roles:
            raise _Unacceptable(
                Flaw.ROLE, f"{record.role!r} is no row of the sign-off table: there are {', '.join(roles)}"
            )
        self._need_a_role(record.by, (record.role,), f"sign as {record.role}")
        seen = {report.verdict for report in record.reports}
        if record.decision is Choice.GO and seen & {Decision.NO_GO, Decision.ROLL_BACK}:
            words = ", ".join(sorted(verdict.value for verdict in seen))
            raise _Unacceptable(
                Flaw.AGAINST_THE_VERDICT,
                f"it says go on a report that says {words}",
                "fix or waive what failed, verify again, and have the new report signed",
            )

    def _need_a_role(self, principal: str, roles: tuple[str, ...], what: str) -> None:
        person = self.people.of(principal)
        if person is None or not person.holds_any(roles):
            held = ", ".join(person.roles) if person and person.roles else "no role"
            name = person.name if person else principal
            raise _Unacceptable(
                Flaw.ROLE,
                f"{name} holds {held}, and may not {what}: {' or '.join(roles)} may",
                "have it signed by somebody who may",
            )


def accept_records(
    found: SignedRecords,
    checklist: Checklist,
    people: People,
    *,
    environment: str,
    release: ReleaseIdentity,
    now: datetime,
) -> AcceptedRecords:
    """Tell the records that are accepted for ``release`` in ``environment`` from the others, and say why."""
    judge = _Judge(checklist, people, environment, release, now)
    rejections = list(found.rejected)
    claims: dict[str, list[Signed]] = defaultdict(list)
    decisions: list[AcceptedDecision] = []
    for signed in found.signed:
        record = signed.record
        try:
            judge.accept(record)
        except _Unacceptable as error:
            rejections.append(_rejection(signed, error.flaw, error.reason, error.remedy))
            continue
        if isinstance(record, Attestation):
            claims[record.item].append(signed)
        else:
            person = people.of(record.by)
            name = person.name if person else record.by
            decisions.append(AcceptedDecision(decision=record, name=name, key=signed.key))
    attestations: list[Attestation] = []
    for item, signed_claims in claims.items():
        missing = _why_not_enough(checklist.items[item], signed_claims, people)
        if missing:
            rejections += [_rejection(signed, *missing) for signed in signed_claims]
        else:
            attestations += [entry.record for entry in signed_claims if isinstance(entry.record, Attestation)]
    return AcceptedRecords(
        attestations=tuple(attestations), decisions=tuple(decisions), rejections=tuple(rejections)
    )


def _rejection(signed: Signed, flaw: Flaw, reason: str, remedy: str = "") -> Rejection:
    return Rejection(subject=signed.record.subject, path=signed.path, flaw=flaw, reason=reason, remedy=remedy)


def _why_not_enough(item: Item, claims: list[Signed], people: People) -> tuple[Flaw, str, str] | None:
    """Why those who attested ``item`` are too few: different people, different keys, one thing seen."""
    if item.attesters == 1:
        return None
    names = {person.name for entry in claims if (person := people.of(entry.record.by))}
    distinct = min(len(names), len({entry.key for entry in claims}))
    who = " and ".join(sorted(names))
    if distinct < item.attesters:
        if len(claims) > distinct:
            return (
                Flaw.SELF_APPROVED,
                f"{item.attesters} people are needed, and all {len(claims)} records are by {who}"
                if len(names) == 1
                else f"{item.attesters} people are needed, and {who} signed with one key",
                "have it attested by another person",
            )
        return (
            Flaw.INCOMPLETE,
            f"{item.attesters} people are needed, and only {who} attested it so far",
            "have it attested by another person too",
        )
    common = frozenset.intersection(
        *(entry.record.digests for entry in claims if isinstance(entry.record, Attestation))
    )
    if not common:
        return (
            Flaw.INCOMPLETE,
            f"{who} looked at different things: no digest is in all of their records",
            "have all of them attest what is there now",
        )
    return None
