"""How people sign in, stay signed in and sign out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from rehearsal.forms.base import Answered, Asked, Form, Overlay

REFRESHED = ("/auth/login", "/auth/refresh")
WRITING = ("POST", "PUT", "PATCH", "DELETE")


def pair(asked: Asked, answer: Answered) -> dict[str, Any] | None:
    """The tokens that an answer hands out; None where it hands out none."""
    body = answer.json
    is_pair = asked.path in REFRESHED and answer.status == 200 and isinstance(body, dict)
    return body if is_pair and "accessToken" in body else None


class TokensAtPaths(Form):
    """A sign-in by user name answers 201 with `data.access_token` and its lifetime in milliseconds."""

    name = "tokens-at-paths"
    profile: ClassVar[Overlay] = {
        "authentication": {
            "email_field": "username",
            "access_field": "data.access_token",
            "refresh_field": "data.refresh.token",
            "expiry_field": "data.expires_in_ms",
            "expiry_unit": "milliseconds",
            "sign_out_field": "refresh_token",
        },
    }

    def asked(self, asked: Asked) -> None:
        body = asked.json
        if asked.path == "/auth/login" and isinstance(body, dict):
            body["email"] = body.pop("username", None)
            asked.json = body
        if asked.path == "/auth/logout" and not (isinstance(body, dict) and body.get("refresh_token")):
            asked.kept["lacks"] = "refresh_token"
            asked.headers.pop("authorization", None)

    def answered(self, asked: Asked, answer: Answered) -> None:
        given = pair(asked, answer)
        if given is not None:
            answer.status = 201
            answer.json = {
                "data": {
                    "access_token": given["accessToken"],
                    "refresh": {"token": given["refreshToken"]},
                    "expires_in_ms": given["expiresIn"] * 1000,
                }
            }


class ExpiryInstant(Form):
    """A sign-in says by an instant (ISO 8601) when its token ends; signing out sends the browser on."""

    name = "expiry-instant"
    profile: ClassVar[Overlay] = {"authentication": {"expiry_field": "expiresAt", "expiry_unit": "instant"}}

    def answered(self, asked: Asked, answer: Answered) -> None:
        given = pair(asked, answer)
        if given is not None:
            ends = datetime.now(UTC) + timedelta(seconds=given.pop("expiresIn"))
            answer.json = {
                **given,
                "expiresAt": ends.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            }
        if asked.path == "/auth/logout" and answer.status == 204:
            answer.status = 303
            answer.set_header("location", "https://audotics.test/")


class Cookies(Form):
    """Tokens travel in cookies, the refresh token's to its route alone; what writes shows a CSRF value."""

    name = "cookies"
    profile: ClassVar[Overlay] = {
        "wire": {
            "token_cookie": "sid",
            "refresh_cookie": "rt",
            "csrf": {
                "url": "https://api.audotics.test/version",
                "cookie": "XSRF-TOKEN",
                "header": "X-XSRF-TOKEN",
            },
        },
        "authentication": {"expiry_field": "expiresIn"},
    }

    def asked(self, asked: Asked) -> None:
        pairs = (one.strip().partition("=") for one in asked.headers.get("cookie", "").split(";"))
        cookies = {name: value for name, _, value in pairs if name}
        asked.headers.pop("authorization", None)  # a bearer token is nothing here
        if "sid" in cookies:
            asked.headers["authorization"] = f"Bearer {cookies['sid']}"
        if asked.path == "/auth/refresh" and "rt" in cookies:
            asked.headers["content-type"] = "application/json"
            asked.json = {"refreshToken": cookies["rt"]}
        writes = asked.method in ("POST", "PUT", "PATCH", "DELETE") and not asked.path.startswith(
            "/auth/spotify"
        )
        shown = asked.headers.get("x-xsrf-token", "")
        if writes and (not shown or shown != cookies.get("XSRF-TOKEN")):
            asked.kept["csrf"] = True
            asked.method, asked.path = "GET", "/nowhere"

    def answered(self, asked: Asked, answer: Answered) -> None:
        if asked.kept.get("csrf"):
            answer.status = 403
            answer.json = {"statusCode": 403, "message": "invalid csrf token"}
            return
        given = pair(asked, answer)
        if given is not None:
            rules = "Secure; HttpOnly; SameSite=Lax; Max-Age=900"
            answer.set_cookie(f"sid={given['accessToken']}; Path=/; {rules}")
            answer.set_cookie(f"rt={given['refreshToken']}; Path=/auth/refresh; {rules}")
            answer.json = {"expiresIn": given["expiresIn"]}
        if asked.path == "/version":
            value = f"v{datetime.now(UTC).timestamp():.6f}".replace(".", "")
            answer.set_cookie(f"XSRF-TOKEN={value}; Path=/; Secure; SameSite=Lax")
