"""All that answers DNS questions: two authoritative servers, their parent, a resolver."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.stack.dns import Answers
from rehearsal.stack.plan import APP_HOST, PARENT_ZONE, Record, StackPlan
from rehearsal.stack.resolver import Resolver
from rehearsal.stack.zone import Zone
from rehearsal.stack.zone_keys import ZoneKeys


def plan_name_service(plan: StackPlan) -> list[Answers]:
    """What is to listen; the zone's key is of this run only, and its DS stands at the parent."""
    keys = ZoneKeys(APP_HOST)
    named = ZoneKeys(APP_HOST) if plan.signs_with_another_key else keys
    delegation = Record(f"{APP_HOST}.", "DS", named.ds_text(), ttl=3600)
    parent = replace(plan.parent, records=[*plan.parent.records, delegation])
    zones = [Zone(APP_HOST, server, keys) for server in plan.nameservers]
    return [*zones, Zone(PARENT_ZONE, parent), Resolver(plan.resolver, zones)]
