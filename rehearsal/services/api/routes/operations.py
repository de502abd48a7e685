"""Health, release identity and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from rehearsal.services.api.accounts.access import bearer_token

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application


def routes(app: Application) -> list[Route]:
    """Public routes that are neither counted nor limited."""

    async def health(_request: Request) -> Response:
        status, report = await app.health.report()
        return JSONResponse({**report, "instance": app.settings.instance}, status)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        if await app.health.ready():
            return JSONResponse({"status": "ready"})
        return app.errors.response(503, "Not ready")

    async def version(_request: Request) -> Response:
        return JSONResponse(
            {
                "release": app.settings.release,
                "commit": app.settings.commit,
                "buildTime": app.settings.build_time,
                "instance": app.settings.instance,
            }
        )

    async def client_address(request: Request) -> Response:
        return JSONResponse({"address": request.client.host if request.client else None})

    async def metrics(_request: Request) -> Response:
        page = app.metrics.render() + "\n".join(app.machine.render()) + "\n"
        return PlainTextResponse(page, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def configuration(_request: Request) -> Response:
        return JSONResponse({"digest": app.settings.configuration_digest, "instance": app.settings.instance})

    async def change_state(request: Request) -> Response:
        token = bearer_token(request.headers.get("authorization", ""))
        seconds = request.query_params.get("seconds", "60")
        app.replica_state.change(token, request.path_params["state"], seconds)
        return JSONResponse({"state": app.replica_state.state, "instance": app.settings.instance})

    return [
        Route("/ops/state/{state}", change_state, methods=["POST"]),
        Route("/ops/configuration", configuration),
        Route("/health", health),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/version", version),
        Route("/client-address", client_address),
        Route("/metrics", metrics),
    ]
