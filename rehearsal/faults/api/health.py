"""Replicas that are not well, or do not tell the whole truth about themselves."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.faults.hosts.outages import DatabaseDown
from rehearsal.stack.plan import StackPlan


class Degraded(ApiFault):
    """Health answers 200 but says "degraded": the cache cannot be reached by its probe."""

    name = "health.degraded"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_every_replica_and_its_dependencies_are_healthy", "test_health_is_stable")

    def modify(self, app: Any) -> None:
        async def refused() -> None:
            raise ConnectionRefusedError("the cache refused the connection")

        app.health.probes["cache"] = refused


class OmitsDependency(ApiFault):
    """Health says nothing about the recommender."""

    name = "health.omits-dependency"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_every_replica_and_its_dependencies_are_healthy",)

    def modify(self, app: Any) -> None:
        del app.health.probes["recommender"]


class Flaps(ApiFault):
    """Every fifth health answer of a replica says that its cache is down."""

    name = "health.flaps"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_health_is_stable",)
    intermittent = True

    def modify(self, app: Any) -> None:
        healthy = app.health.probes["cache"]
        asked = 0

        async def sometimes() -> object:
            nonlocal asked
            asked += 1
            if asked % 5 == 0:
                raise ConnectionRefusedError("the cache refused the connection")
            return await healthy()

        app.health.probes["cache"] = sometimes


class Cacheable(ApiFault):
    """Health may be kept by caches for a minute."""

    name = "health.cacheable"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_public_health_is_healthy_and_never_cached",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.set_header("cache-control", "public, max-age=60")

        rewrite(app, change, "/health")


class ShowsConnectionString(ApiFault):
    """Health names the database with user and password."""

    name = "health.shows-connection-string"
    expected_failures = (
        "step.backend.health",
        "step.smoke.auth",
        "post.accessible",
        "post.critical",
        "post.services",
    )
    proves = ("test_health_shows_no_internals",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if "dependencies" in body:
                body["dependencies"]["database"]["url"] = app.settings.database_url
                answer.json = body

        rewrite(app, change, "/health")


class WrongType(ApiFault):
    """Health is sent as text, so monitoring does not read it."""

    name = "health.wrong-type"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_health_is_never_cached_nor_of_another_form",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.set_header("content-type", "text/plain; charset=utf-8")

        rewrite(app, change, "/health")


class NotReady(ApiFault):
    """Readiness answers 200 on every replica, and says that it is starting."""

    name = "health.ready-says-starting"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_probe_says_yes_on_every_replica",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.json = {"status": "starting"}

        rewrite(app, change, "/health/ready")


class ReadyWithoutDatabase(ApiFault):
    """The database is gone, and every replica says that it is ready for requests."""

    name = "health.ready-without-database"
    expected_failures = (
        "mon.application",
        "db.scaling",
        "infra.servers",
        "step.backend.health",
        "step.smoke.auth",
        "post.accessible",
        "post.services",
        "post.critical",
    )
    proves = ("test_readiness_and_liveness_are_not_the_same",)
    masks = "the database is gone"

    def apply(self, stack: StackPlan) -> None:
        super().apply(stack)
        DatabaseDown().apply(stack)

    def modify(self, app: Any) -> None:
        async def ready() -> bool:
            return True

        app.health.ready = ready


class DeadWithoutDatabase(ApiFault):
    """The database is gone, and every replica says that it is dead, to be restarted for nothing."""

    name = "health.dead-without-database"
    expected_failures = DatabaseDown.expected_failures
    proves = ("test_readiness_and_liveness_are_not_the_same",)
    masks = "the database is gone"

    def apply(self, stack: StackPlan) -> None:
        super().apply(stack)
        DatabaseDown().apply(stack)

    def modify(self, app: Any) -> None:
        inner = app.asgi

        def asgi() -> Any:
            serve, dead = inner(), app.errors.response(503, "Service Unavailable")

            async def dying(scope: dict[str, Any], receive: Any, send: Any) -> None:
                is_dead = scope.get("path") == "/health/live" and not await app.health.ready()
                await (dead if is_dead else serve)(scope, receive, send)

            return dying

        app.asgi = asgi
