"""Defects of signing in, of tokens and of signing out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.tokens import InvalidToken


class AcceptsExpiredToken(ApiFault):
    """Tokens are accepted after their expiry."""

    name = "auth.accepts-expired-token"
    expected_failures = ("step.smoke.auth", "step.smoke.websocket", "post.critical")
    proves = ("test_expired_token_is_refused",)

    def modify(self, app: Any) -> None:
        app.tokens.options["verify_exp"] = False


class AcceptsForgedSignature(ApiFault):
    """Tokens are accepted whatever their signature is."""

    name = "auth.accepts-forged-signature"
    expected_failures = ("step.smoke.auth", "step.smoke.websocket", "post.critical")
    proves = ("test_forged_token_is_refused",)

    def modify(self, app: Any) -> None:
        # Without the signature PyJWT checks nothing else either, unless it is told to.
        app.tokens.options |= {"verify_signature": False, "verify_exp": True, "verify_nbf": True}


class AcceptsAlgorithmNone(ApiFault):
    """Unsigned tokens with the algorithm "none" are accepted."""

    name = "auth.accepts-algorithm-none"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_forged_token_is_refused",)

    def modify(self, app: Any) -> None:
        healthy = app.tokens.verify

        def verify(token: str) -> Any:
            try:
                unsigned = str(jwt.get_unverified_header(token).get("alg")).lower() == "none"
            except jwt.InvalidTokenError:
                raise InvalidToken("malformed") from None
            if not unsigned:
                return healthy(token)
            claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": True})
            return app.tokens.read(claims, token)

        app.tokens.verify = verify


class RecommendationsWithoutToken(ApiFault):
    """Recommendations are given to anybody, without a token."""

    name = "auth.recommendations-without-token"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_missing_token_is_refused", "test_recommendations_need_a_token")

    def modify(self, app: Any) -> None:
        healthy: Callable[[Any], Caller] = app.access.required

        def required(request: Any) -> Caller:
            if request.url.path == "/recommendations" and request.scope.get("caller") is None:
                return Caller("nobody", "nobody@audotics.test", "Nobody", "user", "none")
            return healthy(request)

        app.access.required = required


class RefreshTokenReplayed(ApiFault):
    """A refresh token can be used again and again."""

    name = "auth.refresh-token-replayed"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_refresh_rotates_and_a_replayed_token_is_dead",)

    def modify(self, app: Any) -> None:
        healthy = app.cache.put

        async def put(key: str, *values: Any, only_if_absent: bool = False) -> bool:
            # The mark of a used token is never found.
            only = only_if_absent and not key.startswith("used:")
            stored: bool = await healthy(key, *values, only_if_absent=only)
            return stored

        app.cache.put = put


class RefreshKeepsToken(ApiFault):
    """A refresh hands out the same refresh token again instead of a new one."""

    name = "auth.refresh-keeps-token"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_refresh_rotates_and_a_replayed_token_is_dead",)

    def modify(self, app: Any) -> None:
        RefreshTokenReplayed().modify(app)
        issue, redeem = app.families.issue, app.families.redeem
        last: dict[str, str] = {}

        async def remember(refresh_token: str) -> tuple[str, str]:
            user_id, family = await redeem(refresh_token)
            last[family] = refresh_token
            return user_id, family

        async def reissue(user_id: str, email: str, family: str | None = None) -> Any:
            pair = await issue(user_id, email, family)
            kept = last.pop(family, None) if family else None
            return type(pair)(pair.access_token, kept or pair.refresh_token, pair.expires_in)

        app.families.redeem = remember
        app.families.issue = reissue


class SignOutKeepsToken(ApiFault):
    """Signing out revokes nothing: the tokens go on working."""

    name = "auth.sign-out-keeps-token"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_sign_out_revokes_both_tokens",)

    def modify(self, app: Any) -> None:
        async def sign_out(_token_id: str) -> None:
            return None

        app.families.sign_out = sign_out


class SignInFails(ApiFault):
    """Every sign-in with a password ends in an internal error."""

    name = "auth.sign-in-fails"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_password_signs_in",)
    masks = "nobody can sign in, so whatever needs a user cannot see"

    def modify(self, app: Any) -> None:
        async def matches(_password: str, _stored: str | None) -> bool:
            raise RuntimeError("the password service is not configured")

        app.passwords.matches = matches


class AcceptsWrongPassword(ApiFault):
    """Any password opens an account."""

    name = "auth.accepts-wrong-password"
    expected_failures = ("step.smoke.auth", "step.smoke.journeys", "post.critical")
    proves = ("test_wrong_password_is_refused",)

    def modify(self, app: Any) -> None:
        async def matches(_password: str, stored: str | None) -> bool:
            return stored is not None

        app.passwords.matches = matches


class OriginRefused(ApiFault):
    """The API does not know the frontend's origin: browsers block every call of the page (CORS)."""

    name = "auth.origin-refused"
    expected_failures = (
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "step.smoke.auth",
        "post.critical",
    )
    proves = ("test_frontend_may_call_the_api",)

    def modify(self, app: Any) -> None:
        app.allows_origin = lambda _origin: False
