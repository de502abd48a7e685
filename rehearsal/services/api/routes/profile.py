"""The caller's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.api.errors import unauthorized

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application


def routes(app: Application) -> list[Route]:
    """The routes below /users."""

    async def me(request: Request) -> Response:
        caller = app.access.required(request)
        if request.method == "DELETE":
            await app.families.sign_out(caller.token_id)
            await app.users.delete(caller.id)
            return Response(status_code=204)
        profile = await app.users.profile(caller.id)
        if profile is None:
            raise unauthorized()
        return JSONResponse(profile)

    return [Route("/users/me", me, methods=["GET", "DELETE"])]
