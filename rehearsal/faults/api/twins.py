"""Deployments at which everybody is refused, whoever they are: what is refused there shows nothing."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault, Fault
from rehearsal.faults.lines import NEED_THE_API
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.stack.plan import API_HOST, StackPlan

NEED_A_TOKEN = (
    "infra.load-balancer",
    "step.frontend.connectivity",
    "step.smoke.journeys",
    "step.smoke.auth",
    "step.smoke.recommendations",
    "step.smoke.websocket",
    "post.accessible",
    "post.critical",
)
"""What nobody can do whose token is turned away."""
INSIDE = ("/ops", "/health/ready", "/metrics")
"""What the load balancer and the operators ask, behind whatever stands before the API."""
NOBODY_IS_LET_IN = "nobody is let in, so whatever needs a user cannot see"


def _not_found(answer: Answer) -> None:
    answer.status = 404
    answer.set_header("content-type", "application/json")
    answer.json = {"statusCode": 404, "message": "Not Found", "error": "Not Found"}


def _take_away(app: Any, *paths: str) -> None:
    """Have these paths answered 404, whoever asks."""

    def change(scope: dict[str, Any], answer: Answer) -> None:
        if scope["path"] in paths:
            _not_found(answer)

    rewrite(app, change)


class OwnTokensAreRefused(ApiFault):
    """The API verifies tokens with another key than it signs them with: all of its own are refused."""

    name = "twins.own-tokens-are-refused"
    expected_failures = NEED_A_TOKEN
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


class ProfileIsNotThere(ApiFault):
    """There is no route that answers a user's own profile."""

    name = "twins.profile-is-not-there"
    expected_failures = NEED_A_TOKEN
    proves = ("test_right_token_is_let_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        _take_away(app, "/users/me")


class ProfileIsForbidden(ApiFault):
    """A rule before the API forbids everybody their own profile."""

    name = "twins.profile-is-forbidden"
    expected_failures = NEED_A_TOKEN
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
    expected_failures = (*NEED_THE_API, "infra.load-balancer", "step.smoke.websocket", "infra.cdn")
    proves = ("test_public_health_is_healthy_and_never_cached",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if not scope["path"].startswith(INSIDE):
                answer.status = 302
                answer.headers = [("location", "https://login.audotics.test/?next=api")]
                answer.body = b""

        rewrite(app, change)


class PageForEveryPath(ApiFault):
    """Every path of the API is answered 200 by the shell of a page."""

    name = "twins.page-for-every-path"
    expected_failures = (*NEED_THE_API, "infra.load-balancer", "infra.servers", "infra.tls", "infra.firewall")
    proves = ("test_public_health_is_healthy_and_never_cached",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if not scope["path"].startswith(INSIDE):
                answer.status = 200
                answer.headers = [("content-type", "text/html; charset=utf-8")]
                answer.body = b"<!doctype html><title>Audotics</title><div id=root></div>"

        rewrite(app, change)


class EdgeForbidsEverybody(Fault):
    """The edge forbids everybody the API, although both replicas are well."""

    name = "twins.edge-forbids-everybody"
    expected_failures = ("infra.load-balancer", *NEED_THE_API)
    proves = ("test_public_health_is_healthy_and_never_cached",)
    masks = NOBODY_IS_LET_IN

    def apply(self, stack: StackPlan) -> None:
        stack.edge.answers_only[API_HOST] = 403


class EdgeIsUnavailable(Fault):
    """The edge answers 503 for the API, as in maintenance."""

    name = "twins.edge-is-unavailable"
    expected_failures = ("infra.load-balancer", *NEED_THE_API)
    proves = ("test_public_health_is_healthy_and_never_cached",)
    masks = NOBODY_IS_LET_IN

    def apply(self, stack: StackPlan) -> None:
        stack.edge.answers_only[API_HOST] = 503


class SignInIsNotThere(ApiFault):
    """There is no route that signs in with a password."""

    name = "twins.sign-in-is-not-there"
    expected_failures = NEED_A_TOKEN
    proves = ("test_right_password_signs_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        _take_away(app, "/auth/login")


class SignInGivesNothing(ApiFault):
    """A sign-in is answered 200, without a token."""

    name = "twins.sign-in-gives-no-token"
    expected_failures = NEED_A_TOKEN
    proves = ("test_right_password_signs_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.status in (200, 201):
                answer.json = {"ok": True}

        rewrite(app, change, "/auth/login")


class CallbackIsNotThere(ApiFault):
    """The identity provider sends browsers back to a route that is not there."""

    name = "twins.callback-is-not-there"
    expected_failures = ("step.smoke.journeys", "step.smoke.auth", "post.critical")
    proves = ("test_whole_sign_in_keeps_its_promises",)

    def modify(self, app: Any) -> None:
        _take_away(app, "/auth/spotify/callback")


class StartIsNotThere(ApiFault):
    """The route that begins a sign-in with the identity provider is not there."""

    name = "twins.start-is-not-there"
    expected_failures = ("step.smoke.journeys", "step.smoke.auth", "post.critical")
    proves = ("test_sign_in_leads_to_the_provider",)

    def modify(self, app: Any) -> None:
        _take_away(app, "/auth/spotify/login")


class HealthIsNotThere(ApiFault):
    """There is no health route at the address that everybody knows."""

    name = "twins.health-is-not-there"
    expected_failures = (
        "step.backend.health",
        "post.services",
        "post.accessible",
        "infra.load-balancer",
        "step.smoke.auth",
        "post.critical",
    )
    proves = ("test_health_routes_are_there",)

    def modify(self, app: Any) -> None:
        _take_away(app, "/health")


class HealthIsNotThereAtOneReplica(ApiFault):
    """One replica, of an older build, has no health route."""

    name = "twins.health-is-not-there-at-one-replica"
    expected_failures = (
        "step.backend.health",
        "post.services",
        "post.accessible",
        "infra.load-balancer",
        "step.smoke.auth",
        "post.critical",
    )
    proves = ("test_health_routes_are_there",)

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)

    def modify(self, app: Any) -> None:
        _take_away(app, "/health")


class RecommendationsAreNotThere(ApiFault):
    """There is no route of recommendations."""

    name = "twins.recommendations-are-not-there"
    expected_failures = (
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "step.smoke.auth",
        "step.smoke.recommendations",
        "step.smoke.websocket",
        "infra.load-balancer",
        "post.critical",
    )
    proves = ("test_routes_of_music_are_there",)

    def modify(self, app: Any) -> None:
        _take_away(app, "/recommendations")


class SearchIsNotThere(ApiFault):
    """There is no route of language search."""

    name = "twins.search-is-not-there"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_routes_of_music_are_there",)

    def modify(self, app: Any) -> None:
        _take_away(app, "/nlp-recommendations/query")


class SocketRefusesEverybody(ApiFault):
    """Real time takes every token for a wrong one."""

    name = "twins.socket-refuses-everybody"
    expected_failures = (
        "infra.load-balancer",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "step.smoke.websocket",
        "post.accessible",
        "post.critical",
    )
    proves = ("test_right_handshake_is_let_in",)
    masks = "nobody gets a connection, so whatever needs one cannot see"

    def modify(self, app: Any) -> None:
        async def refuse(*_: Any) -> bool:
            return False

        app.realtime.server.on("connect", refuse)
