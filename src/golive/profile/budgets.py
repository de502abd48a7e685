"""Budgets: what is fast enough, and how often it is measured."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from golive.profile.base import Frozen
from golive.profile.fields import Duration


class Budgets(Frozen):
    """What is fast enough, and how often it is measured."""

    api_p95: Duration | None = None
    """The 95th percentile of each of ``api_routes``."""
    api_routes: tuple[Literal["health", "live", "ready", "version", "profile", "trending"], ...] = (
        "version",
    )
    """Names of ``[routes]`` that are measured against ``api_p95``: those that are only read."""
    recommendations_p95: Duration
    search_p95: Duration = timedelta(milliseconds=300)
    realtime_delivery: Duration
    page_load: Duration
    largest_paint: Duration = timedelta(milliseconds=2500)
    layout_shift: float = Field(default=0.1, ge=0)
    first_byte: Duration
    latency_samples: int = Field(default=20, ge=5, le=200)
    release_samples: int = Field(default=12, ge=2, le=100)
    """Requests over which the public address must name one release."""
    health_samples: int = Field(default=6, ge=2, le=100)
    """Requests of the series over which each replica's health must be stable."""
    health_interval: Duration = timedelta(milliseconds=100)
    sign_in_samples: int = Field(default=8, ge=6, le=50)
    """Sign-ins for each of wrong password and unknown user whose times are compared."""
    sign_in_difference: Duration = timedelta(milliseconds=2)
    """A smaller difference of the medians than this tells nobody anything over a network."""
    recommendations_default: int = 20
    recommendations_maximum: int = 100

    @model_validator(mode="after")
    def _budget_and_routes_go_together(self) -> "Budgets":
        if self.api_p95 is None and self.api_routes and "api_routes" in self.model_fields_set:
            raise ValueError(
                "api_routes are measured against api_p95, which is missing: add it, such as '200 ms'"
            )
        if self.api_p95 is not None and not self.api_routes:
            raise ValueError(
                "api_p95 is for none of the API's routes: name them as api_routes, or leave both out"
            )
        return self
