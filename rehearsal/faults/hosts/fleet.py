"""Replicas that are missing or run something else than the release."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

OLD_VERSION = "0.9.4"
OLD_COMMIT = "0b1d5e7a9c3f2468ace013579bdf02468ace1357"


class OldReplica(Fault):
    """One replica still runs the previous release."""

    name = "fleet.old-replica"
    expected_failures = ("code.tag", "infra.servers", "step.backend.api", "post.services")
    proves = (
        "test_every_replica_runs_the_release",
        "test_every_server_runs_the_release",
        "test_public_address_serves_one_release_only",
    )

    def apply(self, stack: StackPlan) -> None:
        release = stack.replica("api-2").release
        release.version, release.commit = OLD_VERSION, OLD_COMMIT


class WrongCommit(Fault):
    """One replica reports the right version, built from another commit."""

    name = "fleet.wrong-commit"
    expected_failures = ("code.tag", "infra.servers", "step.backend.api", "post.services")
    proves = ("test_every_replica_runs_the_release",)

    def apply(self, stack: StackPlan) -> None:
        stack.replica("api-2").release.commit = OLD_COMMIT


class ReplicaDown(Fault):
    """One of the two replicas does not run; the edge sends everybody to the other."""

    name = "fleet.replica-down"
    expected_failures = (
        "mon.application",
        "infra.servers",
        "infra.load-balancer",
        "step.backend.health",
        "step.backend.api",
        "step.smoke.websocket",
        "post.services",
        "post.monitoring",
        "post.critical",
    )
    proves = ("test_readiness_and_liveness_are_not_the_same",)
    masks = "whatever takes two replicas cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.replica("api-2").running = False
