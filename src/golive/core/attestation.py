"""What people sign: attestations for lines, decisions on reports, and why one of them is not accepted."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from golive.core.people import Principal
from golive.core.record import Instant, Record
from golive.core.release import ReleaseIdentity
from golive.core.verdict import Decision

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Seen(Record):
    """What somebody looked at: where it was, and the SHA-256 of its bytes, hexadecimal."""

    source: str
    sha256: Sha256


class _Signed(Record):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    by: Principal
    environment: str
    release: ReleaseIdentity
    at: Instant


class Attestation(_Signed):
    """A person's claim for one line, about one release in one environment; it always ends."""

    schema_id: Literal["golive/attestation/1"] = Field("golive/attestation/1", alias="schema")
    item: str
    line: str
    """The line's words when it was attested: a line that says something else now was not."""
    statement: str
    seen: tuple[Seen, ...] = Field(min_length=1)
    drilled: date | None = None
    """When what is attested was last tried out."""
    expires: Instant

    @property
    def subject(self) -> str:
        """What it is for: the line's id."""
        return self.item

    @property
    def digests(self) -> frozenset[str]:
        """The SHA-256 of everything that was looked at."""
        return frozenset(entry.sha256 for entry in self.seen)


class Choice(StrEnum):
    """What a stakeholder decides."""

    GO = "go"
    NO_GO = "no-go"


class SeenReport(Record):
    """A report that somebody decided on."""

    run: str
    sha256: Sha256
    """Of ``checklist.html``, as it lay before them."""
    verdict: Decision


class StakeholderDecision(_Signed):
    """The decision of one role of the sign-off table on the reports that its holder saw."""

    schema_id: Literal["golive/decision/1"] = Field("golive/decision/1", alias="schema")
    role: str
    decision: Choice
    reason: str = ""
    reports: tuple[SeenReport, ...] = Field(min_length=1)

    @property
    def subject(self) -> str:
        """What it is for: the role."""
        return self.role


class Flaw(StrEnum):
    """Why a signed record is not accepted."""

    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    FORGED = "forged"
    KEY_NOT_VALID = "key not valid"
    OTHER_ENVIRONMENT = "for another environment"
    OTHER_RELEASE = "for another release"
    OTHER_LINE = "for another line"
    FROM_THE_FUTURE = "from the future"
    ROLE = "by a role that may not"
    SELF_APPROVED = "self-approved"
    AGAINST_THE_VERDICT = "against the verdict"
    EXPIRED = "expired"
    INCOMPLETE = "one of several people is missing"
    UNVERIFIED = "not verified"

    @property
    def is_invalid(self) -> bool:
        """Whether it speaks against the line. An end that came, a person who is still to sign, or a
        machine that cannot verify do not."""
        return self not in (Flaw.EXPIRED, Flaw.INCOMPLETE, Flaw.UNVERIFIED)


class Rejection(Record):
    """A signed record that is not accepted, in words."""

    subject: str
    """The line, or the role; empty when not even that can be read."""
    path: str
    flaw: Flaw
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.flaw}: {self.reason}"
