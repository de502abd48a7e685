"""Network cases as the kernel knows them: subjects declare each at its rule, and a profile may re-rank it."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

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


class CaseOverride(Frozen):
    """Another severity for a case of the network families, with the reason that the report shows."""

    severity: Severity
    """Whether it blocks the launch here, or is only reported."""
    reason: str = Field(min_length=8)
    """Why, in a sentence for the report."""
