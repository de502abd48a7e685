"""What is seen of Alertmanager: alerts, silences, and a drill's way. Facts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from golive.net.masking import masked_name, masked_text

SHOWN_AT_MOST = 40


class Matcher(BaseModel, frozen=True, defer_build=True):
    """One condition of a silence on a label; a label that an alert lacks counts as empty."""

    name: str
    value: str
    is_regex: bool = Field(alias="isRegex")
    is_equal: bool = Field(default=True, alias="isEqual")

    def __str__(self) -> str:
        sign = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
        return f'{self.name}{sign[self.is_regex, self.is_equal]}"{self.value}"'


class _State(BaseModel, frozen=True, defer_build=True):
    state: str


class Silence(BaseModel, frozen=True, defer_build=True):
    """Alerts that match all of its matchers reach nobody, from ``starts`` to ``ends``."""

    id: str
    matchers: tuple[Matcher, ...]
    starts: AwareDatetime = Field(alias="startsAt")
    ends: AwareDatetime = Field(alias="endsAt")
    created_by: str = Field(default="", alias="createdBy")
    comment: str = ""
    status: _State

    def __str__(self) -> str:
        return f"{{{', '.join(map(str, self.matchers))}}}"


class ActiveAlert(BaseModel, frozen=True, defer_build=True):
    """An alert that Alertmanager holds as firing."""

    labels: dict[str, str]
    updated: AwareDatetime = Field(alias="updatedAt")


@dataclass(frozen=True, slots=True)
class SilencesObservation:
    """Every silence that has not expired."""

    kind: ClassVar[str] = "alerts"

    where: str
    silences: Sequence[Silence]

    @property
    def title(self) -> str:
        """Where."""
        return f"silences: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Each, up to a bound."""
        shown: list[JsonValue] = [
            {
                "matchers": [masked_name(str(matcher), longest=120) for matcher in silence.matchers[:10]],
                "state": masked_name(silence.status.state, longest=20),
                "from": silence.starts.isoformat(timespec="seconds"),
                "until": silence.ends.isoformat(timespec="seconds"),
                "by": masked_text(silence.created_by, longest=60),
                "comment": masked_text(silence.comment, longest=120),
            }
            for silence in self.silences[:SHOWN_AT_MOST]
        ]
        return {"count": len(self.silences), "silences": shown}


@dataclass(frozen=True, slots=True)
class AlertsObservation:
    """Alerts of a name that Alertmanager holds as firing."""

    kind: ClassVar[str] = "alerts"

    where: str
    alert: str
    alerts: Sequence[ActiveAlert]

    @property
    def title(self) -> str:
        """Which, and where."""
        return f"alert {self.alert}: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """When each was heard of last, up to a bound."""
        heard: list[JsonValue] = [
            alert.updated.isoformat(timespec="seconds") for alert in self.alerts[:SHOWN_AT_MOST]
        ]
        return {"count": len(self.alerts), "updated": heard}


@dataclass(frozen=True, slots=True)
class DrillObservation:
    """How a drill alert went. ``received_ms`` is None where it was not read back in time."""

    kind: ClassVar[str] = "alerts"

    name: str
    receiver: str
    status: int
    """Of the receiver's latest answer."""
    received_ms: float | None
    resolved: bool
    """Whether no Alertmanager holds it as firing any more."""

    @property
    def title(self) -> str:
        """Which, and where it was looked for."""
        return f"drill alert {self.name}: {self.receiver}"

    def facts(self) -> dict[str, JsonValue]:
        """All of it."""
        return {
            "receiver's status": self.status,
            "received after ms": None if self.received_ms is None else round(self.received_ms),
            "resolved": self.resolved,
        }
