"""Group sessions over HTTP; whatever changes here is told to the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.api import inputs
from rehearsal.services.api.errors import bad_request
from rehearsal.services.api.live.sessions import LONGEST_PLAYLIST

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application


def routes(app: Application) -> list[Route]:
    """The routes below /api/sessions."""

    async def create(request: Request) -> Response:
        caller = app.access.required(request)
        name = inputs.text(await inputs.json_body(request), "name", longest=80)
        session = await app.sessions.create(caller, name)
        await app.realtime.announce(session, caller)
        return JSONResponse(session, 201)

    async def show(request: Request) -> Response:
        caller = app.access.required(request)
        return JSONResponse(await app.sessions.view(request.path_params["id"], caller))

    async def join(request: Request) -> Response:
        caller = app.access.required(request)
        return JSONResponse(await app.sessions.join(request.path_params["id"], caller))

    async def leave(request: Request) -> Response:
        caller = app.access.required(request)
        session_id = request.path_params["id"]
        if await app.sessions.leave(session_id, caller):
            await app.realtime.end(session_id)
        else:
            await app.realtime.expel(session_id, caller)
        return Response(status_code=204)

    async def playlist(request: Request) -> Response:
        caller = app.access.required(request)
        session_id = request.path_params["id"]
        track_ids = _track_ids(await inputs.json_body(request))
        await app.realtime.change_playlist(session_id, caller, "replace", track_ids)
        return JSONResponse(await app.sessions.view(session_id, caller))

    async def recommendations(request: Request) -> Response:
        caller = app.access.required(request)
        session_id = request.path_params["id"]
        limit, offset = inputs.query_limit(request, 20), inputs.query_offset(request)
        await app.sessions.require_member(session_id, caller.id)
        ranking = await app.suggestions.for_group(await app.sessions.member_ids(session_id))
        return JSONResponse(
            {
                "recommendations": app.suggestions.page(ranking, limit, offset),
                "total": len(ranking),
                "limit": limit,
                "offset": offset,
            }
        )

    return [
        Route("/api/sessions", create, methods=["POST"]),
        Route("/api/sessions/{id}", show),
        Route("/api/sessions/{id}/join", join, methods=["POST"]),
        Route("/api/sessions/{id}/leave", leave, methods=["DELETE"]),
        Route("/api/sessions/{id}/playlist", playlist, methods=["PUT"]),
        Route("/api/sessions/{id}/recommendations", recommendations),
    ]


def _track_ids(body: dict[str, Any]) -> list[str]:
    """Ids from `tracks`, whose entries are ids or objects with an id; each track once."""
    entries = body.get("tracks")
    if not isinstance(entries, list) or len(entries) > LONGEST_PLAYLIST:
        raise bad_request(f"tracks must be a list of at most {LONGEST_PLAYLIST} tracks")
    named = [entry.get("id") if isinstance(entry, dict) else entry for entry in entries]
    ids = [track_id for track_id in named if isinstance(track_id, str)]
    if len(ids) != len(entries) or len(set(ids)) != len(ids):
        raise bad_request("tracks must be different ids, or objects with different ids")
    return ids
