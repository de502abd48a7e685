"""A stand-in for a pager that takes JSON and tells nobody what became of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


class Pager:
    """One pager."""

    def __init__(self, key: str) -> None:
        self.key = key

    def routes(self) -> list[BaseRoute]:
        """Of the webhook."""
        return [Route("/page/{key}", self._take, methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        if request.path_params["key"] != self.key:
            return JSONResponse({"error": "unknown integration key"}, 403)
        await request.body()
        return JSONResponse({"status": "accepted"}, 202)
