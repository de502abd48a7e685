"""What every HTTP request passes: CORS, origin guard, caller, rate limit, errors, metrics."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehearsal.services.api.accounts.access import Caller, bearer_token
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.services.api.database import UNREACHABLE
from rehearsal.services.api.errors import ApiError, forbidden
from rehearsal.services.api.rate_limits import UNCOUNTED_PATHS

if TYPE_CHECKING:
    from rehearsal.services.api.application import Application

logger = logging.getLogger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_EXPOSED = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"


class Gateway:
    """An ASGI application around the routes."""

    def __init__(self, app: Application, routes: ASGIApp) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._routes(scope, receive, send)
            return
        # With an application in the scope the router raises what it refuses, instead of answering in text.
        scope["app"] = self._app
        started = time.perf_counter()
        headers = self._cors_headers(Headers(scope=scope).get("origin"))
        status = 500
        begun = False

        async def answer(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                own = MutableHeaders(raw=message["headers"])
                own.setdefault("cache-control", "no-store")
                for name, value in headers.items():
                    own[name] = value
            await send(message)

        try:
            await self._admit(scope, receive, answer, headers)
        except Exception as problem:
            if begun:
                raise
            await self._refusal(problem)(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            self._app.metrics.observe(scope["method"], route, status, time.perf_counter() - started)

    async def _admit(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        request = Request(scope)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in request.headers:
            await self._preflight(request)(scope, receive, send)
            return
        self._guard_origin(request)
        scope["caller"] = await self._caller(request)
        if scope["path"] in UNCOUNTED_PATHS:
            budget = self._app.rate_limits.untouched()
        else:
            address = scope["client"][0] if scope.get("client") else "unknown"
            budget = await self._app.rate_limits.take(scope["path"], address, scope["caller"])
        headers.update(budget.headers)
        if budget.exceeded:
            raise ApiError(429, "Too many requests")
        await self._routes(scope, receive, send)

    async def _caller(self, request: Request) -> Caller | None:
        token = bearer_token(request.headers.get("authorization", ""))
        if token is None or request.url.path in UNCOUNTED_PATHS:
            return None
        try:
            return await self._app.access.authenticate(token)
        except InvalidToken:
            return None

    def _guard_origin(self, request: Request) -> None:
        """Refuse what another site's page sends: cookies come along by themselves."""
        origin = request.headers.get("origin")
        if request.method not in SAFE_METHODS and origin is not None and not self._app.allows_origin(origin):
            raise forbidden("Origin not allowed")

    def _cors_headers(self, origin: str | None) -> dict[str, str]:
        headers = {"vary": "Origin", "x-content-type-options": "nosniff"}
        if origin is not None and self._app.allows_origin(origin):
            headers["access-control-allow-origin"] = origin
            headers["access-control-allow-credentials"] = "true"
            headers["access-control-expose-headers"] = _EXPOSED
        return headers

    def _preflight(self, request: Request) -> Response:
        if not self._app.allows_origin(request.headers.get("origin", "")):
            return self._app.errors.response(403, "Origin not allowed")
        allowed = {
            "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": "600",
        }
        return Response(status_code=204, headers=allowed)

    def _refusal(self, problem: Exception) -> Response:
        if isinstance(problem, ApiError):
            return self._app.errors.response(problem.status, problem.message, problem.headers)
        if isinstance(problem, HTTPException):
            return self._app.errors.response(problem.status_code, problem.detail, problem.headers)
        if isinstance(problem, UNREACHABLE):
            logger.warning("the database cannot be reached: %s", type(problem).__name__)
            return self._app.errors.response(503, "Service Unavailable", {"Retry-After": "5"})
        logger.error("a request failed", exc_info=problem)
        return self._app.errors.response(500, "Internal Server Error")
