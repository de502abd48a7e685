"""An ASGI application around the first deployment's, which translates every request and every answer."""

from __future__ import annotations

import contextlib
import json
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from rehearsal.services.api.v2.rooms import JsonRooms
from rehearsal.services.api.v2.sliding import SlidingTokens
from rehearsal.services.api.v2.words import (
    PREFIX,
    SOCKET,
    TOKEN_COOKIE,
    inner_path,
    inward,
    inward_parameter,
    outward,
)

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application

INTERNAL = frozenset({"/health/live", "/health/ready", "/metrics"})
_OPERATIONS = "/ops/"
"""Asked by the load balancer and the monitoring, which know nothing of this deployment's words."""
GIVES_TOKEN = frozenset({"/auth/login", "/auth/spotify/refresh"})
TAKES_TOKEN = "/auth/logout"
OWN_ACCOUNT = "/users/me"
"""Answered 204 when it was removed."""
_SPOTIFY_PATH = "Path=/auth/spotify"


class Translation:
    """Routes, field names, envelope and the token's cookie of the second deployment."""

    def __init__(self, app: Application) -> None:
        self._rooms = JsonRooms(app)
        self._inner = app.asgi()
        self._token_seconds = app.settings.access_token_seconds
        self._sliding = SlidingTokens(app.tokens, app.families)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._rooms.start()
            await self._inner(scope, receive, send)
        elif scope["type"] == "websocket":
            if scope["path"] == SOCKET:
                await self._rooms.serve(scope, receive, send)
            else:
                await send({"type": "websocket.close"})
        elif scope["path"] in INTERNAL or scope["path"].startswith(_OPERATIONS):
            await self._inner(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        # What is unknown here is asked for as something unknown there, to be refused in good order.
        path = inner_path(scope["path"]) or "/nowhere"
        asked = {
            **scope,
            "path": path,
            "raw_path": path.encode(),
            "query_string": _query(scope["query_string"]),
            "headers": _with_bearer(scope["headers"]),
        }
        answer: dict[str, Any] = {"body": bytearray()}

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["start"] = message
            else:
                answer["body"] += message.get("body", b"")
                if not message.get("more_body"):
                    renewed = await self._renewed(path, asked, answer["start"]["status"])
                    await self._answer(path, answer["start"], bytes(answer["body"]), send, renewed)

        await self._inner(asked, _translated(receive, asked), collect)

    async def _renewed(self, path: str, scope: Scope, status: int) -> list[str]:
        """The cookie with the token to go on with, where there is one."""
        token = token_in({"type": "http", "headers": scope["headers"]})
        if token is None or status >= 400 or path in GIVES_TOKEN or status == 204:
            return []
        successor = await self._sliding.successor(token)
        return [_token_cookie(successor, self._token_seconds)] if successor else []

    async def _answer(self, path: str, start: Message, body: bytes, send: Send, renewed: list[str]) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        cookies = [
            value.replace(_SPOTIFY_PATH, f"Path={PREFIX}/auth/spotify")
            for value in headers.getlist("set-cookie")
        ]
        cookies += renewed
        del headers["set-cookie"]
        status = start["status"]
        if headers.get("content-type", "").startswith("application/json"):
            content = json.loads(body)
            if status < 400 and path in GIVES_TOKEN:
                cookies.append(_token_cookie(content.pop("accessToken"), self._token_seconds))
                del content["refreshToken"], content["tokenType"]
            inside = outward(content)
            wrapped = (
                {"status": "error", "error": inside}
                if status >= 400
                else {"status": "success", "data": inside}
            )
            body = json.dumps(wrapped, separators=(",", ":")).encode()
            headers["content-length"] = str(len(body))
        if status < 400 and (path == TAKES_TOKEN or (path == OWN_ACCOUNT and status == 204)):
            cookies.append(_token_cookie("", 0))
        for cookie in cookies:
            headers.append("set-cookie", cookie)
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})


def token_in(scope: Scope) -> str | None:
    """The access token that a browser keeps in its cookie."""
    jar: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        jar.load(Headers(scope=scope).get("cookie", ""))
    return jar[TOKEN_COOKIE].value if TOKEN_COOKIE in jar else None


def _with_bearer(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name not in (b"authorization", b"content-length")]
    token = token_in({"type": "http", "headers": headers})
    return [*kept, (b"authorization", f"Bearer {token}".encode())] if token else kept


def _query(query: bytes) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(inward_parameter(name), value) for name, value in pairs]).encode()


def _translated(receive: Receive, scope: Scope) -> Receive:
    """The request's body in the application's words; what is no JSON stays as it is, to be refused there."""
    done = False

    async def once() -> Message:
        nonlocal done
        if done:
            return await receive()
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
            more = message.get("more_body", False)
        done = True
        if Headers(scope=scope).get("content-type", "").startswith("application/json"):
            with contextlib.suppress(ValueError, RecursionError):
                body = bytearray(json.dumps(inward(json.loads(body))).encode())
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return once


def _token_cookie(value: str, seconds: int) -> str:
    answer = Response()
    answer.set_cookie(
        TOKEN_COOKIE, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="none"
    )
    return answer.headers["set-cookie"]
