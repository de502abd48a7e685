"""Signatures over bytes: by SSH keys today, with ``ssh-keygen -Y`` and a file of allowed signers.

The file is OpenSSH's own (ssh-keygen(1), ALLOWED SIGNERS): principals, options such as ``valid-before`` and
``namespaces``, a public key. A signature is made for a namespace, so one that was made for another purpose
or another environment is none here.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from golive.core.attestation import Flaw

HOW_TO_INSTALL = (
    "install OpenSSH 8.2 or newer: apt-get install openssh-client (Debian, Ubuntu), "
    "dnf install openssh (Fedora), brew install openssh (macOS)"
)
_VERIFY_SECONDS = 10.0
_SIGN_SECONDS = 120.0
"""Long enough for a person to type a passphrase or to touch a key."""
_VALIDITY = re.compile(r'valid-(after|before)="(\d{8,14})Z?"', re.IGNORECASE)
_MOST_MOMENTS = 50
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]+")


class SignatureRejectedError(Exception):
    """The signature is not one of the person that it is said to be of, over these bytes."""

    def __init__(self, flaw: Flaw, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.flaw = flaw
        self.reason = reason
        self.remedy = remedy


class SigningError(Exception):
    """Nothing could be signed; the message says what to do."""


class Signatures(Protocol):
    """The seam between records and the kind of their signatures."""

    @property
    def suffix(self) -> str:
        """What the file of a signature is named after the signed one's name."""
        ...

    def sign(self, payload: bytes, *, namespace: str, key: Path) -> bytes:
        """Return the signature of ``payload``. Raises SigningError."""
        ...

    def authenticate(
        self, payload: bytes, signature: Path, *, namespace: str, signer: str, now: datetime
    ) -> str:
        """Return the fingerprint of the key of ``signer`` that signed. Raises SignatureRejectedError."""
        ...


@dataclass(frozen=True, slots=True)
class _Moment:
    """An end of a key's time, and an instant beside it at which the key is valid."""

    end: datetime
    inside: datetime


