"""Signing in with Spotify: two legs, both with PKCE.

The API is the provider's client and has a verifier of its own for the code exchange. The page that
begins a sign-in gives its own challenge; after the callback it shows the matching verifier once, to
turn the session cookie into an access token. So a token is never in a URL, and neither a stolen
callback nor a planted cookie is of use to anybody else.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rehearsal.services.api import inputs
from rehearsal.services.api.accounts.cookies import (
    SESSION_COOKIE,
    SESSION_SECONDS,
    SIGN_IN_COOKIE,
    SIGN_IN_SECONDS,
    clear_cookie,
    clear_cookies,
    set_cookie,
)
from rehearsal.services.api.accounts.identity import IdentityProviderError, challenge_of
from rehearsal.services.api.errors import ApiError, bad_request, unauthorized
from rehearsal.services.api.routes.auth import pair_body

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{20,128}")


def routes(app: Application) -> list[Route]:
    """The routes below /auth/spotify."""
    return [*_sign_in_routes(app), *_signed_in_routes(app)]


def _sign_in_routes(app: Application) -> list[Route]:
    async def login(request: Request) -> Response:
        challenge = inputs.query_text(request, "code_challenge") or ""
        if not _CHALLENGE.fullmatch(challenge):
            raise bad_request("code_challenge must be an S256 challenge of 43 characters")
        if inputs.query_choice(request, "code_challenge_method", ("S256",)) not in (None, "S256"):
            raise bad_request("code_challenge_method must be S256")
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = app.identity.new_verifier()
        pending = json.dumps({"browser": browser, "verifier": verifier, "challenge": challenge})
        await app.cache.put(f"sign-in:{state}", pending, SIGN_IN_SECONDS)
        answer = RedirectResponse(app.identity.authorize_url(state, verifier), 302)
        set_cookie(answer, SIGN_IN_COOKIE, browser, SIGN_IN_SECONDS)
        return answer

    async def callback(request: Request) -> Response:
        pending = await _pending(app, request)
        if inputs.query_text(request, "error") is not None:
            return RedirectResponse(_frontend(app, {"signin": "refused"}), 302)
        code = inputs.query_text(request, "code") or ""
        if not _HANDLE.fullmatch(code):
            raise bad_request("code is missing or malformed")
        try:
            identity = await app.identity.exchange(code, pending["verifier"])
        except IdentityProviderError:
            raise bad_request("The sign-in was not accepted") from None
        except OSError:
            raise ApiError(502, "The identity provider cannot be reached") from None
        found = await app.users.of_identity(identity)
        if found is None:
            return RedirectResponse(_frontend(app, {"signin": "refused"}), 302)
        user_id, email = found
        answer = RedirectResponse(_frontend(app, {"signin": "spotify"}), 302)
        await _open_session(app, answer, {"user": user_id, "email": email, "challenge": pending["challenge"]})
        clear_cookie(answer, SIGN_IN_COOKIE)
        return answer

    return [Route("/auth/spotify/login", login), Route("/auth/spotify/callback", callback)]


def _signed_in_routes(app: Application) -> list[Route]:
    async def refresh(request: Request) -> Response:
        body = await inputs.json_body(request, optional=True)
        handle, session = await _session(app, request)
        challenge = session.get("challenge")
        if challenge is not None:
            verifier = inputs.secret(body, "codeVerifier", shortest=43, longest=128)
            if not secrets.compare_digest(challenge_of(verifier).encode(), challenge.encode()):
                raise unauthorized("The verifier does not belong to this sign-in")
        if not await app.cache.delete(f"session:{handle}"):
            raise unauthorized("The session was used already")
        email = await app.users.email(session["user"])
        if email is None:
            raise unauthorized("Not signed in")
        family = session.get("family") or secrets.token_hex(16)
        pair = await app.families.issue(session["user"], email, family)
        answer = JSONResponse(pair_body(pair))
        await _open_session(app, answer, {"user": session["user"], "email": email, "family": family})
        return answer

    async def user(request: Request) -> Response:
        _, session = await _session(app, request)
        profile = await app.users.profile(session["user"])
        if profile is None:
            raise unauthorized("Not signed in")
        return JSONResponse(profile)

    async def logout(request: Request) -> Response:
        handle, session = await _session(app, request)
        await app.cache.delete(f"session:{handle}")
        if family := session.get("family"):
            # The tokens that this browser was given with the cookie end with it.
            await app.families.revoke_family(family)
        answer = Response(status_code=204)
        clear_cookies(answer)
        return answer

    return [
        Route("/auth/spotify/refresh", refresh, methods=["POST"]),
        Route("/auth/spotify/user", user),
        Route("/auth/spotify/logout", logout, methods=["POST"]),
    ]


async def _pending(app: Application, request: Request) -> dict[str, Any]:
    """The sign-in that the state belongs to, used up by this. ApiError 400 for any other state."""
    state = inputs.query_text(request, "state") or ""
    stored = await app.cache.get(f"sign-in:{state}") if _HANDLE.fullmatch(state) else None
    pending: dict[str, Any] = json.loads(stored) if stored else {}
    browser = request.cookies.get(SIGN_IN_COOKIE, "")
    if not pending or not secrets.compare_digest(pending["browser"].encode(), browser.encode()):
        raise bad_request("state is unknown, expired, used already, or of another browser")
    if not await app.cache.delete(f"sign-in:{state}"):
        raise bad_request("state was used already")
    return pending


async def _open_session(app: Application, answer: Response, content: dict[str, Any]) -> None:
    handle = secrets.token_urlsafe(32)
    await app.cache.put(f"session:{handle}", json.dumps(content), SESSION_SECONDS)
    set_cookie(answer, SESSION_COOKIE, handle, SESSION_SECONDS)


async def _session(app: Application, request: Request) -> tuple[str, dict[str, Any]]:
    """(handle, content) of the session cookie. ApiError 401 without a valid one."""
    handle = request.cookies.get(SESSION_COOKIE, "")
    stored = await app.cache.get(f"session:{handle}") if _HANDLE.fullmatch(handle) else None
    session: dict[str, Any] = json.loads(stored) if stored else {}
    if not session or await app.families.is_dead(session.get("family") or ""):
        raise unauthorized("Not signed in")
    return handle, session


def _frontend(app: Application, query: dict[str, str]) -> str:
    return f"{app.settings.frontend_url.rstrip('/')}/?{urlencode(query)}"
