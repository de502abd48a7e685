"""The third parties of a stack: how they start, and what the facts say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rehearsal.stack.network.certificates import ServedCertificate
from rehearsal.stack.network.ports import LOOPBACK, PortReservations
from rehearsal.stack.network.probing import accepts
from rehearsal.stack.partners_plan import PartnersPlan
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory
from rehearsal.third_party import hosts
from rehearsal.third_party.settings import MAIL_USER, PROJECT, PartnerCredentials, Settings

NAME = "third-parties"
MAIL = "third-parties-mail"
MAIL_PORT = 587
REMEDY = "see the end of its log below; a package may be missing from this Python environment"


@dataclass(frozen=True)
class Partners:
    """The third parties of one run, before and after their start."""

    run: RunDirectory
    ports: PortReservations
    credentials: PartnerCredentials = field(default_factory=PartnerCredentials)

    def access_log(self, replica: str) -> Path:
        """Where a replica's requests are logged."""
        return self.run.log(f"{replica}-requests")

    def variables(self, plan: PartnersPlan, served: ServedCertificate, replicas: list[str]) -> dict[str, str]:
        """All that their process is told."""
        settings = Settings(
            host=LOOPBACK,
            port=self.ports.reserve(NAME),
            mail_port=self.ports.reserve(MAIL),
            certificate=served.chain,
            key=served.key,
            credentials=self.credentials,
            replicas={name: f"http://{LOOPBACK}:{self.ports.reserve(name)}/metrics" for name in replicas},
            logs={name: self.access_log(name) for name in replicas},
            faults=tuple(plan.faults),
        )
        return settings.environment()

    async def start(self, children: Children, variables: dict[str, str]) -> Child:
        """Start them all, one process. Raises PartFailed."""
        port, _ = self.ports.hand_over(NAME), self.ports.hand_over(MAIL)
        child = await children.fork(
            NAME,
            "rehearsal.third_party",
            log=self.run.log(NAME),
            directory=self.run.path,
            environment=variables,
        )
        await child.wait_until(lambda: accepts(port), REMEDY)
        return child

    def addresses(self) -> dict[str, list[str]]:
        """Public ``host:port`` to where it is dialled."""
        https = f"{LOOPBACK}:{self.ports.reserve(NAME)}"
        mail = f"{LOOPBACK}:{self.ports.reserve(MAIL)}"
        return {f"{host}:443": [https] for host in hosts.HOSTS} | {f"{hosts.MAIL}:{MAIL_PORT}": [mail]}

    def profile(self) -> dict[str, Any]:
        """What the profile cannot know: the launch is today."""
        return {"launch": {"date": datetime.now(UTC).date().isoformat()}}

    def secrets(self) -> dict[str, str]:
        """Variable to value, as the third parties gave them out."""
        given = self.credentials
        calendar = f"https://{hosts.CALENDAR}/{given.calendar_token}"
        sender = f"from=golive@audotics.test&to=launch@audotics.test&smtp={hosts.MAIL}&mode=starttls"
        return {
            "GOLIVE_ERRORS_DSN": f"https://{given.sentry_key}@{hosts.SENTRY}/{PROJECT}",
            "GOLIVE_ERRORS_TOKEN": given.sentry_token,
            "GOLIVE_LOGS_TOKEN": given.loki_token,
            "GOLIVE_DASHBOARDS_TOKEN": given.grafana_token,
            "GOLIVE_ON_CALL_FIRST": f"{calendar}/first.ics",
            "GOLIVE_ON_CALL_SECOND": f"{calendar}/second.ics",
            "GOLIVE_CHAT_URL": f"mmosts://golive@{hosts.CHAT}/{given.chat_hook}",
            "GOLIVE_CHAT_TOKEN": given.chat_token,
            "GOLIVE_MAIL_URL": f"mailtos://{MAIL_USER}:{given.mail_password}@{hosts.MAIL}:{MAIL_PORT}?{sender}",
            "GOLIVE_MAIL_TOKEN": given.mail_token,
            "GOLIVE_PAGER_URL": f"jsons://{hosts.PAGER}/page/{given.pager_key}",
        }
