"""The two cookies of the API: both HttpOnly, Secure, SameSite=None, and opaque."""

from __future__ import annotations

from starlette.responses import Response

SESSION_COOKIE = "audotics_session"
"""Names a signed-in browser; its content lives in the cache."""
SIGN_IN_COOKIE = "audotics_signin"
"""Ties a Spotify sign-in to the browser that began it."""
SESSION_SECONDS = 30 * 86400
SIGN_IN_SECONDS = 600
_PATHS = {SESSION_COOKIE: "/", SIGN_IN_COOKIE: "/auth/spotify"}


def set_cookie(answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, path=_PATHS[name], secure=True, httponly=True, samesite="none"
    )


def clear_cookie(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path=_PATHS[name], secure=True, httponly=True, samesite="none")


def clear_cookies(answer: Response) -> None:
    for name in _PATHS:
        clear_cookie(answer, name)
