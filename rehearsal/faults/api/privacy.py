"""Answers that show what is nobody else's business, and routes that stand open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.errors import forbidden

ASKED_FOR_THE_PROFILE = (
    "infra.cdn",
    "step.frontend.connectivity",
    "step.smoke.auth",
    "step.smoke.journeys",
    "step.smoke.recommendations",
    "post.accessible",
    "post.critical",
)
"""Lines whose checks are answered with somebody's profile, and say so each."""


class ProfileShowsHash(ApiFault):
    """The own profile carries the password hash."""

    name = "privacy.profile-shows-hash"
    expected_failures = ASKED_FOR_THE_PROFILE
    proves = ("test_answers_hold_nothing_private",)

    def modify(self, app: Any) -> None:
        healthy = app.users.profile

        async def profile(user_id: str) -> dict[str, Any] | None:
            found = await healthy(user_id)
            if found is None:
                return None
            stored = await app.database.value('SELECT "passwordHash" FROM "User" WHERE id = $1', user_id)
            return {**found, "account": {"login": {"stored": stored}}}

        app.users.profile = profile


class ProfileShowsProviderToken(ApiFault):
    """The own profile carries the identity provider's token, three levels deep."""

    name = "privacy.profile-shows-provider-token"
    expected_failures = ASKED_FOR_THE_PROFILE
    proves = ("test_answers_hold_nothing_private",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 200 and isinstance(body, dict):
                body["connections"] = [{"name": "spotify", "grant": {"spotifyAccessToken": "BQDx" * 20}}]
                answer.json = body

        rewrite(app, change, "/users/me")


class SessionShowsAddresses(ApiFault):
    """Members of a session see each other's e-mail addresses."""

    name = "privacy.session-shows-addresses"
    expected_failures = (
        "infra.load-balancer",
        "step.smoke.auth",
        "step.smoke.journeys",
        "step.smoke.recommendations",
        "step.smoke.websocket",
        "post.critical",
    )
    proves = ("test_members_see_no_more_than_names",)

    def modify(self, app: Any) -> None:
        healthy = app.sessions.view

        async def view(session_id: str, caller: Caller) -> dict[str, Any]:
            session: dict[str, Any] = await healthy(session_id, caller)
            for member in session["members"]:
                member["email"] = await app.users.email(member["id"])
            return session

        app.sessions.view = view


class SignInShowsHash(ApiFault):
    """The answer to a sign-in carries the user as it stands in the database."""

    name = "privacy.sign-in-shows-hash"
    expected_failures = (
        "infra.cdn",
        "step.frontend.connectivity",
        "step.smoke.auth",
        "step.smoke.journeys",
        "post.critical",
    )
    proves = ("test_sign_in_gives_tokens_and_nothing_else_private",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 200:
                answer.json = {
                    **body,
                    "user": {"passwordHash": "$argon2id$v=19$m=8192,t=1,p=1$c2FsdA$aGFzaA"},
                }

        rewrite(app, change, "/auth/login")


class UserIdFromTheRequest(ApiFault):
    """The profile route gives the profile of whoever the request names."""

    name = "privacy.user-id-from-the-request"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_naming_somebody_else_does_not_help",)

    def modify(self, app: Any) -> None:
        healthy = app.access.required

        def required(request: Any) -> Caller:
            caller: Caller = healthy(request)
            named = request.query_params.get("userId")
            if request.url.path == "/users/me" and request.method == "GET" and named:
                return replace(caller, id=named)
            return caller

        app.access.required = required


class SessionOpenToAnybody(ApiFault):
    """Whoever knows the code of a session reads it without being a member."""

    name = "privacy.session-open-to-anybody"
    expected_failures = (
        "step.smoke.auth",
        "step.smoke.recommendations",
        "step.smoke.websocket",
        "post.critical",
    )
    proves = ("test_outsider_cannot_see_or_change_a_session",)

    def modify(self, app: Any) -> None:
        async def require_member(session_id: str, _user_id: str) -> Any:
            return await app.sessions._find(session_id)

        app.sessions.require_member = require_member


class AnalyticsOpenToUsers(ApiFault):
    """Every user sees what administrators see."""

    name = "privacy.analytics-open-to-users"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_administrators_routes_are_closed_to_users",)

    def modify(self, app: Any) -> None:
        app.access.administrator = app.access.required


class AdministratorsWritesOpenToUsers(ApiFault):
    """Every user may do what changes something for administrators; only their reads are closed."""

    name = "privacy.administrators-writes-open-to-users"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_administrators_writes_are_closed_to_users",)

    def modify(self, app: Any) -> None:
        _judge_writes(app, app.access.required)


class AdministratorsWritesOpenToAll(ApiFault):
    """Whoever shows no token may do what changes something for administrators."""

    name = "privacy.administrators-writes-open-to-all"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_administrators_writes_are_closed_to_users",)

    def modify(self, app: Any) -> None:
        def unless_known(request: Any) -> Any:
            caller = request.scope.get("caller")
            if caller is not None:
                raise forbidden("Administrators only")

        _judge_writes(app, unless_known)


class AdministratorsWritesAreAnAccident(ApiFault):
    """Without a token an administrators' write ends in an internal error, behind whatever it did before."""

    name = "privacy.administrators-writes-are-an-accident"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_administrators_writes_are_closed_to_users",)

    def modify(self, app: Any) -> None:
        def by_role(request: Any) -> Any:
            if request.scope["caller"].role != "admin":
                raise forbidden("Administrators only")

        _judge_writes(app, by_role)


def _judge_writes(app: Any, judge: Callable[[Any], Any]) -> None:
    healthy = app.access.administrator
    app.access.administrator = lambda request: (judge if request.method == "POST" else healthy)(request)
