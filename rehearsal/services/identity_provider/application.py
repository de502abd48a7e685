"""The stand-in's routes: authorize page, token endpoint, profile, health."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rehearsal.services.identity_provider.codes import TOKEN_SECONDS, Grants
from rehearsal.services.identity_provider.page import approval_page

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
LARGEST_FORM_BYTES = 20_000
PROFILE = {
    "id": "golive-listener",
    "email": "golive-listener@audotics.test",
    "display_name": "Lena Listener",
}
"""The one person who can sign in here."""


@dataclass(frozen=True)
class Client:
    """The one application that may sign people in."""

    id: str
    secret: str
    redirect_uri: str


def application(client: Client) -> Starlette:
    """The stand-in for one client. `auto=1` on the authorize URL approves without the button."""
    grants = Grants()

    async def authorize(request: Request) -> Response:
        if request.method == "POST":
            asked = await _form(request)
        else:
            asked = {name: values[-1] for name, values in _multi(request).items()}
        problem = _problem(asked, client)
        if problem:
            return HTMLResponse(f"<h1>Sign-in (stand-in)</h1><p>{problem}</p>", 400)
        answer = {"state": asked["state"]} if asked.get("state") else {}
        if request.method == "GET" and asked.get("auto") != "1":
            page = approval_page(asked, name=PROFILE["display_name"], email=PROFILE["email"])
            return HTMLResponse(page, headers={"Cache-Control": "no-store"})
        if asked.get("decision") == "cancel":
            answer["error"] = "access_denied"
        else:
            answer["code"] = grants.new_code(asked["redirect_uri"], asked["code_challenge"])
        return RedirectResponse(f"{client.redirect_uri}?{urlencode(answer)}", 302)

    async def token(request: Request) -> Response:
        form = await _form(request)
        if not _authenticated(request, form, client):
            return JSONResponse({"error": "invalid_client"}, 401)
        if form.get("grant_type") == "client_credentials":
            # RFC 6749, 4.4.3: no refresh token. It opens nobody's profile.
            own = {"access_token": secrets.token_urlsafe(48), "token_type": "Bearer"}
            return JSONResponse({**own, "expires_in": TOKEN_SECONDS}, headers={"Cache-Control": "no-store"})
        if form.get("grant_type") != "authorization_code":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if not grants.redeem(
            form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        body = {
            "access_token": grants.new_token(),
            "refresh_token": secrets.token_urlsafe(48),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
        }
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    async def me(request: Request) -> Response:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not grants.knows(value):
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(PROFILE)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "service": "identity provider (stand-in)"})

    return Starlette(
        routes=[
            Route("/authorize", authorize, methods=["GET", "POST"]),
            Route("/api/token", token, methods=["POST"]),
            Route("/v1/me", me),
            Route("/health", health),
        ]
    )


def _problem(asked: dict[str, str], client: Client) -> str | None:
    """Why the request cannot be trusted; then nobody is sent anywhere (RFC 6749, 4.1.2.1)."""
    if asked.get("client_id") != client.id:
        return "The application is unknown."
    if asked.get("redirect_uri") != client.redirect_uri:
        return "The redirect address is not registered."
    if asked.get("response_type") != "code":
        return "Only the authorization code flow is supported."
    if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(
        asked.get("code_challenge", "")
    ):
        return "PKCE with S256 is required."
    return None


def _multi(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.url.query, keep_blank_values=True)


async def _form(request: Request) -> dict[str, str]:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_FORM_BYTES:
            return {}
    parsed = parse_qs(content.decode(errors="replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in parsed.items()}


def _authenticated(request: Request, form: dict[str, str], client: Client) -> bool:
    """Client id and secret, by HTTP Basic or in the form."""
    given = f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
    return secrets.compare_digest(given.encode(errors="replace"), f"{client.id}:{client.secret}".encode())
