"""Who may ask."""

from __future__ import annotations

import secrets

from starlette.requests import Request


def carries(request: Request, token: str) -> bool:
    """Whether the request carries ``token`` as a bearer token."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(value.encode(), token.encode())
