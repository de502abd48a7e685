"""Replicas that are not well, or do not tell the whole truth about themselves."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.base import ApiFault


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
