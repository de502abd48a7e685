"""Network cases as the kernel knows them: subjects declare each at its rule, and a profile may re-rank it."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from golive.profile.base import Frozen
from golive.profile.subjects import load_rules

Severity = Literal["blocking", "advisory"]


class CaseError(ValueError):
    """A case is declared twice, or something is said of one that nobody declared."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that can be wrong, by its id in the document."""

    id: str
    title: str
    severity: Severity
    at: Mapping[str, Severity] = field(default_factory=dict, hash=False)
    """Moment of a change to the severity that the case has there instead."""

    def at_moment(self, moment: str | None) -> "Case":
        """Return the case with the severity that it has at a moment; None for outside of any."""
        return replace(self, severity=self.at.get(moment or "", self.severity))


CASES: dict[str, Case] = {}
"""Id to case, of every rule that was imported."""


def declare_case(case: Case) -> Case:
    """Note a case.

    Raises:
        CaseError: its id is taken.
    """
    if case.id in CASES:
        raise CaseError(f"case {case.id} is declared twice: {CASES[case.id].title!r} and {case.title!r}")
    CASES[case.id] = case
    return case


def known_cases() -> Mapping[str, Case]:
    """Return every case that a profile may re-rank, by id; imports the subjects' rules."""
    load_rules()
    return CASES


def _known(name: str) -> str:
    cases = known_cases()
    if name in cases:
        return name
    near = difflib.get_close_matches(name.upper(), sorted(cases), n=3)
    if near:
        raise ValueError(f"no such case — did you mean {' or '.join(near)}?")
    families: dict[str, list[str]] = {}
    for case in sorted(cases):
        families.setdefault(case[0], []).append(case)
    raise ValueError(f"no such case — {', '.join(f'{ids[0]} to {ids[-1]}' for ids in families.values())}")


CaseId = Annotated[str, AfterValidator(_known)]


class CaseException(Frozen):
    """Where a case of the network families is right all the same: a host, path or cookie, or all of them."""

    host: str | None = None
    """The host alone; none for each."""
    path: str | None = None
    """The path alone, `*` for any part of it; none for each."""
    cookie: str | None = None
    """The cookie's name, `*` for any part of it; none for each."""
    reason: str = Field(min_length=8)
    """Why it is right there; the report shows it."""

    @model_validator(mode="after")
    def _names_something(self) -> "CaseException":
        if self.host is self.path is self.cookie is None:
            raise ValueError("names no host, path or cookie: to accept a case everywhere, give it a severity")
        return self

    def covers(self, host: str, path: str, cookie: str) -> bool:
        """Whether it is about that place; what the place does not have is never covered."""
        return all(
            wanted is None or (seen != "" and fnmatchcase(seen, wanted))
            for wanted, seen in (
                (self.host and self.host.lower(), host.lower()),
                (self.path, path),
                (self.cookie, cookie),
            )
        )


class CaseOverride(Frozen):
    """What the profile says of a case of the network families: another severity, or where it is right."""

    severity: Severity | None = None
    """Whether the case blocks; none leaves it as the catalogue has it."""
    reason: str = Field(default="", min_length=8)
    """Why it has another severity; the report shows it."""
    exceptions: tuple[CaseException, ...] = ()
    """Places where the case is right all the same."""

    @model_validator(mode="after")
    def _says_something(self) -> "CaseOverride":
        if self.severity is None and not self.exceptions:
            raise ValueError("changes nothing: give a severity with its reason, or exceptions")
        if (self.severity is None) != (not self.reason):
            raise ValueError("severity and reason go together")
        return self
