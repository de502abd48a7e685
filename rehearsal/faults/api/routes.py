"""Routes that are not where the profile says, or that answer nobody."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.faults.lines import NOBODY_IS_LET_IN
from rehearsal.stack.plan import StackPlan


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


class ProfileIsNotThere(ApiFault):
    """There is no route that answers a user's own profile."""

    name = "routes.profile-is-not-there"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_token_is_let_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        _take_away(app, "/users/me")


class SignInIsNotThere(ApiFault):
    """There is no route that signs in with a password."""

    name = "routes.sign-in-is-not-there"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_right_password_signs_in",)
    masks = NOBODY_IS_LET_IN

    def modify(self, app: Any) -> None:
        _take_away(app, "/auth/login")


class CallbackIsNotThere(ApiFault):
    """The identity provider sends browsers back to a route that is not there."""

    name = "routes.callback-is-not-there"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_callback_is_there",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        _take_away(app, "/auth/spotify/callback")


class StartIsNotThere(ApiFault):
    """The route that begins a sign-in with the identity provider is not there."""

    name = "routes.start-is-not-there"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_sign_in_leads_to_the_provider",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        _take_away(app, "/auth/spotify/login")


class HealthIsNotThere(ApiFault):
    """There is no health route at the address that everybody knows."""

    name = "routes.health-is-not-there"
    expected_failures = ("step.backend.health", "post.services", "post.accessible")
    proves = ("test_health_routes_are_there",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        _take_away(app, "/health")


class HealthIsNotThereAtOneReplica(ApiFault):
    """One replica, of an older build, has no health route."""

    name = "routes.health-is-not-there-at-one-replica"
    expected_failures = ("step.backend.health", "post.services")
    proves = ("test_health_routes_are_there",)
    masks = "what needs the route cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)

    def modify(self, app: Any) -> None:
        _take_away(app, "/health")


class RecommendationsAreNotThere(ApiFault):
    """There is no route of recommendations."""

    name = "routes.recommendations-are-not-there"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_routes_of_music_are_there",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        _take_away(app, "/recommendations")


class SearchIsNotThere(ApiFault):
    """There is no route of language search."""

    name = "routes.search-is-not-there"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_routes_of_music_are_there",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        _take_away(app, "/nlp-recommendations/query")


class TrackIsNotThere(ApiFault):
    """There is no route of one track, and none of similar ones."""

    name = "routes.track-is-not-there"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_routes_of_music_are_there",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            _not_found(answer)

        rewrite(app, change, "/songs/")


class SearchTakesNoPost(ApiFault):
    """The route of language search takes another method than the profile's."""

    name = "routes.search-takes-no-post"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_routes_of_music_are_there",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.status = 405
            answer.json = {"statusCode": 405, "message": "Method Not Allowed", "error": "Method Not Allowed"}

        rewrite(app, change, "/nlp-recommendations/query")


class SessionsAreNotThere(ApiFault):
    """There is no route that opens a group session."""

    name = "routes.sessions-are-not-there"
    expected_failures = (
        "step.smoke.websocket",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "post.critical",
    )
    proves = ("test_session_opens_for_its_members",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        _take_away(app, "/api/sessions")


class NobodyMayJoin(ApiFault):
    """Everybody is forbidden to join a session, also by its code."""

    name = "routes.nobody-may-join"
    expected_failures = ("step.smoke.websocket", "step.smoke.journeys", "post.critical")
    proves = ("test_session_opens_for_its_members",)
    masks = "what needs the route cannot see"

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if scope["path"].endswith("/join"):
                answer.status = 403
                answer.json = {"statusCode": 403, "message": "Not invited", "error": "Forbidden"}

        rewrite(app, change, "/api/sessions/")
