"""A stand-in for Mattermost: a webhook that takes messages, and the channel's posts.

Shapes: developers.mattermost.com/integrate/webhooks/incoming, api.mattermost.com (posts of a channel).
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.third_party.bearer import carries

CHANNEL = "launch"


class Chat:
    """One channel."""

    def __init__(self, hook: str, token: str) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self._hook = hook
        self._token = token

    def routes(self) -> list[BaseRoute]:
        """Of the webhook and of the API."""
        return [
            Route("/hooks/{hook}", self._take, methods=["POST"]),
            Route(f"/api/v4/channels/{CHANNEL}/posts", self._read),
        ]

    def keep(self, text: str) -> None:
        """Show a message in the channel."""
        identity = secrets.token_hex(13)
        self.posts[identity] = {
            "id": identity,
            "create_at": int(time.time() * 1000),
            "channel_id": CHANNEL,
            "message": text,
        }

    async def _take(self, request: Request) -> Response:
        if request.path_params["hook"] != self._hook:
            return JSONResponse({"id": "web.incoming_webhook.invalid.app_error", "status_code": 400}, 400)
        body = await request.json()
        if not body.get("text"):
            return JSONResponse({"id": "web.incoming_webhook.text.app_error", "status_code": 400}, 400)
        self.keep(str(body["text"]))
        return PlainTextResponse("ok")

    async def _read(self, request: Request) -> Response:
        if not carries(request, self._token):
            return JSONResponse({"id": "api.context.session_expired.app_error", "status_code": 401}, 401)
        return JSONResponse({"order": list(reversed(self.posts)), "posts": self.posts})
