"""What is seen of servers: ports and their own metrics. Facts only."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import JsonValue

from golive.net.address import Address


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """One look at a server's own metrics. Everything that it does not say is None or empty."""

    kind: ClassVar[str] = "metrics"

    server: str
    where: str
    cpu_seconds: float | None
    """Processor time of all modes and processors."""
    cpu_unused_seconds: float | None
    memory_total: float | None
    memory_available: float | None
    disks: tuple[tuple[str, float, float], ...]
    """Mount point, bytes, bytes that are left."""
    clock: float | None
    """Unix time."""

    @property
    def title(self) -> str:
        """Whose metrics."""
        return f"metrics of {self.server}: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """What was read."""
        return {
            "cpu seconds": self.cpu_seconds,
            "unused cpu seconds": self.cpu_unused_seconds,
            "memory bytes": self.memory_total,
            "available memory bytes": self.memory_available,
            "disks": [{"mount": mount, "bytes": size, "left": left} for mount, size, left in self.disks],
            "clock": self.clock,
        }


PortState = Literal["open", "refused", "silent", "unreachable", "no way"]
"""Accepted; RST; nothing within the deadline; an ICMP error; no route of this family on this machine."""


@dataclass(frozen=True, slots=True)
class PortObservation:
    """One attempt to connect."""

    kind: ClassVar[str] = "port"

    host: str
    service: str
    """What listens, or would listen, there."""
    address: Address
    state: PortState
    elapsed_ms: float

    @property
    def title(self) -> str:
        """Host, service and address."""
        return f"{self.host} {self.service} [{self.address}]"

    @property
    def family(self) -> Literal["ipv4", "ipv6"]:
        """Of the address."""
        return "ipv6" if ":" in self.address.ip else "ipv4"

    def facts(self) -> dict[str, JsonValue]:
        """Address, state and time."""
        return {"address": str(self.address), "state": self.state, "ms": round(self.elapsed_ms, 2)}
