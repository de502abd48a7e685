"""What stays the same for as long as a stack lives, whatever its plan becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.database import Roles
from rehearsal.database.accounts import Accounts
from rehearsal.monitoring.stack import MonitoringStack
from rehearsal.stack.network.dns import NameserverListener
from rehearsal.stack.network.empty_answers import EmptyAnswers
from rehearsal.stack.network.ports import PortReservations
from rehearsal.stack.partners import Partners
from rehearsal.stack.parts import Parts, Progress
from rehearsal.stack.processes import Children
from rehearsal.stack.run_directory import RunDirectory
from rehearsal.stack.services import Credentials

Listener = NameserverListener | EmptyAnswers | MonitoringStack


@dataclass
class Grounds:
    """Ports, secrets, accounts and the parts themselves."""

    run: RunDirectory
    children: Children
    progress: Progress
    ports: PortReservations = field(default_factory=PortReservations)
    issued: Credentials = field(default_factory=Credentials)
    roles: Roles = field(default_factory=Roles)
    accounts: Accounts = field(default_factory=Accounts.generate)
    in_process: list[Listener] = field(default_factory=list)
    """What listens in this process."""
    remarks: list[str] = field(default_factory=list)
    beginnings: int = 0
    """How often the stack began anew, with nothing written and nothing remembered."""

    uses: int = 0
    """How often the database was found to be used, or was another server's."""

    def __post_init__(self) -> None:
        self.parts = Parts(self.progress)
        self.partners = Partners(self.run, self.ports)

    def begin_anew(self) -> None:
        """Let the next assembly leave nothing of what was written or remembered meanwhile."""
        self.beginnings += 1
        self.parts.begin_quietly()

    async def close(self, listener: Listener) -> None:
        """End what listens in this process."""
        await listener.stop()
        self.in_process.remove(listener)
