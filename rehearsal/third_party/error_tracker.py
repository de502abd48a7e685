"""A stand-in for Sentry: takes envelopes, scrubs them, and answers for events and issues.

Shapes: develop.sentry.dev/sdk/data-model/envelopes, docs.sentry.io/api (events and issues).
"""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.third_party.bearer import carries
from rehearsal.third_party.settings import PROJECT

ORGANISATION, SLUG = "audotics", "api"
FILTERED = "[Filtered]"
LARGEST_BYTES = 1_000_000
_SECRET_KEY = re.compile(r"passw|secret|token|authorization|cookie|api.?key|credential", re.IGNORECASE)
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<=token=)[^&\s]+|(?i:bearer)\s+\S+"
)
_KEY = re.compile(r"sentry_key=(\w+)")

Json = dict[str, Any]


class ErrorTracker:
    """One project of one organisation, with data scrubbing switched on."""

    def __init__(self, key: str, token: str) -> None:
        self.events: dict[str, Json] = {}
        """Event id to the event as it is kept."""
        self._key = key
        self._token = token

    def routes(self) -> list[BaseRoute]:
        """Of the ingest and of the web API."""
        project = f"/api/0/projects/{ORGANISATION}/{SLUG}/events/{{event}}/"
        issue = f"/api/0/organizations/{ORGANISATION}/issues/{{issue}}/"
        return [
            Route(f"/api/{PROJECT}/envelope/", self._take, methods=["POST"]),
            Route(project, self._event),
            Route(issue, self._change, methods=["PUT", "DELETE"]),
        ]

    def keep(self, event: Json) -> None:
        """Keep an event."""
        self.events[str(event["event_id"])] = event

    def scrub(self, value: Any, key: str = "") -> Any:
        """The value without secrets and personal data."""
        if _SECRET_KEY.search(key):
            return FILTERED
        if isinstance(value, dict):
            return {name: self.scrub(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.scrub(inner) for inner in value]
        return _PERSONAL.sub(FILTERED, value) if isinstance(value, str) else value

    async def _take(self, request: Request) -> Response:
        key = _KEY.search(request.headers.get("x-sentry-auth", "")) or _KEY.search(request.url.query)
        if key is None or key.group(1) != self._key:
            return JSONResponse({"detail": "with_reason: ProjectId"}, 403)
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        try:
            header, *items = body[:LARGEST_BYTES].split(b"\n")
            events = [
                json.loads(payload)
                for description, payload in zip(items[::2], items[1::2], strict=False)
                if description and json.loads(description).get("type") == "event"
            ]
            identity = str(json.loads(header)["event_id"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"detail": "invalid envelope"}, 400)
        for event in events:
            self.keep(self.scrub(event))
        return JSONResponse({"id": identity})

    async def _event(self, request: Request) -> Response:
        if not carries(request, self._token):
            return JSONResponse({"detail": "Invalid token"}, 401)
        event = self.events.get(request.path_params["event"])
        if event is None:
            return JSONResponse({"detail": "Event not found"}, 404)
        said = event.get("exception", {}).get("values", [{}])[0]
        identity = str(event["event_id"])
        return JSONResponse(
            {
                "id": identity,
                "eventID": identity,
                "groupID": identity[:8],
                "projectID": PROJECT,
                "type": "error",
                "title": f"{said.get('type')}: {said.get('value')}",
                "platform": event.get("platform"),
                "dateCreated": event.get("timestamp"),
                "tags": [{"key": key, "value": value} for key, value in event.get("tags", {}).items()],
                "user": event.get("user"),
                "context": event.get("extra", {}),
                "entries": [
                    {"type": "exception", "data": event.get("exception")},
                    {"type": "request", "data": event.get("request")},
                ],
            }
        )

    async def _change(self, request: Request) -> Response:
        if not carries(request, self._token):
            return JSONResponse({"detail": "Invalid token"}, 401)
        issue = request.path_params["issue"]
        concerned = [identity for identity in self.events if identity.startswith(issue)]
        if not concerned:
            return JSONResponse({"detail": "The requested resource does not exist"}, 404)
        if request.method == "PUT":
            return JSONResponse({"id": issue, "status": "resolved"})
        for identity in concerned:
            del self.events[identity]
        return JSONResponse(None, 202)
