"""Totals for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.api.errors import bad_request
from rehearsal.services.api.inputs import json_body

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application

_SESSIONS = """
SELECT count(*) AS "total", count(*) FILTER (WHERE "endedAt" IS NULL) AS "active",
       count(*) FILTER (WHERE "createdAt" > now() - interval '1 day') AS "createdToday"
FROM "GroupSession"
"""
_PLAYLISTS = """
SELECT (SELECT count(*) FROM "Playlist") AS "total", (SELECT count(*) FROM "PlaylistUpdate") AS "updates",
       (SELECT count(*) FROM "_PlaylistToTrack") AS "tracks"
"""
_USERS = """
SELECT (SELECT count(*) FROM "User") AS "total",
       (SELECT count(DISTINCT "userId") FROM "TrackInteraction"
        WHERE "createdAt" > now() - interval '7 days') AS "activeThisWeek"
"""


def routes(app: Application) -> list[Route]:
    """The routes below /analytics: numbers only, no names."""

    def totals(path: str, query: str) -> Route:
        async def answer(request: Request) -> Response:
            app.access.administrator(request)
            row = await app.database.row(query)
            return JSONResponse(dict(row) if row else {})

        return Route(path, answer)

    async def export(request: Request) -> Response:
        """Gather all totals for a spreadsheet; what is wanted of it is a format."""
        app.access.administrator(request)
        if (await json_body(request)).get("format") not in ("csv", "json"):
            raise bad_request("format must be csv or json")
        rows = [await app.database.row(query) for query in (_SESSIONS, _PLAYLISTS, _USERS)]
        return JSONResponse({"rows": [dict(row) for row in rows if row]}, status_code=201)

    return [
        Route("/analytics/exports", export, methods=["POST"]),
        totals("/analytics/sessions", _SESSIONS),
        totals("/analytics/playlists", _PLAYLISTS),
        totals("/analytics/users", _USERS),
    ]
