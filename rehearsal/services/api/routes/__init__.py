"""The HTTP routes, one module per area; each offers `routes(app)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from rehearsal.services.api.routes import (
    analytics,
    auth,
    operations,
    profile,
    recommendations,
    sessions,
    spotify,
)

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application


def all_routes(app: Application) -> list[Route]:
    """Every HTTP route of the API."""
    areas = (operations, auth, spotify, profile, recommendations, sessions, analytics)
    return [route for area in areas for route in area.routes(app)]
