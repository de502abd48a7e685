"""What the facts say of servers, firewall and load balancer: where they stand on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.stack.plan import PUBLIC_HOSTS, StackPlan
from rehearsal.stack.ports import LOOPBACK, LOOPBACK_IPV6, public_addresses

TRIAL = "http://{host}:{port}/ops/state/{{state}}?seconds={{seconds}}"
NO_API = {"absent": "it serves no API of its own"}
NO_METRICS = {"absent": "its exporter comes with the monitoring"}


@dataclass(frozen=True)
class FleetFacts:
    """Ports by purpose. The outside is `public_addresses()`, the inside is `LOOPBACK`."""

    plan: StackPlan
    edge: dict[str, int]
    """What the outside may reach: service to port."""
    inside: dict[str, int]
    """What it may not."""
    replicas: dict[str, int]

    @property
    def has_ipv6(self) -> bool:
        """Whether this machine has IPv6."""
        return LOOPBACK_IPV6 in public_addresses()

    def addresses_of(self, host: str, port: int) -> list[str]:
        """Where a public host's port is dialled: IPv4 first, IPv6 where machine and zone have it."""
        found = [f"{LOOPBACK}:{port}"]
        if self.has_ipv6 and self.plan.gives_ipv6(host):
            found.append(f"[{LOOPBACK_IPV6}]:{port}")
        return found

    def declared(self) -> dict[str, list[str]]:
        """Public host to the addresses that it must have here."""
        wanted = [LOOPBACK, *([LOOPBACK_IPV6] if self.has_ipv6 else [])]
        return dict.fromkeys(PUBLIC_HOSTS, wanted)

    def document(self) -> dict[str, Any]:
        """The parts of the profile."""
        absent = {} if self.has_ipv6 else {"ipv6": {"absent": "this machine has no IPv6 loopback address"}}
        urls = {name: TRIAL.format(host=LOOPBACK, port=port) for name, port in self.replicas.items()}
        outside = list(public_addresses()) or [LOOPBACK]
        return {
            "features": absent,
            "fleet": {"servers": [*self._replicas(), self._edge(), *self._stores()]},
            "firewall": {
                "hosts": [
                    {"name": "edge", "addresses": outside, "open": self.edge,
                     "closed": self.inside | self.replicas},
                ],
            },
            "load_balancer": {"trial": {"urls": urls}},
        }  # fmt: skip

    def _replicas(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "addresses": [LOOPBACK],
                "ports": {"api": port},
                "api": f"http://{LOOPBACK}:{port}{self.plan.api_prefix}",
                "metrics": f"http://{LOOPBACK}:{port}/metrics",
            }
            for name, port in self.replicas.items()
        ]

    def _edge(self) -> dict[str, Any]:
        addresses = [LOOPBACK, *public_addresses()]
        return {"name": "edge", "addresses": addresses, "ports": self.edge, "api": NO_API,
                "metrics": NO_METRICS}  # fmt: skip

    def _stores(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "addresses": [LOOPBACK], "ports": {name: self.inside[name]}, "api": NO_API,
             "metrics": NO_METRICS}
            for name in ("database", "cache")
        ]  # fmt: skip
