"""The caller's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.cookies import clear_cookies
from rehearsal.services.api.errors import unauthorized

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application


def routes(app: Application) -> list[Route]:
    """The routes below /users."""

    async def me(request: Request) -> Response:
        caller = app.access.required(request)
        if request.method == "DELETE":
            return await _closed(app, caller)
        profile = await app.users.profile(caller.id)
        if profile is None:
            raise unauthorized()
        return JSONResponse(profile)

    return [Route("/users/me", me, methods=["GET", "DELETE"])]


async def _closed(app: Application, caller: Caller) -> Response:
    """Remove the account: its sessions end, it leaves the others, and nothing of it signs in any more."""
    sessions = await app.sessions.of_person(caller.id)
    await app.families.sign_out(caller.token_id)
    await app.families.revoke_all(caller.id)
    await app.users.delete(caller.id)
    for session_id, is_own in sessions:
        if is_own:
            await app.realtime.end(session_id)
        else:
            await app.realtime.expel(session_id, caller)
    answer = Response(status_code=204)
    clear_cookies(answer)
    return answer
