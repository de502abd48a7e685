"""What the facts say of servers, firewall and load balancer: where they stand on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.stack.network.ports import LOOPBACK, LOOPBACK_IPV6, PUBLIC_IPV4, public_addresses
from rehearsal.stack.plan import PUBLIC_HOSTS, StackPlan

TRIAL = "http://{host}:{port}/ops/state/{{state}}?seconds={{seconds}}"
NO_API = {"absent": "it serves no API of its own"}
NO_METRICS = {"absent": "it stands on the machine of the replicas, whose metrics are looked at"}


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
        urls = {name: TRIAL.format(host=LOOPBACK, port=port) for name, port in self.replicas.items()}
        outside = public_addresses()
        return {
            "features": {name: {"absent": why} for name, why in self._families_without().items()},
            "fleet": {"servers": [*self._replicas(), self._edge(), *self._stores()]},
            "firewall": {
                "hosts": [
                    {"name": "edge", "addresses": list(outside), "open": self.edge,
                     "closed": self.inside | self.replicas},
                ] if outside else [],
            },
            "load_balancer": {"trial": {"urls": urls}},
        }  # fmt: skip

    def _families_without(self) -> dict[str, str]:
        """Families of which this machine has no address that could be the outside, and why not."""
        needed = {
            "ipv4": (PUBLIC_IPV4, "this machine's loopback has one IPv4 address only"),
            "ipv6": (LOOPBACK_IPV6, "this machine has no IPv6 loopback address"),
        }
        there = public_addresses()
        return {family: why for family, (address, why) in needed.items() if address not in there}

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
