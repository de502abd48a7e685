"""Whether a line's attestations are accepted, and are about what is there now."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from golive.core.accepted import AcceptedRecords
from golive.core.attestation import Attestation, Flaw
from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.rules.failure import fail, require_non_empty


def expect_attested(
    accepted: AcceptedRecords, item: str, *, command: str, digest: str | None = None
) -> tuple[Attestation, ...]:
    """Expect that people attested the line, and nothing that is no attestation lies beside theirs.

    Args:
        accepted: what people signed.
        item: the line.
        command: what a person types to attest it.
        digest: SHA-256 of what must have been looked at; anything when None.

    Returns:
        The accepted attestations, the newest first.

    Raises:
        AssertionError: a record was tampered with, made by somebody who may not, has ended, or is about
            something else than what is there now.
        Blind: nobody attested it, one of several people has not yet, or nothing can be verified here.
    """
    against = accepted.against(item)
    if against and against[0].flaw.is_invalid:
        _reject(item, f"{against[0]}. {against[0].remedy}")
    claims = accepted.of(item)
    if not claims:
        _say_what_is_missing(accepted, item, command)
    if digest is not None and not any(digest in claim.digests for claim in claims):
        seen = ", ".join(f"{entry.sha256[:12]}… of {entry.source}" for entry in claims[0].seen)
        fail(
            f"what was attested for {item}",
            expected=f"what is there now, {digest[:12]}…",
            observed=f"{seen}: it changed since {claims[0].at:%Y-%m-%d %H:%MZ}; have it attested as it is",
            where=f"attestation by {claims[0].by}",
        )
    return claims


def _say_what_is_missing(accepted: AcceptedRecords, item: str, command: str) -> None:
    against = accepted.against(item)
    expired = [entry for entry in against if entry.flaw is Flaw.EXPIRED]
    if expired:
        _reject(item, f"{expired[0]}. Attest it anew: {command}")
    for entry in against:
        remedy = command if entry.flaw is Flaw.INCOMPLETE else entry.remedy
        raise Blind(f"{item} is not attested: {entry}", remedy=remedy)
    raise Blind(f"nobody attested {item} for this release and environment", remedy=command)


def _reject(item: str, words: str) -> None:
    fail(f"attestation of {item}", expected="accepted signed records only", observed=words, where=item)


def expect_on_the_day(claims: Sequence[Attestation], *, day: datetime, zone: tzinfo) -> None:
    """Expect that every claim was made on the calendar day of ``day`` in ``zone``, or since.

    Raises:
        AssertionError: one is of a day before.
    """
    today = day.astimezone(zone).date()
    for claim in require_non_empty(claims, "attestation"):
        made = claim.at.astimezone(zone).date()
        if made < today:
            fail(
                f"day of the attestation of {claim.item}",
                expected=f"{today}, the day of this run",
                observed=f"{made}",
                where=f"attestation by {claim.by}, days in {zone}",
            )


def expect_recent_drill(claims: Sequence[Attestation], *, at_most: timedelta, now: datetime) -> None:
    """Expect that every claim names a drill, and that the newest is at most so long ago, and not to come.

    Raises:
        AssertionError: a claim names none, one in the future, or all are of too long ago.
    """
    drills = []
    for claim in require_non_empty(claims, "attestation"):
        if claim.drilled is None:
            fail(
                f"drill of {claim.item}",
                expected="the day of the last one: golive attest … --drilled DAY",
                observed="none named",
                where=f"attestation by {claim.by}",
            )
        if claim.drilled > now.date():
            fail(
                f"drill of {claim.item}",
                expected="a day that has come",
                observed=str(claim.drilled),
                where=f"attestation by {claim.by}",
            )
        drills.append(claim.drilled)
    # People who name different days are held to the older: the younger may be of another drill.
    age = now.date() - min(drills)
    if age > at_most:
        fail(
            f"last drill of {claims[0].item}",
            expected=f"at most {format_duration(at_most)} ago",
            observed=f"{min(drills)}, {age.days} d ago; hold one, and attest its day",
            where=", ".join(claim.by for claim in claims),
        )
