"""A small world of name servers: parent, two servers of a signed zone, resolver; healthy unless changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rehearsal.stack.network.dns import Answers, NameserverListener
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.network.resolver import Resolver
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.network.zone_keys import ZoneKeys
from rehearsal.stack.plan import NameserverPlan, Record, ResolverPlan

ZONE = "lab.test"
WEB, WEB6 = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
"""Public addresses of nobody's in the lab; nothing is ever sent there."""
OLD = "93.184.215.99"
NS = {"ns1": "127.0.53.11", "ns2": "127.0.53.12"}


@dataclass
class Lab:
    """What is about to be started, and what the owner declares of it."""

    servers: list[NameserverPlan]
    parent: NameserverPlan
    resolver: ResolverPlan
    keys: ZoneKeys
    ds: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=lambda: [ZONE, f"api.{ZONE}"])
    declared: dict[str, object] = field(default_factory=dict)
    """Laid over the profile's targets.dns."""
    instead: dict[str, Answers] = field(default_factory=dict)
    """Server name to what answers in its place."""
    addresses: dict[str, list[str]] = field(default_factory=dict)
    """What lies beyond the zone: host and port to where it is."""
    below: list[tuple[str, str, NameserverPlan]] = field(default_factory=list)
    """Zones that are delegated further: name, address of their server in the zone, server."""

    def everywhere(self, name: str, kind: str, *values: str, ttl: int = 300) -> None:
        """Replace a record set at every server; no values remove it."""
        owner = f"{name}." if name else f"{ZONE}."
        for server in self.servers:
            kept = [each for each in server.records if (each.name, each.kind) != (owner, kind)]
            server.records = kept + [Record(owner, kind, value, ttl) for value in values]


def healthy() -> Lab:
    """A world in which nothing is wrong."""
    origin = f"{ZONE}."
    keys = ZoneKeys(ZONE)
    return Lab(
        servers=[NameserverPlan(f"{label}.{ZONE}", _records(), 2026112301) for label in NS],
        parent=NameserverPlan("ns.test", _delegation(origin), 1, signed=False),
        resolver=ResolverPlan("resolver.lab"),
        keys=keys,
        ds=[keys.ds_text()],
    )


def _records() -> list[Record]:
    origin = f"{ZONE}."
    return [
        *(Record(origin, "NS", f"{label}.{origin}", 3600) for label in NS),
        *(Record(f"{label}.{origin}", "A", address, 3600) for label, address in NS.items()),
        *(Record(name, "A", WEB) for name in (origin, f"api.{origin}", f"www.{origin}")),
        *(Record(name, "AAAA", WEB6) for name in (origin, f"api.{origin}", f"www.{origin}")),
        Record(origin, "HTTPS", f"1 . alpn=h2 ipv4hint={WEB} ipv6hint={WEB6}"),
        Record(origin, "CAA", '0 issue "ca.test"', 3600),
        Record(origin, "TXT", '"v=spf1 -all"', 3600),
        Record(f"_dmarc.{origin}", "TXT", '"v=DMARC1; p=reject"', 3600),
    ]


def _delegation(origin: str) -> list[Record]:
    return [
        Record("test.", "NS", "ns.test."),
        *(Record(origin, "NS", f"{label}.{origin}", 3600) for label in NS),
        *(Record(f"{label}.{origin}", "A", address, 3600) for label, address in NS.items()),
    ]


@dataclass(frozen=True)
class Running:
    """Where a lab listens: the profile's targets.dns and network.addresses for it."""

    dns: dict[str, object]
    addresses: dict[str, list[str]]
    hosts: tuple[str, ...]


@asynccontextmanager
async def running(lab: Lab) -> AsyncIterator[Running]:
    """Start a lab, and end it with the block."""
    lab.parent.records += [Record(f"{ZONE}.", "DS", text, 3600) for text in lab.ds]
    zones = [Zone(ZONE, server, lab.keys) for server in lab.servers]
    deeper = [Zone(name, plan) for name, _, plan in lab.below]
    everything: list[Answers] = [*zones, *deeper, Zone("test", lab.parent), Resolver(lab.resolver, zones)]
    listeners: list[NameserverListener] = []
    at: dict[str, str] = {}
    try:
        for answers in everything:
            listener = NameserverListener(lab.instead.get(answers.plan.name, answers))
            listeners.append(listener)
            port = await listener.start(0)
            at[answers.plan.name] = f"{LOOPBACK}:{port}"
            if not answers.plan.running:
                await listener.stop()
        yield Running(_declared(lab, at), _addresses(lab, at), tuple(lab.hosts))
    finally:
        for listener in listeners:
            await listener.stop()


def _declared(lab: Lab, at: dict[str, str]) -> dict[str, object]:
    named = [{"name": server.name, "address": at[server.name]} for server in lab.servers]
    return {
        "zone": ZONE,
        "nameservers": named,
        "start": [{"name": lab.parent.name, "address": at[lab.parent.name]}],
        "resolvers": [
            {"name": f"{lab.resolver.name} {number}", "address": at[lab.resolver.name]}
            for number in (1, 2, 3)
        ],
        "records": [{"name": ZONE, "type": "A", "values": [WEB]}],
        "certificate_authority": "ca.test",
        "bounds": {"question_deadline": "1500 ms", "slow": "500 ms"},
        **lab.declared,
    }


def _addresses(lab: Lab, at: dict[str, str]) -> dict[str, list[str]]:
    found = {f"{NS[label]}:53": [at[server.name]] for label, server in zip(NS, lab.servers, strict=False)}
    return found | lab.addresses | {f"{address}:53": [at[plan.name]] for _, address, plan in lab.below}
