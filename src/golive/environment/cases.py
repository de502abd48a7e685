"""What a profile says about the network cases: other severities, and what HTTP is asked for."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from golive.model.duration import parse_duration


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
