"""The stand-in's routes: webhook, what was received, runbooks, health."""

from __future__ import annotations

import html
import json
from collections import deque
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

KEPT = 200
RUNBOOKS = {
    "ReplicaDown": "See which replica does not answer, restart it, take it out if it stays so.",
    "HighErrorRate": "Look at the newest errors by route; roll back if they began with the release.",
    "HighLatency": "Compare the slowest routes with the database's slowest statements.",
    "DatabaseDown": "See whether the server runs and has disk left; fail over to a standby.",
    "DatabaseConnectionsHigh": "Find who holds connections in open transactions, and end them.",
}
"""Alert to what there is to do."""


def application() -> Starlette:
    """The stand-in; it remembers the latest `KEPT` alerts."""
    received: deque[dict[str, Any]] = deque(maxlen=KEPT)

    async def take(request: Request) -> Response:
        try:
            notification = json.loads(await request.body())
            alerts = notification["alerts"]
        except (ValueError, KeyError, TypeError):
            return PlainTextResponse("no notification of Alertmanager", 400)
        # https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
        received.extend({"status": alert["status"], "labels": alert["labels"]} for alert in alerts)
        return Response(status_code=200)

    async def show(_request: Request) -> Response:
        return JSONResponse(list(received))

    async def runbook(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in RUNBOOKS:
            return PlainTextResponse("there is no such runbook", 404)
        return HTMLResponse(f"<h1>{html.escape(name)}</h1><p>{html.escape(RUNBOOKS[name])}</p>")

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/alerts", take, methods=["POST"]),
            Route("/received", show),
            Route("/runbooks/{name}", runbook),
            Route("/health", health),
        ]
    )
