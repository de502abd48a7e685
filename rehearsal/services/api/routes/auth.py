"""Signing in and out with a password; token refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.services.api import inputs
from rehearsal.services.api.accounts.cookies import SESSION_COOKIE, clear_cookies
from rehearsal.services.api.accounts.refresh import InvalidRefresh, TokenPair
from rehearsal.services.api.errors import unauthorized

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application


def pair_body(pair: TokenPair) -> dict[str, Any]:
    """A token pair as callers see it; `expiresIn` in seconds."""
    return {
        "accessToken": pair.access_token,
        "refreshToken": pair.refresh_token,
        "tokenType": "Bearer",
        "expiresIn": pair.expires_in,
    }


def routes(app: Application) -> list[Route]:
    """The routes below /auth that do not concern the identity provider."""

    async def login(request: Request) -> Response:
        body = await inputs.json_body(request)
        email = inputs.email(body)
        password = inputs.secret(body, "password")
        user_id, stored = await app.users.credentials(email)
        if not await app.passwords.matches(password, stored) or user_id is None:
            # The same words for an unknown address: they must not tell who has an account.
            raise unauthorized("Wrong e-mail or password")
        return JSONResponse(pair_body(await app.families.issue(user_id, email)))

    async def register(request: Request) -> Response:
        body = await inputs.json_body(request)
        email = inputs.email(body)
        password = inputs.secret(body, "password", shortest=8)
        display_name = inputs.text(body, "displayName", longest=80)
        user_id = await app.users.create(email, await app.passwords.hash(password), display_name)
        return JSONResponse({"id": user_id, "email": email, "displayName": display_name}, 201)

    async def refresh(request: Request) -> Response:
        body = await inputs.json_body(request)
        token = inputs.secret(body, "refreshToken")
        try:
            user_id, family = await app.families.redeem(token)
        except InvalidRefresh:
            raise unauthorized("The refresh token is not valid") from None
        email = await app.users.email(user_id)
        if email is None:
            raise unauthorized("The refresh token is not valid")
        return JSONResponse(pair_body(await app.families.issue(user_id, email, family)))

    async def logout(request: Request) -> Response:
        caller = app.access.required(request)
        await app.families.sign_out(caller.token_id)
        await app.cache.delete(f"session:{request.cookies.get(SESSION_COOKIE, '')}")
        answer = Response(status_code=204)
        clear_cookies(answer)
        return answer

    return [
        Route("/auth/login", login, methods=["POST"]),
        Route("/auth/register", register, methods=["POST"]),
        Route("/auth/refresh", refresh, methods=["POST"]),
        Route("/auth/logout", logout, methods=["POST"]),
    ]
