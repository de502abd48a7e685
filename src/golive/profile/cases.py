"""What a profile says about the network cases: other severities."""

import difflib
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from golive.profile.base import Frozen

_FAMILIES = {"T": 29, "P": 23, "H": 22, "D": 46, "C": 20}
"""Letter of a family to the number of its last case."""

CASE_IDS = frozenset(
    {f"{letter}{number:02}" for letter, last in _FAMILIES.items() for number in range(1, last + 1)} | {"D05A"}
)
"""Every case that a profile may re-rank."""


def _known(name: str) -> str:
    if name in CASE_IDS:
        return name
    near = difflib.get_close_matches(name.upper(), sorted(CASE_IDS), n=3)
    known = ", ".join(f"{letter}01 to {letter}{last:02}" for letter, last in _FAMILIES.items())
    raise ValueError(
        f"no such case — did you mean {' or '.join(near)}?" if near else f"no such case — {known}"
    )


CaseId = Annotated[str, AfterValidator(_known)]


class CaseOverride(Frozen):
    """Another severity for a case of the network families, with the reason that the report shows."""

    severity: Literal["blocking", "advisory"]
    reason: str = Field(min_length=8)
