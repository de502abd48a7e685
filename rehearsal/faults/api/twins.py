"""Deployments at which everybody is refused, whoever they are: what is refused there shows nothing."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault, Fault
from rehearsal.faults.lines import BEHIND_A_WALL, NOBODY_IS_LET_IN
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.stack.plan import API_HOST, StackPlan

INSIDE = ("/ops", "/health/live", "/health/ready", "/metrics")
"""What the load balancer and the operators ask, behind whatever stands before the API."""


class OwnTokensAreRefused(ApiFault):
    """The API verifies tokens with another key than it signs them with: all of its own are refused."""

    name = "twins.own-tokens-are-refused"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_token_is_let_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        def verify(_token: str) -> Any:
            raise InvalidToken("Signature verification failed")

        app.tokens.verify = verify


class AnotherSigningKey(ApiFault):
    """The API signs and verifies with another key than the profile's secret has."""

    name = "twins.another-signing-key"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_key_of_the_profile_signs_right_tokens",)

    def modify(self, app: Any) -> None:
        app.tokens.key = "a-key-that-was-changed-after-the-profile-was-written"


class ProfileIsForbidden(ApiFault):
    """A rule before the API forbids everybody their own profile."""

    name = "twins.profile-is-forbidden"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_token_is_let_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.status = 403
            answer.set_header("content-type", "text/html")
            answer.body = b"<html><title>403 Forbidden</title><h1>Forbidden</h1></html>"

        rewrite(app, change, "/users/me")


class LoginWall(ApiFault):
    """A wall before the API sends every request without a session of its own to a page to sign in."""

    name = "twins.login-wall"
    expected_failures = BEHIND_A_WALL
    proves = ("test_api_answers_at_its_public_address",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        _answer_outside(app, 302, ("location", "https://login.audotics.test/?next=api"), b"")


class PageForEveryPath(ApiFault):
    """Every path of the API is answered 200 by the shell of a page."""

    name = "twins.page-for-every-path"
    expected_failures = BEHIND_A_WALL
    proves = ("test_api_answers_at_its_public_address",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        shell = b"<!doctype html><title>Audotics</title><div id=root></div>"
        _answer_outside(app, 200, ("content-type", "text/html; charset=utf-8"), shell)


class EdgeForbidsEverybody(Fault):
    """The edge forbids everybody the API, although both replicas are well."""

    name = "twins.edge-forbids-everybody"
    expected_failures = BEHIND_A_WALL
    proves = ("test_api_answers_at_its_public_address",)
    masks = NOBODY_IS_LET_IN

    def apply(self, stack: StackPlan) -> None:
        stack.edge.answers_only[API_HOST] = 403


class EdgeIsUnavailable(Fault):
    """The edge answers 503 for the API, as in maintenance."""

    name = "twins.edge-is-unavailable"
    expected_failures = BEHIND_A_WALL
    proves = ("test_api_answers_at_its_public_address",)
    masks = NOBODY_IS_LET_IN

    def apply(self, stack: StackPlan) -> None:
        stack.edge.answers_only[API_HOST] = 503


class SignInGivesNothing(ApiFault):
    """A sign-in is answered 200, without a token."""

    name = "twins.sign-in-gives-no-token"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_password_signs_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.status in (200, 201):
                answer.json = {"ok": True}

        rewrite(app, change, "/auth/login")


class SocketRefusesEverybody(ApiFault):
    """Real time takes every token for a wrong one."""

    name = "twins.socket-refuses-everybody"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_right_handshake_is_let_in",)
    masks = "nobody gets a connection, so whatever needs one cannot see"

    def modify(self, app: Any) -> None:
        async def refuse(*_: Any) -> bool:
            return False

        app.realtime.server.on("connect", refuse)


class OwnPageCannotSignIn(ApiFault):
    """The frontend's own page is taken for another site's when it signs in."""

    name = "twins.own-page-cannot-sign-in"
    expected_failures = (
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "step.smoke.auth",
        "post.critical",
    )
    proves = ("test_frontend_may_sign_in",)

    def modify(self, app: Any) -> None:
        own = app.settings.frontend_origin.encode()

        def change(scope: dict[str, Any], answer: Answer) -> None:
            if (b"origin", own) in scope["headers"] and scope["method"] == "POST":
                answer.status = 403
                answer.json = {
                    "statusCode": 403,
                    "message": "Cross-site request refused",
                    "error": "Forbidden",
                }

        rewrite(app, change, "/auth/login")


class OwnPageCannotConnect(ApiFault):
    """Real time was configured with another origin than the frontend's."""

    name = "twins.own-page-cannot-connect"
    expected_failures = (
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "step.smoke.websocket",
        "post.critical",
    )
    proves = ("test_own_page_may_connect",)

    def modify(self, app: Any) -> None:
        app.realtime.server.eio.cors_allowed_origins = ["https://before-the-move.audotics.test"]


def _answer_outside(app: Any, status: int, header: tuple[str, str], body: bytes) -> None:
    """Answer whatever comes from outside the same, whoever asks for what."""

    def change(scope: dict[str, Any], answer: Answer) -> None:
        if not scope["path"].startswith(INSIDE):
            answer.status, answer.headers, answer.body = status, [header], body

    rewrite(app, change)
