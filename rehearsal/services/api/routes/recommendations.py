"""Recommendations, similar tracks, trending, language search, feedback."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.api import inputs
from rehearsal.services.api.errors import not_found
from rehearsal.services.api.library import TIMEFRAME_DAYS
from rehearsal.services.recommender.ranking import CONTEXTS

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application

LONGEST_QUERY = 500
_REMEMBER = """
INSERT INTO "TrackInteraction" (id, "userId", "trackId", type, rating) VALUES ($1, $2, $3, 'feedback', $4)
ON CONFLICT ("userId", "trackId", type) DO UPDATE SET rating = $4, "createdAt" = now()
"""
_FORGET = """
DELETE FROM "TrackInteraction" WHERE "userId" = $1 AND "trackId" = $2 AND type = 'feedback'
"""


def routes(app: Application) -> list[Route]:
    """Everything that ranks tracks, and the feedback that changes the ranking."""

    async def recommendations(request: Request) -> Response:
        caller = app.access.required(request)
        limit, offset = inputs.query_limit(request, 20), inputs.query_offset(request)
        context = inputs.query_choice(request, "context", CONTEXTS)
        ranking = await app.suggestions.for_user(caller.id, context)
        return JSONResponse(
            {
                "recommendations": app.suggestions.page(ranking, limit, offset),
                "total": len(ranking),
                "limit": limit,
                "offset": offset,
                "model": {"updatedAt": app.library.updated_at().isoformat()},
            }
        )

    async def song(request: Request) -> Response:
        app.access.required(request)
        recommender = await app.library.recommender()
        track = recommender.catalogue.by_id.get(request.path_params["id"])
        if track is None:
            raise not_found("Song")
        return JSONResponse(track.public)

    async def similar(request: Request) -> Response:
        caller = app.access.required(request)
        limit = inputs.query_limit(request, 10)
        ranking = await app.suggestions.similar(request.path_params["id"])
        ranking = await app.suggestions.without_disliked(ranking, caller.id)
        return JSONResponse(
            {"songId": request.path_params["id"], "similar": app.suggestions.page(ranking, limit)}
        )

    async def trending(request: Request) -> Response:
        limit = inputs.query_limit(request, 20)
        timeframe = inputs.query_choice(request, "timeframe", TIMEFRAME_DAYS) or "week"
        genre = inputs.query_choice(request, "genre", await app.suggestions.genres())
        ranking = await app.suggestions.trending(timeframe, genre)
        return JSONResponse(
            {
                "timeframe": timeframe,
                "genre": genre,
                "tracks": app.suggestions.page(ranking, limit),
            }
        )

    async def search(request: Request) -> Response:
        caller = app.access.required(request)
        body = await inputs.json_body(request)
        query = inputs.text(body, "query", longest=LONGEST_QUERY)
        limit = inputs.whole_number({"limit": 20, **body}, "limit", 1, inputs.LARGEST_LIMIT)
        ranking = await app.suggestions.search(query, caller.id)
        ranking = await app.suggestions.without_disliked(ranking, caller.id)
        return JSONResponse({"query": query, "recommendations": app.suggestions.page(ranking, limit)})

    async def feedback(request: Request) -> Response:
        caller = app.access.required(request)
        track_id = request.path_params["id"]
        if track_id not in (await app.library.recommender()).catalogue.by_id:
            raise not_found("Song")
        if request.method == "DELETE":
            await app.database.execute(_FORGET, caller.id, track_id)
            return Response(status_code=204)
        rating = inputs.whole_number(await inputs.json_body(request), "rating", 1, 5)
        await app.database.execute(
            _REMEMBER,
            str(uuid.uuid4()),
            caller.id,
            track_id,
            rating,
        )
        return JSONResponse({"songId": track_id, "rating": rating}, 201)

    return [
        Route("/recommendations", recommendations),
        Route("/songs/{id}", song),
        Route("/songs/{id}/similar", similar),
        Route("/trending", trending),
        Route("/nlp-recommendations/query", search, methods=["POST"]),
        Route("/feedback/songs/{id}", feedback, methods=["POST", "DELETE"]),
    ]
