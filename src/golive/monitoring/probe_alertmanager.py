"""Alertmanager, through its API v2: silences, alerts, and an alert of our own.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. Only this module knows it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import RootModel

from golive.monitoring.api import MonitoringApi
from golive.monitoring.observation_alerting import (
    ActiveAlert,
    AlertsObservation,
    Silence,
    SilencesObservation,
)
from golive.net.errors import ProtocolError
from golive.net.masking import masked_name


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
        return AlertsObservation(answer.title, masked_name(alert, longest=80), found)

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
