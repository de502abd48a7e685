"""A load balancer that spreads badly, or does not notice that a replica is not well."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan


class Lopsided(Fault):
    """One replica gets three times as many requests as the other."""

    name = "balancer.lopsided"
    breaks = ("infra.load-balancer",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.weights = [3, 1]


class NoHealthChecks(Fault):
    """Nobody asks whether a replica is well."""

    name = "balancer.no-health-checks"
    breaks = ("infra.load-balancer",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.asks = None


class AsksLiveness(Fault):
    """A replica gets traffic as long as its process lives, ready or not."""

    name = "balancer.asks-liveness"
    breaks = ("infra.load-balancer",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.asks = "/health/live"


class Patient(Fault):
    """A replica has half a minute to say that it is well."""

    name = "balancer.patient"
    breaks = ("infra.load-balancer",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.balancer.patience = "30s"
