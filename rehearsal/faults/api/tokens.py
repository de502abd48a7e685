"""Defects of tokens: what is accepted although it must open nothing, and what tokens carry."""

from __future__ import annotations

from typing import Any

import jwt

from rehearsal.faults.base import ApiFault, Fault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.stack.facts import STAGING_KEY
from rehearsal.stack.plan import StackPlan

YEAR_SECONDS = 365 * 86400


class AcceptsNotYetValid(ApiFault):
    """Tokens are accepted before their time."""

    name = "tokens.accepts-not-yet-valid"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_rightly_signed_token_is_refused_all_the_same",)

    def modify(self, app: Any) -> None:
        app.tokens.options |= {"verify_nbf": False, "verify_iat": False}


class AcceptsNoExpiry(ApiFault):
    """Tokens without an expiry are accepted, for ever."""

    name = "tokens.accepts-no-expiry"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_rightly_signed_token_is_refused_all_the_same",)

    def modify(self, app: Any) -> None:
        app.tokens.options["require"] = ["id", "email"]


class AcceptsOtherAlgorithm(ApiFault):
    """Tokens of any HMAC algorithm are accepted, not only of the one in use."""

    name = "tokens.accepts-other-algorithm"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_rightly_signed_token_is_refused_all_the_same",)

    def modify(self, app: Any) -> None:
        app.tokens.algorithms = ["HS256", "HS384", "HS512"]


class AcceptsDeletedUser(ApiFault):
    """A token goes on working after its user was deleted."""

    name = "tokens.accepts-deleted-user"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_token_of_a_deleted_user_is_refused",)

    def modify(self, app: Any) -> None:
        known = app.access.authenticate

        async def authenticate(token: str) -> Caller:
            claims = app.tokens.verify(token)
            if await app.users.email(claims.user_id) is not None:
                caller: Caller = await known(token)
                return caller
            return Caller(claims.user_id, claims.email, "Somebody", "user", claims.token_id)

        async def profile(user_id: str) -> dict[str, Any]:
            return await healthy(user_id) or {"id": user_id, "email": "gone@audotics.test"}

        healthy = app.users.profile
        app.users.profile = profile
        app.access.authenticate = authenticate


class AcceptsForeignToken(ApiFault):
    """Tokens of the staging environment are accepted: its key was deployed here too."""

    name = "tokens.accepts-foreign-token"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_token_of_another_environment_is_refused",)

    def modify(self, app: Any) -> None:
        healthy = app.tokens.verify

        def verify(token: str) -> Any:
            try:
                return healthy(token)
            except InvalidToken:
                try:
                    claims = jwt.decode(token, STAGING_KEY, algorithms=["HS256"])
                except jwt.InvalidTokenError:
                    raise InvalidToken("neither key fits") from None
                return app.tokens.read(claims, token)

        app.tokens.verify = verify


class AcceptsEmbeddedKey(ApiFault):
    """A token may bring the key along that it is verified with."""

    name = "tokens.accepts-embedded-key"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_forged_token_is_refused",)

    def modify(self, app: Any) -> None:
        healthy = app.tokens.verify

        def verify(token: str) -> Any:
            try:
                key = jwt.get_unverified_header(token).get("jwk")
                if key is None:
                    return healthy(token)
                return app.tokens.read(jwt.decode(token, jwt.PyJWK(key), algorithms=["HS256"]), token)
            except (jwt.PyJWTError, ValueError):
                raise InvalidToken("malformed") from None

        app.tokens.verify = verify


class KeyFromTheTutorial(Fault):
    """Tokens are signed with a key that stands in every tutorial."""

    name = "tokens.key-from-the-tutorial"
    expected_failures = ("step.backend.environment", "step.smoke.auth", "post.critical")
    proves = ("test_key_is_none_that_examples_use",)
    masks = "the key that forgeries are signed with is no longer the right one"

    def apply(self, stack: StackPlan) -> None:
        for replica in stack.replicas:
            replica.environment["JWT_SECRET"] = "your-secret-key"


class AcceptsTokenInUrl(ApiFault):
    """A token in the query opens everything, as a header would."""

    name = "tokens.accepted-in-url"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_token_in_the_url_opens_nothing",)

    def modify(self, app: Any) -> None:
        healthy = app.asgi

        def asgi() -> Any:
            inner = healthy()

            async def moved(scope: dict[str, Any], receive: Any, send: Any) -> None:
                query = scope.get("query_string", b"").decode()
                name, _, value = query.partition("=")
                if scope["type"] == "http" and name in ("access_token", "token"):
                    authorization = (b"authorization", f"Bearer {value}".encode())
                    scope = scope | {"headers": [*scope["headers"], authorization]}
                await inner(scope, receive, send)

            return moved

        app.asgi = asgi


class SchemeIsCaseSensitive(ApiFault):
    """Only "Bearer" in exactly these letters is accepted."""

    name = "tokens.scheme-is-case-sensitive"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_case_of_the_scheme_does_not_matter",)

    def modify(self, app: Any) -> None:
        healthy = app.asgi

        def asgi() -> Any:
            inner = healthy()

            async def strict(scope: dict[str, Any], receive: Any, send: Any) -> None:
                if scope["type"] == "http":
                    kept = [
                        (name, value)
                        for name, value in scope["headers"]
                        if name != b"authorization" or value.startswith(b"Bearer ")
                    ]
                    scope = scope | {"headers": kept}
                await inner(scope, receive, send)

            return strict

        app.asgi = asgi


class AcceptsAnyScheme(ApiFault):
    """A token is accepted under any scheme, also Basic."""

    name = "tokens.accepts-any-scheme"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_scheme_must_be_bearer",)

    def modify(self, app: Any) -> None:
        healthy = app.asgi

        def asgi() -> Any:
            inner = healthy()

            async def renamed(scope: dict[str, Any], receive: Any, send: Any) -> None:
                if scope["type"] == "http":
                    headers = [
                        (name, b"Bearer " + value.split(b" ")[-1] if name == b"authorization" else value)
                        for name, value in scope["headers"]
                    ]
                    scope = scope | {"headers": headers}
                await inner(scope, receive, send)

            return renamed

        app.asgi = asgi


class LivesAYear(Fault):
    """Access tokens live a year."""

    name = "tokens.live-a-year"
    expected_failures = ("code.environment", "step.smoke.auth", "post.critical")
    proves = ("test_every_variable_is_well_formed",)

    def apply(self, stack: StackPlan) -> None:
        stack.token_lifetime_seconds = YEAR_SECONDS


class CarryPasswordHash(ApiFault):
    """Access tokens carry the password hash of their user, for anybody to read."""

    name = "tokens.carry-password-hash"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_tokens_are_sane",)

    def modify(self, app: Any) -> None:
        def issue(user_id: str, email: str) -> tuple[str, str]:
            token, token_id = healthy(user_id, email)
            claims = jwt.decode(token, options={"verify_signature": False})
            claims["passwordHash"] = "$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"
            return jwt.encode(claims, app.tokens.key, "HS256"), token_id

        healthy = app.tokens.issue
        app.tokens.issue = issue
