"""``golive attest``, ``golive sign``, ``golive verify``: what people sign, and whether it is accepted."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from golive.cli.commands import COMMANDS
from golive.cli.digest import look_at
from golive.cli.errors import UsageError
from golive.cli.instants import day_of, instant_of
from golive.cli.keys import VARIABLE, key_of
from golive.cli.project import Matter, line_of, matter_of, read_checklist
from golive.cli.reports import seen_report
from golive.core.attestation import Attestation, Choice, Flaw, StakeholderDecision
from golive.core.checklist import AnsweredBy, Checklist
from golive.core.duration import format_duration
from golive.gate.accepted import accept_records
from golive.people.attestations import Signed, SignedRecords, read_records, write_signed
from golive.people.profile import PeopleSettings, read_people
from golive.people.signatures import SignatureRejectedError, SigningError, SshSignatures

_OPEN = {Flaw.EXPIRED: "ended", Flaw.INCOMPLETE: "waiting", Flaw.UNVERIFIED: "unknown"}
"""What is said of a record that is not accepted, and speaks against nobody."""

Signable = TypeVar("Signable", Attestation, StakeholderDecision)

_ATTEST = """\
Say, signed with your SSH key, what no check can see: that a line of the checklist holds, for one release in
one environment, until an end. The record names the digest of what you looked at; where a check compares it
(a recovery plan, a rule set), it must still be the same. Your key stands in attestations/allowed_signers,
your name and roles in attestations/people.toml. Commit both files that are written.
"""
_SIGN = """\
Record the decision of one role of the sign-off table on the report that its holder read. The decision is
bound to the report's digest, release and environment; every role needs another person. The decisions show in
the sign-off table of later reports, and of checklist-signed.html, which golive report REPORT writes.
"""
_VERIFY = """\
Say of every signed record of a release in an environment whether it is accepted, and if not why: unsigned,
altered, forged, for another release or environment, expired, self-approved, by a role that may not.
"""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the three."""
    attest = commands.add_parser(
        "attest",
        help=COMMANDS["attest"].help,
        description=_ATTEST,
        epilog="example: golive attest bkp.dr-plan --env prod --by ada@shop.example "
        "--evidence docs/dr-plan.md --drilled 2026-11-02",
    )
    attest.add_argument("item", metavar="ITEM", help="the line's id, such as bkp.dr-plan")
    attest.add_argument("--env", metavar="NAME", required=True, help="the environment that it is about")
    attest.add_argument(
        "--evidence",
        metavar="URL|FILE",
        action="append",
        required=True,
        help="what you looked at; repeatable; its SHA-256 goes into the record",
    )
    attest.add_argument("--statement", help="what you say; the line's own words when left out")
    attest.add_argument("--drilled", metavar="DAY", help="the day of the last drill, such as 2026-11-02")
    attest.add_argument(
        "--expires",
        metavar="WHEN",
        help="2026-12-01T12:00:00Z, or how long from now: '12 h' (default, and at most: the line's max-age)",
    )
    _add_identity(attest)
    attest.set_defaults(command=_attest)

    sign = commands.add_parser(
        "sign",
        help=COMMANDS["sign"].help,
        description=_SIGN,
        epilog='example: golive sign --role "QA Lead" --decision go --by grace@shop.example '
        "reports/prod/1.0.0/20261128T120000Z-1a2b3c",
    )
    sign.add_argument(
        "report", metavar="REPORT", type=Path, nargs="+", help="the report's folder, or its HTML"
    )
    sign.add_argument("--role", required=True, help="the row of the sign-off table, such as 'QA Lead'")
    sign.add_argument("--decision", required=True, choices=[choice.value for choice in Choice])
    sign.add_argument("--reason", default="", help="why; needed for no-go")
    _add_identity(sign, about_release=False)
    sign.set_defaults(command=_sign)

    verify = commands.add_parser("verify", help=COMMANDS["verify"].help, description=_VERIFY)
    verify.add_argument("--env", metavar="NAME", required=True)
    _add_matter(verify)
    verify.set_defaults(command=_verify)


def _add_identity(parser: argparse.ArgumentParser, *, about_release: bool = True) -> None:
    parser.add_argument("--by", metavar="PRINCIPAL", required=True, help="you, as allowed_signers names you")
    parser.add_argument(
        "--key",
        type=Path,
        help=f"your SSH key (default: ${VARIABLE}, git's user.signingkey, then ~/.ssh/id_ed25519)",
    )
    _add_matter(parser, about_release=about_release)


def _add_matter(parser: argparse.ArgumentParser, *, about_release: bool = True) -> None:
    if about_release:
        parser.add_argument("--release", metavar="VERSION", help="as for pytest (default: the profile's)")
        parser.add_argument("--commit", metavar="SHA", help="as for pytest")
    parser.add_argument("--checklist", type=Path, default=Path("checklist.md"))
    parser.add_argument(
        "--attestations", type=Path, metavar="FOLDER", help="where records lie (default: the profile's)"
    )


def _attest(options: argparse.Namespace) -> int:
    checklist = read_checklist(options.checklist)
    item = line_of(checklist, options.item)
    if item.answered_by is not AnsweredBy.CHECKS:
        below = ", ".join(item.children) or f"the lines of {item.completes}"
        raise UsageError(f"{item.id} is not attested: it is answered by {below}")
    matter = matter_of(
        options.env, release=options.release, commit=options.commit, folder=options.attestations
    )
    now = _now()
    latest = now + item.max_age
    expires = instant_of(options.expires, now=now, option="--expires") if options.expires else latest
    if not now < expires <= latest:
        raise UsageError(
            f"--expires {options.expires!r}: write an instant after now and at most "
            f"{format_duration(item.max_age)} away, which is how old evidence for {item.id} may be"
        )
    drilled = day_of(options.drilled, option="--drilled") if options.drilled else None
    if drilled and drilled > now.date():
        raise UsageError(f"--drilled {drilled}: that day has not come")
    record = _made(
        Attestation,
        item=item.id,
        line=item.text,
        statement=options.statement or item.text,
        by=options.by,
        environment=matter.environment,
        release=matter.release,
        seen=tuple(look_at(source) for source in options.evidence),
        drilled=drilled,
        at=now,
        expires=expires,
    )
    return _write(record, matter, checklist, options)


