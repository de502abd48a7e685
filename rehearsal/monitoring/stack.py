"""Starts the monitoring once, behind proxies: a run that does not look at it does not pay for it."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rehearsal.monitoring.documents import (
    Places,
    alertmanager_document,
    prometheus_document,
    rules_document,
)
from rehearsal.monitoring.on_demand import OnDemandProxy
from rehearsal.monitoring.plan import Edit, MonitoringPlan
from rehearsal.monitoring.programs import MonitoringPrograms
from rehearsal.stack.network.ports import LOOPBACK, PortReservations
from rehearsal.stack.network.probing import answers_http
from rehearsal.stack.processes import Children
from rehearsal.stack.run_directory import RunDirectory
from rehearsal.stack.services import ALERT_RECEIVER, REMEDY, Services

PROMETHEUS, ALERTMANAGER, EXPORTER = "prometheus", "alertmanager", "database-exporter"
ON_DEMAND = (PROMETHEUS, ALERTMANAGER, ALERT_RECEIVER)
POST_SECONDS = 5.0
START_SECONDS = 30.0
ENVIRONMENT = {"GOMAXPROCS": "1", "GOGC": "50"}
"""Small and modest: it shares the machine with what it watches, and with those who verify it."""


@dataclass
class MonitoringStack:
    """The monitoring of one stack. `open` once, `stop` once."""

    run: RunDirectory
    ports: PortReservations
    children: Children
    services: Services
    plan: MonitoringPlan
    programs: MonitoringPrograms
    replicas: tuple[int, ...]
    database_url: str
    """As the exporter signs in."""

    def __post_init__(self) -> None:
        self._start: asyncio.Task[None] | None = None
        self._proxies: list[OnDemandProxy] = []

    @property
    def proxies(self) -> dict[str, int]:
        """Part to the port where it is found."""
        return {part: self.ports.reserve(f"{part}-proxy") for part in ON_DEMAND}

    async def open(self) -> None:
        """Listen for whoever asks first. Raises OSError when a port is taken."""
        for part, port in self.proxies.items():
            self.ports.hand_over(f"{part}-proxy")
            proxy = OnDemandProxy(self._ensure_started, self.ports.reserve(part))
            self._proxies.append(proxy)
            await proxy.start(port)

    async def stop(self) -> None:
        """Close the proxies, break off a start, and end what was started."""
        if self._start is not None:
            self._start.cancel()
            await asyncio.gather(self._start, return_exceptions=True)
        for proxy in self._proxies:
            await proxy.stop()
        for part in (PROMETHEUS, ALERTMANAGER, EXPORTER, ALERT_RECEIVER):
            await self.children.end(part)

    @property
    def started(self) -> bool:
        """Whether somebody has looked at it."""
        return self._start is not None

    async def _ensure_started(self) -> None:
        if self._start is None:
            self._start = asyncio.create_task(self._start_all())
        await asyncio.shield(self._start)

    async def _start_all(self) -> None:
        proxies = self.proxies
        at = Places(
            prometheus=self.ports.reserve(PROMETHEUS),
            alertmanager=proxies[ALERTMANAGER],
            receiver=proxies[ALERT_RECEIVER],
            exporter=self.ports.reserve(EXPORTER),
            replicas=self.replicas,
        )
        home = self.run.subdirectory("monitoring")
        await asyncio.gather(
            self.services.start_alert_receiver(),
            self._start_exporter(),
            self._start_alertmanager(home, at),
            self._start_prometheus(home, at),
        )

    async def _start_prometheus(self, home: Path, at: Places) -> None:
        rules = self._write(home / "rules.yml", rules_document(at), self.plan.rule_edits)
        document = prometheus_document(at, str(rules))
        file = self._write(home / "prometheus.yml", document, self.plan.configuration_edits)
        await self._run(
            PROMETHEUS,
            [
                self.programs.prometheus,
                f"--config.file={file}",
                f"--storage.tsdb.path={home / 'series'}",
                "--storage.tsdb.retention.time=2h",
                # An alert that is taken back would otherwise be told of a minute later.
                "--rules.alert.resend-delay=1s",
                "--log.level=warn",
            ],
            "/-/ready",
        )

    async def _start_alertmanager(self, home: Path, at: Places) -> None:
        file = self._write(home / "alertmanager.yml", alertmanager_document(at), self.plan.routing_edits)
        command: list[str | Path] = [
            self.programs.alertmanager,
            f"--config.file={file}",
            f"--storage.path={home / 'alerts'}",
        ]
        command += ["--cluster.listen-address=", "--log.level=warn"]
        await self._run(ALERTMANAGER, command, "/-/ready")
        for matchers in self.plan.silences:
            await asyncio.to_thread(_silence, self.ports.reserve(ALERTMANAGER), matchers)

    async def _start_exporter(self) -> None:
        if self.plan.exporter_runs:
            command: list[str | Path] = [self.programs.exporter, "--log.level=error"]
            secret = {"DATA_SOURCE_NAME": f"{self.database_url}?sslmode=disable"}
            await self._run(EXPORTER, command, "/", secret)

    async def _run(
        self, part: str, command: list[str | Path], ready: str, environment: dict[str, str] | None = None
    ) -> None:
        port = self.ports.hand_over(part)
        child = await self.children.start(
            part,
            [*command, f"--web.listen-address={LOOPBACK}:{port}"],
            log=self.run.log(part),
            directory=self.run.path,
            environment=ENVIRONMENT | (environment or {}),
        )
        await child.wait_until(lambda: answers_http(port, ready), REMEDY, START_SECONDS)

    def _write(self, file: Path, document: dict[str, Any], edits: list[Edit]) -> Path:
        for edit in edits:
            edit(document)
        return self.run.private_file(file, json.dumps(document, indent=1))


def _silence(port: int, matchers: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    silence = {
        "matchers": [matchers],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(days=7)).isoformat(),
        "createdBy": "somebody",
        "comment": "while we test",
    }
    request = urllib.request.Request(
        f"http://{LOOPBACK}:{port}/api/v2/silences",
        json.dumps(silence).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=POST_SECONDS).close()  # noqa: S310 - our own, on loopback
