"""All that answers DNS questions: two authoritative servers, their parent, a resolver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rehearsal.stack.network.dns import Answers, NameserverListener
from rehearsal.stack.network.ports import PortReservations
from rehearsal.stack.network.resolver import Resolver
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.network.zone_keys import ZoneKeys
from rehearsal.stack.plan import APP_HOST, PARENT_ZONE, Record, StackPlan


def plan_name_service(plan: StackPlan) -> list[Answers]:
    """What is to listen; the zone's key is of this run only, and its DS stands at the parent."""
    keys = ZoneKeys(APP_HOST)
    named = ZoneKeys(APP_HOST) if plan.signs_with_another_key else keys
    delegation = Record(f"{APP_HOST}.", "DS", named.ds_text(), ttl=3600)
    parent = replace(plan.parent, records=[*plan.parent.records, delegation])
    zones = [Zone(APP_HOST, server, keys) for server in plan.nameservers]
    return [*zones, Zone(PARENT_ZONE, parent), Resolver(plan.resolver, zones)]


@dataclass(frozen=True)
class NameService:
    """What listens, and every server's port, also of one that does not listen."""

    ports: dict[str, int]
    listeners: list[NameserverListener]


async def start_name_service(plan: StackPlan, ports: PortReservations, opened: list[Any]) -> NameService:
    """Start what is to listen; each is in `opened` before it does. Raises OSError when a port is taken."""
    found: dict[str, int] = {}
    listeners: list[NameserverListener] = []
    for answers in plan_name_service(plan):
        name = answers.plan.name
        found[name] = ports.reserve_both(name)
        if answers.plan.running:
            listener = NameserverListener(answers)
            listeners.append(listener)
            opened.append(listener)
            await listener.start(found[name], datagrams=ports.hand_over_both(name))
    return NameService(found, listeners)