def _sign(options: argparse.Namespace) -> int:
    checklist = read_checklist(options.checklist)
    if options.decision == Choice.NO_GO and not options.reason:
        raise UsageError("--decision no-go: say why with --reason")
    headers, reports = zip(*(seen_report(path, options.checklist) for path in options.report), strict=True)
    about = {(header.environment, header.release) for header in headers}
    if len(about) > 1:
        raise UsageError("these reports are about different releases or environments: sign each by itself")
    header = headers[0]
    matter = matter_of(
        header.environment,
        release=header.release.version,
        commit=header.release.commit,
        folder=options.attestations,
    )
    record = _made(
        StakeholderDecision,
        role=options.role,
        decision=Choice(options.decision),
        reason=options.reason,
        by=options.by,
        environment=header.environment,
        release=header.release,
        reports=reports,
        at=_now(),
    )
    return _write(record, matter, checklist, options)


def _write(
    record: Attestation | StakeholderDecision,
    matter: Matter,
    checklist: Checklist,
    options: argparse.Namespace,
) -> int:
    """Sign and write ``record``, unless it would be refused."""
    _refuse_what_would_not_stand(record, matter, checklist)
    signatures = SshSignatures(matter.people.allowed_signers)
    key = key_of(options.key)
    try:
        path = write_signed(matter.people.folder, record, signatures, key=key)
    except SignatureRejectedError as error:
        raise SigningError(_words_for_the_signer(error, record.by, key, matter.people)) from None
    what = (
        f"{record.item} is attested until {record.expires:%Y-%m-%d %H:%M:%SZ}"
        if isinstance(record, Attestation)
        else f"{record.role} decided {record.decision}"
    )
    sys.stdout.write(
        f"{path}\n{path}{signatures.suffix}\n"
        f"{what}, for release {record.release} in {record.environment}, by {record.by}: commit both files\n"
    )
    if isinstance(record, Attestation) and checklist.items[record.item].attesters > 1:
        count = checklist.items[record.item].attesters
        sys.stdout.write(
            f"{record.item} needs {count} people: golive verify says whether one is still to sign\n"
        )
    return 0


def _refuse_what_would_not_stand(
    record: Attestation | StakeholderDecision, matter: Matter, checklist: Checklist
) -> None:
    found = SignedRecords((Signed(record, key="", path=""),))
    accepted = accept_records(
        found,
        checklist,
        read_people(matter.people.roster),
        environment=matter.environment,
        release=matter.release,
        now=record.at,
    )
    for rejection in accepted.rejections:
        # The others may sign later.
        if rejection.flaw is not Flaw.INCOMPLETE:
            place = f" ({matter.people.roster})" if rejection.flaw is Flaw.ROLE else ""
            raise UsageError(f"this would be rejected, {rejection.flaw}: {rejection.reason}{place}")


def _words_for_the_signer(error: SignatureRejectedError, by: str, key: Path, people: PeopleSettings) -> str:
    if error.flaw is Flaw.UNVERIFIED:
        return f"{error.reason}: {error.remedy}"
    public = key if key.suffix == ".pub" else key.with_name(key.name + ".pub")
    line = public.read_text(encoding="utf-8").strip() if public.is_file() else "ssh-ed25519 …"
    return (
        f"nothing was written: {people.allowed_signers} does not let {by} sign with {key}. "
        f"If that is your key, have this line reviewed into it:\n  {by} {line}"
    )


def _verify(options: argparse.Namespace) -> int:
    checklist = read_checklist(options.checklist)
    matter = matter_of(
        options.env, release=options.release, commit=options.commit, folder=options.attestations
    )
    now = _now()
    accepted = accept_records(
        read_records(matter.people, matter.environment, matter.release, now=now),
        checklist,
        read_people(matter.people.roster),
        environment=matter.environment,
        release=matter.release,
        now=now,
    )
    write = sys.stdout.write
    for claim in accepted.attestations:
        write(f"accepted  {claim.item}: attested by {claim.by} until {claim.expires:%Y-%m-%d %H:%M:%SZ}\n")
    for entry in accepted.decisions:
        decision = entry.decision
        when = f"{decision.at:%Y-%m-%d %H:%M:%SZ}"
        write(f"accepted  {decision.role}: {decision.decision} by {entry.name}, {when}\n")
    for rejection in accepted.rejections:
        word = "rejected" if rejection.flaw.is_invalid else _OPEN.get(rejection.flaw, "open")
        write(f"{word:<9} {rejection.subject}: {rejection}\n")
        if rejection.remedy:
            write(f"          remedy: {rejection.remedy}\n")
    if not (accepted.attestations or accepted.decisions or accepted.rejections):
        place = matter.people.folder / matter.environment / matter.release.version
        write(f"nothing is signed for {matter.release} in {matter.environment}: {place} holds no record\n")
    return 1 if accepted.rejections else 0


def _made(kind: type[Signable], **values: object) -> Signable:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(words) from None


def _now() -> datetime:
    """The instant, to the second: what people read in a record is what is compared."""
    return datetime.now(UTC).replace(microsecond=0)
