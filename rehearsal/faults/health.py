"""Replicas that are not well, or do not tell the whole truth about themselves."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.faults.rewriting import Answer, rewrite


class Degraded(ApiFault):
    """Health answers 200 but says "degraded": the cache cannot be reached by its probe."""

    name = "health.degraded"
    breaks = ("step.backend.health", "post.services")

    def modify(self, app: Any) -> None:
        async def refused() -> None:
            raise ConnectionRefusedError("the cache refused the connection")

        app.health.probes["cache"] = refused


class OmitsDependency(ApiFault):
    """Health says nothing about the recommender."""

    name = "health.omits-dependency"
    breaks = ("step.backend.health", "post.services")

    def modify(self, app: Any) -> None:
        del app.health.probes["recommender"]


class Flaps(ApiFault):
    """Every fifth health answer of a replica says that its cache is down."""

    name = "health.flaps"
    breaks = ("step.backend.health", "post.services")

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
    breaks = ("step.backend.health", "post.services")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.set_header("cache-control", "public, max-age=60")

        rewrite(app, change, "/health")


class ShowsConnectionString(ApiFault):
    """Health names the database with user and password."""

    name = "health.shows-connection-string"
    breaks = ("step.backend.health", "post.services")

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
    breaks = ("step.backend.health", "post.services")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.set_header("content-type", "text/plain; charset=utf-8")

        rewrite(app, change, "/health")


class NotReady(ApiFault):
    """Readiness answers 200 on every replica, and says that it is starting."""

    name = "health.ready-says-starting"
    breaks = ("step.backend.health", "post.services")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.json = {"status": "starting"}

        rewrite(app, change, "/health/ready")
