"""A drill: an alert that goes to its receiver, is read back there, and is resolved."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from golive.monitoring.observation_alerting import DrillObservation
from golive.monitoring.probe_alertmanager import AlertmanagerProbe
from golive.net.http import HttpProbe
from golive.net.masking import masked_url
from golive.profile.secrets import Secret

PAUSE_SECONDS = 0.1
RUN_LABEL = "golive_run"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where it can be read what was received: any answer that names the alerts."""

    http: HttpProbe
    url: str
    token: Secret | None = None

    async def names(self, marker: str) -> tuple[int, bool]:
        """Return the answer's status, and whether it names ``marker``. Raises ProbeError."""
        answer = await self.http.get(self.url, token=self.token)
        return answer.status, answer.status == 200 and marker in answer.text()


async def drill(
    alertmanagers: Sequence[AlertmanagerProbe],
    receiver: Receiver,
    *,
    name: str,
    labels: Mapping[str, str],
    marker: str,
    within: timedelta,
    lasts_at_most: timedelta,
    now: Callable[[], datetime],
) -> DrillObservation:
    """Send an alert to every Alertmanager, as Prometheus does, and look for ``marker`` at the receiver.

    It is resolved whatever happens, and ends by itself after ``lasts_at_most`` besides.

    Raises:
        ProbeError: an Alertmanager or the receiver does not answer.
    """
    carried = {**labels, "alertname": name, RUN_LABEL: marker}
    said = {"summary": f"Drill of {marker}: nothing is wrong, and nobody need do anything."}
    starts = now()
    began = perf_counter()
    received: float | None = None
    try:
        for alertmanager in alertmanagers:
            await alertmanager.send(carried, said, starts, starts + lasts_at_most)
        while True:
            status, named = await receiver.names(marker)
            passed = perf_counter() - began
            if named:
                received = passed * 1000
            if named or passed > within.total_seconds():
                break
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        for alertmanager in alertmanagers:
            await alertmanager.send(carried, said, starts, now())
    resolved = await _gone(alertmanagers, name, marker)
    return DrillObservation(name, masked_url(receiver.url), status, received, resolved)


async def _gone(alertmanagers: Sequence[AlertmanagerProbe], name: str, marker: str) -> bool:
    for _ in range(20):
        seen = [await one.alerts(name, **{RUN_LABEL: marker}) for one in alertmanagers]
        if not any(observation.alerts for observation in seen):
            return True
        await asyncio.sleep(PAUSE_SECONDS)
    return False
