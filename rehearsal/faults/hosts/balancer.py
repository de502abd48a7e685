"""A load balancer that spreads badly, or does not notice that a replica is not well."""

from __future__ import annotations

import asyncio
from typing import Any

from rehearsal.faults.base import ApiFault, Fault
from rehearsal.stack.plan import StackPlan


class Lopsided(Fault):
    """One replica gets three times as many requests as the other."""

    name = "balancer.lopsided"
    expected_failures = ("infra.load-balancer",)
    proves = ("test_requests_are_spread_over_all_replicas",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.weights = [3, 1]


class NoHealthChecks(Fault):
    """Nobody asks whether a replica is well."""

    name = "balancer.no-health-checks"
    expected_failures = ("infra.load-balancer",)
    proves = ("test_replica_that_is_not_well_gets_no_traffic",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.asks = None


class AsksLiveness(Fault):
    """A replica gets traffic as long as its process lives, ready or not."""

    name = "balancer.asks-liveness"
    expected_failures = ("infra.load-balancer",)
    proves = ("test_replica_that_is_not_well_gets_no_traffic",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.asks = "/health/live"


class Patient(Fault):
    """A replica has half a minute to say that it is well."""

    name = "balancer.patient"
    expected_failures = ("infra.load-balancer",)
    proves = ("test_replica_that_is_not_well_gets_no_traffic",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.patience = "30s"


class DrainingCuts(ApiFault):
    """A replica that begins to drain cuts everybody off who is connected to it."""

    name = "balancer.draining-cuts"
    expected_failures = ("infra.load-balancer",)
    proves = ("test_draining_replica_keeps_who_is_connected",)

    def modify(self, app: Any) -> None:
        healthy = app.replica_state.change
        cutting: set[asyncio.Task[None]] = set()

        async def cut() -> None:
            for socket in list(app.realtime.server.eio.sockets.values()):
                await socket.close(wait=False)

        def change(token: str | None, state: str, seconds: str) -> None:
            healthy(token, state, seconds)
            if state == "draining":
                cutting.add(asyncio.get_running_loop().create_task(cut()))

        app.replica_state.change = change
