"""Records that people signed: ``<folder>/<environment>/<release>/<name>.json``, a signature beside each.

Here they are read and found authentic, or not; whether an authentic one is accepted is the gate's to say.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from golive.core.attestation import Attestation, Flaw, Rejection, StakeholderDecision
from golive.core.release import ReleaseIdentity
from golive.people.profile import PeopleSettings
from golive.people.signatures import SignatureRejectedError, Signatures, SshSignatures

_LONGEST = 200_000
"""Bytes of a record; what is longer was made by no command of ours."""
_DECISION = "decision-"
_BETWEEN = "--"
"""Stands between what a record is for and who signed it, in its file's name and nowhere else in it."""
_ANY = TypeAdapter[Attestation | StakeholderDecision](Attestation | StakeholderDecision)


@dataclass(frozen=True, slots=True)
class Signed:
    """A record whose signature is that of the person whom it names."""

    record: Attestation | StakeholderDecision
    key: str
    """Fingerprint of the key."""
    path: str
    """Where it lies, below the folder."""


@dataclass(frozen=True, slots=True)
class SignedRecords:
    """What was found: authentic records, and those that are not, in words."""

    signed: tuple[Signed, ...] = ()
    rejected: tuple[Rejection, ...] = ()


def folder_of(folder: Path, environment: str, release: ReleaseIdentity) -> Path:
    """Return where the records about ``release`` in ``environment`` lie."""
    return folder / environment / release.version


def namespace_of(record: Attestation | StakeholderDecision) -> str:
    """Return what its signature is made for: a kind of record in one environment."""
    kind = "decision" if isinstance(record, StakeholderDecision) else "attestation"
    return f"golive-{kind}@{record.environment}"


def read_signed(
    folder: Path, environment: str, release: ReleaseIdentity, signatures: Signatures, *, now: datetime
) -> SignedRecords:
    """Read every record that lies with those of ``release`` in ``environment``.

    A record that is about another release or environment, and was put there, is read too: that it is out of
    place is for the gate to say.
    """
    signed: list[Signed] = []
    rejected: list[Rejection] = []
    for path in sorted(folder_of(folder, environment, release).glob("*.json")):
        found = _read_one(path, path.relative_to(folder).as_posix(), signatures, now)
        if isinstance(found, Signed):
            signed.append(found)
        else:
            rejected.append(found)
    return SignedRecords(tuple(signed), tuple(rejected))


def read_records(
    people: PeopleSettings, environment: str, release: ReleaseIdentity, *, now: datetime
) -> SignedRecords:
    """Read what people signed about ``release`` in ``environment``, by the keys that the project allows."""
    return read_signed(people.folder, environment, release, SshSignatures(people.allowed_signers), now=now)


def write_signed(
    folder: Path, record: Attestation | StakeholderDecision, signatures: Signatures, *, key: Path
) -> Path:
    """Sign ``record`` and write both; a former one of the same person for the same line or role is replaced.

    Raises:
        SigningError: it could not be signed; nothing was written.
        SignatureRejectedError: the signature would be refused; nothing was written.
    """
    payload = (record.model_dump_json(indent=2, by_alias=True) + "\n").encode()
    namespace = namespace_of(record)
    signature = signatures.sign(payload, namespace=namespace, key=key)
    place = folder_of(folder, record.environment, record.release)
    place.mkdir(parents=True, exist_ok=True)
    kind = _DECISION if isinstance(record, StakeholderDecision) else ""
    path = place / f"{kind}{_slug(record.subject)}{_BETWEEN}{_slug(record.by)}.json"
    draft = place / f".{path.name}{signatures.suffix}"
    draft.write_bytes(signature)
    try:
        signatures.authenticate(payload, draft, namespace=namespace, signer=record.by, now=record.at)
        draft.replace(path.with_name(path.name + signatures.suffix))
    finally:
        draft.unlink(missing_ok=True)
    path.write_bytes(payload)
    return path


def _read_one(path: Path, shown: str, signatures: Signatures, now: datetime) -> Signed | Rejection:
    subject = path.name.partition(_BETWEEN)[0].removeprefix(_DECISION)

    def rejected(flaw: Flaw, reason: str, remedy: str = "") -> Rejection:
        return Rejection(subject=subject, path=shown, flaw=flaw, reason=reason, remedy=remedy)

    try:
        with path.open("rb") as stream:
            payload = stream.read(_LONGEST + 1)
        if len(payload) > _LONGEST:
            return rejected(Flaw.UNREADABLE, f"longer than {_LONGEST} bytes", "take it away")
        record = _ANY.validate_json(payload)
    except (OSError, ValidationError, ValueError) as error:
        return rejected(
            Flaw.UNREADABLE, _first_message(error), "write it anew with golive attest or golive sign"
        )
    subject = record.subject
    signature = path.with_name(path.name + signatures.suffix)
    if not signature.is_file():
        return rejected(
            Flaw.UNSIGNED, f"there is no {signature.name} beside it", "have it signed by its author"
        )
    try:
        key = signatures.authenticate(
            payload, signature, namespace=namespace_of(record), signer=record.by, now=now
        )
    except SignatureRejectedError as error:
        return rejected(error.flaw, error.reason, error.remedy)
    return Signed(record, key, shown)


def _first_message(error: Exception) -> str:
    if isinstance(error, ValidationError):
        entry = error.errors()[0]
        return f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}"
    return str(error).partition("\n")[0]


def _slug(text: str) -> str:
    return re.sub(r"(?:[^a-z0-9.@+-]|-)+", "-", text.lower()).strip("-.") or "record"