@dataclass(frozen=True, slots=True)
class SshSignatures:
    """``ssh-keygen -Y`` over the people of one file of allowed signers."""

    allowed_signers: Path
    program: str = "ssh-keygen"
    suffix: str = ".sig"

    def sign(self, payload: bytes, *, namespace: str, key: Path) -> bytes:
        """Sign with a private key, or by the agent with a public one."""
        if not key.is_file():
            raise SigningError(
                f"there is no key {key}: name yours with --key, or make one: ssh-keygen -t ed25519"
            )
        try:
            done = self._run("sign", "-n", namespace, "-f", str(key), given=payload, seconds=_SIGN_SECONDS)
        except SignatureRejectedError as error:
            raise SigningError(f"{error.reason}: {error.remedy}") from None
        if done.returncode != 0 or not done.stdout:
            raise SigningError(f"ssh-keygen cannot sign with {key}: {_last_line(done.stderr)}")
        return done.stdout

    def authenticate(
        self, payload: bytes, signature: Path, *, namespace: str, signer: str, now: datetime
    ) -> str:
        """Accept a signature of ``signer`` by a key that is valid ``now``, else say what is wrong with it."""
        named = ("-s", str(signature))
        whole = ("-n", namespace)
        whose = ("-I", signer, *whole, *named)
        verified = self._run("verify", *self._people(now), *whose, given=payload)
        if verified.returncode == 0:
            return _fingerprint(verified.stdout)
        if not self.allowed_signers.is_file():
            raise SignatureRejectedError(
                Flaw.UNVERIFIED,
                f"nobody may sign here: there is no {self.allowed_signers}",
                f"write a line '{signer} ssh-ed25519 …' into it, and have it reviewed",
            )
        genuine = self._run("check-novalidate", *whole, *named, given=payload)
        if genuine.returncode != 0:
            raise _not_over_these_bytes(genuine.stderr, namespace)
        key = _fingerprint(genuine.stdout)
        moments = sorted(self._moments(), key=lambda moment: abs(moment.inside - now))
        for moment in moments:
            if self._run("verify", *self._people(moment.inside), *whose, given=payload).returncode == 0:
                raise self._at_another_time(f"the key {key} of {signer}", moment, now)
        owners: dict[str, None] = {}
        for instant in (now, *(moment.inside for moment in moments)):
            found = self._run("find-principals", *self._people(instant), *named, given=payload)
            lines = found.stdout.decode(errors="replace").splitlines()
            owners |= dict.fromkeys(name for line in lines for name in line.split(",") if name)
        if any(fnmatchcase(signer, pattern) for pattern in owners):
            raise SignatureRejectedError(
                Flaw.KEY_NOT_VALID,
                f"{self.allowed_signers.name} does not allow the key {key} of {signer} for {namespace}",
                "sign anew with a key that it allows for that, or correct its namespaces",
            )
        owner = f"the key of {', '.join(owners)}" if owners else "a key of nobody who may sign"
        raise SignatureRejectedError(
            Flaw.FORGED,
            f"signed in the name of {signer} with {owner} ({key})",
            f"have the key reviewed and added to {self.allowed_signers.name} if it is theirs; if not, "
            "take the record away, and find out who put it there",
        )

    def _people(self, at: datetime) -> tuple[str, ...]:
        return "-f", str(self.allowed_signers), f"-Overify-time={at.astimezone(UTC):%Y%m%d%H%M%S}"

    def _moments(self) -> tuple["_Moment", ...]:
        """One moment at each end of a key's time, so that a key out of its time is told from an unknown one.

        ssh-keygen says which it is on some versions only.
        """
        text = self.allowed_signers.read_text(encoding="utf-8", errors="replace")
        ends = dict.fromkeys(_VALIDITY.findall(text))
        return tuple(filter(None, (_moment(which, stamp) for which, stamp in list(ends)[:_MOST_MOMENTS])))

    def _at_another_time(self, key: str, moment: "_Moment", now: datetime) -> SignatureRejectedError:
        state = "yet: only from" if moment.inside > now else "any more: only until"
        return SignatureRejectedError(
            Flaw.KEY_NOT_VALID,
            f"{key} is not valid {state} {moment.end:%Y-%m-%d %H:%MZ}",
            f"sign anew with a key that is valid now, or correct its time in {self.allowed_signers.name}",
        )

    def _run(
        self, action: str, *arguments: str, given: bytes, seconds: float = _VERIFY_SECONDS
    ) -> "subprocess.CompletedProcess[bytes]":
        program = shutil.which(self.program)
        if program is None:
            raise SignatureRejectedError(
                Flaw.UNVERIFIED, f"no {self.program} on this machine", HOW_TO_INSTALL
            )
        # Times are local ones to ssh-keygen; messages are read below.
        environ = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 - found on the path, arguments are a list
                [program, "-Y", action, *arguments],
                input=given,
                capture_output=True,
                timeout=seconds,
                env=environ,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SignatureRejectedError(
                Flaw.UNVERIFIED, f"{self.program} did not answer: {error}", HOW_TO_INSTALL
            ) from error
        if b"unknown option" in done.stderr or b"illegal option" in done.stderr:
            raise SignatureRejectedError(
                Flaw.UNVERIFIED, f"this {self.program} cannot sign: {_last_line(done.stderr)}", HOW_TO_INSTALL
            )
        return done


def _moment(which: str, stamp: str) -> _Moment | None:
    try:
        end = datetime.strptime(stamp.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None  # ssh-keygen takes no such line either
    return _Moment(end, end if which == "after" else end - timedelta(seconds=1))


def _not_over_these_bytes(said: bytes, namespace: str) -> SignatureRejectedError:
    if b"namespace" in said:
        return SignatureRejectedError(
            Flaw.FORGED,
            f"its signature was made for something else than {namespace}",
            "have it signed anew with golive if its author signed it by hand; if not, "
            "take the record away, and find out who put it there",
        )
    if b"incorrect signature" in said:
        return SignatureRejectedError(
            Flaw.ALTERED,
            "what it says is not what was signed",
            "take it from version control as it was, or have it signed anew",
        )
    return SignatureRejectedError(
        Flaw.UNSIGNED, f"its signature cannot be read: {_last_line(said)}", "have it signed anew"
    )


def _fingerprint(output: bytes) -> str:
    found = _FINGERPRINT.search(output.decode(errors="replace"))
    return found[0] if found else ""


def _last_line(output: bytes) -> str:
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
