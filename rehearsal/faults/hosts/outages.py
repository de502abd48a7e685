"""Parts behind the API that are lost after the start."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.faults.lines import BEHIND_A_WALL, NEED_THE_SCRIPTS
from rehearsal.stack.plan import StackPlan


class DatabaseDown(Fault):
    """The database is gone; the API processes still run."""

    name = "outage.database"
    expected_failures = (
        "mon.application",
        "db.scaling",
        "infra.servers",
        *BEHIND_A_WALL,
    )
    proves = ("test_every_replica_and_its_dependencies_are_healthy",)
    masks = "the database is gone"

    def apply(self, stack: StackPlan) -> None:
        stack.outages.add("postgres")


class CacheDown(Fault):
    """The cache is gone; the API falls back to memory, so replicas no longer hear of each other."""

    name = "outage.cache"
    expected_failures = (
        "infra.servers",
        "infra.load-balancer",
        "step.backend.health",
        "step.smoke.journeys",
        "step.smoke.auth",
        "step.smoke.websocket",
        "post.services",
        "post.critical",
    )
    proves = ("test_broadcast_crosses_replicas_through_the_balancer",)
    masks = "whatever two replicas must both know of cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.outages.add("cache")


class IdentityProviderDown(Fault):
    """The identity provider does not answer; sign-in by password still works."""

    name = "outage.identity-provider"
    expected_failures = (
        "step.backend.health",
        "step.smoke.journeys",
        "step.smoke.auth",
        "post.services",
        "post.critical",
    )
    proves = ("test_every_replica_and_its_dependencies_are_healthy",)
    masks = "whatever needs the identity provider cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.outages.add("identity-provider")


class AssetEdgeDown(Fault):
    """The asset host answers 502 for everything."""

    name = "outage.asset-edge"
    expected_failures = NEED_THE_SCRIPTS
    proves = ("test_every_asset_of_the_build_is_served_right",)
    masks = "whatever needs the asset host cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.outages.add("asset-edge")
