"""Accounts, tokens, answers and codes (kinds C1 to C3), as other developers rightly make them."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import uuid
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.services.api import inputs
from rehearsal.services.api.accounts import tokens
from rehearsal.services.api.errors import ApiError, bad_request
from rehearsal.variants.base import ApiVariant

KEPT_SECONDS = 1.0
REGISTRATION = {"email", "password", "displayName"}
BCRYPT_BYTES = 72


class PersonalAnswersRevalidated(ApiVariant):
    """Personal answers may be kept by the own browser, are asked after each time, and vary by the token."""

    name = "healthy.personal-answers-revalidated"

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if answer.status != 200 or scope["method"] != "GET":
                return
            tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            answer.set_header("etag", tag)
            answer.set_header("cache-control", "private, no-cache")
            answer.set_header("vary", "Origin, Authorization")
            if (b"if-none-match", tag.encode()) in scope["headers"]:
                answer.status, answer.body = 304, b""
                answer.set_header("content-length", None)

        rewrite(app, change, "/users/me")


class ProfileKeptByPerson(ApiVariant):
    """The profile is kept for a second in a cache whose key is the person."""

    name = "healthy.profile-kept-by-person"

    def modify(self, app: Any) -> None:
        healthy = app.users.profile
        kept: dict[str, tuple[float, Any]] = {}

        async def profile(user_id: str) -> Any:
            until, found = kept.get(user_id, (0.0, None))
            if until < time.monotonic():
                found = await healthy(user_id)
                kept[user_id] = (time.monotonic() + KEPT_SECONDS, found)
            return found

        app.users.profile = profile


class RegistrationSaysTheSame(ApiVariant):
    """Registering answers 202 with the same words for a new address and for one that exists."""

    name = "healthy.registration-says-the-same"
    declares = "registration is accepted with 202, and does not tell whether the address was new"

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.status in (201, 409):
                answer.status = 202
                answer.json = {"message": "If this address is new, its account is ready."}

        rewrite(app, change, "/auth/register")


class OddAddressesRefused(ApiVariant):
    """An address that is not written in its plain form (capitals, blanks, full width) is refused with 422."""

    name = "healthy.odd-addresses-refused"
    declares = "wrong input is refused with 422"

    def modify(self, _app: Any) -> None:
        healthy = inputs.email

        def email(body: dict[str, Any]) -> str:
            known: str = healthy(body)
            if body.get("email") != known:
                raise ApiError(422, "email must be written in lower case, without blanks")
            return known

        inputs.email = email


class UnknownFieldsRefused(ApiVariant):
    """A registration with fields that nobody offered is refused, as validators with a white list do it."""

    name = "healthy.unknown-fields-refused"

    def modify(self, _app: Any) -> None:
        healthy = inputs.json_body

        async def json_body(request: Any, *, optional: bool = False) -> dict[str, Any]:
            body: dict[str, Any] = await healthy(request, optional=optional)
            more = sorted(set(body) - REGISTRATION) if request.url.path == "/auth/register" else []
            if more:
                raise bad_request(f"property {more[0]} should not exist")
            return body

        inputs.json_body = json_body


class LongPasswordsRefused(ApiVariant):
    """Passwords above 72 bytes are refused, for bcrypt would not read the rest."""

    name = "healthy.long-passwords-refused"
    declares = "a password has at most 72 bytes"

    def modify(self, _app: Any) -> None:
        healthy = inputs.secret

        def secret(body: dict[str, Any], name: str, *, shortest: int = 1, longest: int = 200) -> str:
            value: str = healthy(body, name, shortest=shortest, longest=longest)
            if name == "password" and len(value.encode()) > BCRYPT_BYTES:
                raise bad_request("password must have at most 72 bytes")
            return value

        inputs.secret = secret


class LeavingAnswers200(ApiVariant):
    """Leaving a session is answered 200 with a body, not 204."""

    name = "healthy.leaving-answers-200"
    declares = "leaving is accepted with 200"

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if answer.status == 204 and scope["path"].endswith("/leave"):
                answer.status = 200
                answer.set_header("content-type", "application/json")
                answer.json = {"left": True}

        rewrite(app, change, "/api/sessions")


class RemovalAnswers202(ApiVariant):
    """The removal of an account is answered 202, and done by then."""

    name = "healthy.removal-answers-202"
    declares = "removing an account is accepted with 202"

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if answer.status == 204 and scope["method"] == "DELETE":
                answer.status = 202
                answer.set_header("content-type", "application/json")
                answer.json = {"status": "accepted"}

        rewrite(app, change, "/users/me")


class SignOutClosesTheTransport(ApiVariant):
    """Signing out ends the whole connection, not only its namespace."""

    name = "healthy.sign-out-closes-the-transport"

    def modify(self, app: Any) -> None:
        realtime = app.realtime

        async def cut_off(token_ids: list[str]) -> None:
            for sid, caller in list(realtime._callers.items()):
                if caller.token_id in token_ids:
                    eio_sid = realtime.server.manager.eio_sid_from_sid(sid, "/")
                    await realtime.server.eio.disconnect(eio_sid)

        realtime.broadcast.orders["cut_off"] = cut_off


class LeavingClosesTheSocket(ApiVariant):
    """Whoever leaves a session over HTTP loses the connections that were in its room."""

    name = "healthy.leaving-closes-the-socket"

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        healthy = realtime.broadcast.orders["expel"]

        async def expel(session_id: str, user_id: str) -> None:
            inside = [
                sid
                for sid, caller in realtime._callers.items()
                if caller.id == user_id and session_id in realtime._rooms.get(sid, ())
            ]
            await healthy(session_id, user_id)
            for sid in inside:
                await realtime.server.disconnect(sid)

        realtime.broadcast.orders["expel"] = expel


class CodesAreUuids(ApiVariant):
    """The code of a session is a random UUID."""

    name = "healthy.codes-are-uuids"

    def modify(self, app: Any) -> None:
        async def new_code() -> str:
            return str(uuid.uuid4())

        app.sessions.new_code = new_code


class CodesOf22Letters(ApiVariant):
    """The code of a session has 22 letters of base64url, capitals and dashes among them."""

    name = "healthy.codes-of-22-letters"

    def modify(self, app: Any) -> None:
        async def new_code() -> str:
            return secrets.token_urlsafe(16)

        app.sessions.new_code = new_code


class OpaqueTokens(ApiVariant):
    """Access tokens are opaque: nobody but the API can read anything in them."""

    name = "healthy.opaque-tokens"
    declares = "access tokens are opaque, and nobody else can issue one"

    def modify(self, app: Any) -> None:
        key = base64.urlsafe_b64encode(hashlib.sha256(app.tokens.key.encode()).digest())
        box, issue, verify = Fernet(key), app.tokens.issue, app.tokens.verify

        def issued(user_id: str, email: str) -> tuple[str, str]:
            token, token_id = issue(user_id, email)
            return "at_" + box.encrypt(token.encode()).decode().rstrip("="), token_id

        def verified(token: str) -> tokens.Claims:
            sealed = token.removeprefix("at_")
            try:
                inside = box.decrypt(sealed + "=" * (-len(sealed) % 4)).decode()
            except (InvalidToken, ValueError):
                raise tokens.InvalidToken("not one of ours") from None
            claims: tokens.Claims = verify(inside)
            return claims

        app.tokens.issue, app.tokens.verify = issued, verified
