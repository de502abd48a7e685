"""What a profile says about the network cases: other severities, and what HTTP is asked for."""

import difflib
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from golive.core.duration import parse_duration

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


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpRequirements(_Frozen):
    """What is asked of the public hosts' answers, beyond HTTPS."""

    unexposed_paths: tuple[str, ...] = (
        "/.env",
        "/.git/HEAD",
        "/.git/config",
        "/debug/pprof/",
        "/server-status",
        "/actuator/env",
    )
    """Paths that no public host may serve."""
    open_routes: tuple[
        Literal["health", "version", "profile", "recommendations", "sessions", "trending"], ...
    ] = (
        "profile",
        "recommendations",
    )
    """Routes of the API at which, beside its root, cookies and trusted origins are looked at, signed out."""
    clock_skew: Annotated[timedelta, BeforeValidator(_duration)] = timedelta(minutes=1)
    """How far an answer's Date may be from the real time."""


class CaseOverride(_Frozen):
    """Another severity for a case of the network families, with the reason that the report shows."""

    severity: Literal["blocking", "advisory"]
    reason: str = Field(min_length=8)
