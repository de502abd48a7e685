"""Alertmanager, through its API v2: silences, alerts, and an alert of our own.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. Only this module knows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, RootModel

from golive.monitoring.api import MonitoringApi
from golive.net.errors import ProtocolError
from golive.net.masking import shown_name, shown_text

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
                "matchers": [shown_name(str(matcher), longest=120) for matcher in silence.matchers[:10]],
                "state": shown_name(silence.status.state, longest=20),
                "from": silence.starts.isoformat(timespec="seconds"),
                "until": silence.ends.isoformat(timespec="seconds"),
                "by": shown_text(silence.created_by, longest=60),
                "comment": shown_text(silence.comment, longest=120),
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


class _Silences(RootModel[list[Silence]], defer_build=True):
    pass


class _Alerts(RootModel[list[ActiveAlert]], defer_build=True):
    pass


class AlertmanagerProbe(MonitoringApi):
    """Asks one Alertmanager."""

    program = "Alertmanager"

    async def silences(self) -> SilencesObservation:
        """Every silence that has not expired.

        Raises:
            ProbeError: no answer, or one that the API's documents do not allow.
        """
        answer = await self._get("/api/v2/silences")
        found = self._read(_Silences, answer).root
        return SilencesObservation(
            answer.title, tuple(silence for silence in found if silence.status.state != "expired")
        )

    async def alerts(self, alert: str, **labels: str) -> AlertsObservation:
        """The firing alerts of a name, with further labels. Raises ProbeError as `silences`."""
        answer = await self._get("/api/v2/alerts")
        wanted = {"alertname": alert, **labels}
        held = self._read(_Alerts, answer).root
        found = tuple(one for one in held if wanted.items() <= one.labels.items())
        return AlertsObservation(answer.title, shown_name(alert, longest=80), found)

    async def send(
        self, labels: Mapping[str, str], annotations: Mapping[str, str], starts: datetime, ends: datetime
    ) -> None:
        """Raise an alert, or resolve it: by an end that has passed. Raises ProbeError as `silences`."""
        alert: dict[str, Any] = {
            "labels": dict(labels),
            "annotations": dict(annotations),
            "startsAt": starts.isoformat(),
            "endsAt": ends.isoformat(),
        }
        answer = await self._http.post(f"{self.url}/api/v2/alerts", json=[alert], token=self._token)
        if answer.status != 200:
            raise ProtocolError(
                f"Alertmanager answers an alert by {answer.status}", target=answer.title, phase="read"
            )
