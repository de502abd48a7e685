"""Recommendation routes that let in whom, or what, they should not."""

from __future__ import annotations

import posixpath
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api import inputs
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.gateway import Gateway
from rehearsal.services.api.live.sessions import GroupSessions
from rehearsal.services.recommender import Scored

LINES = ("step.smoke.recommendations", "post.critical")


class SearchNotUnderstood(ApiFault):
    """Language search answers every sentence with the usual recommendations."""

    name = "recommendations.search-not-understood"
    expected_failures = LINES
    proves = ("test_different_sentences_find_different_tracks", "test_search_understands")

    def modify(self, app: Any) -> None:
        app.suggestions.search = lambda _query, user_id: app.suggestions.for_user(user_id)


class SearchTakesAnything(ApiFault):
    """Language search takes nothing, numbers and whole books for sentences."""

    name = "recommendations.search-takes-anything"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_search_refuses_what_is_no_sentence",)

    def modify(self, _app: Any) -> None:
        healthy = inputs.text

        def text(body: dict[str, Any], name: str, **bounds: int) -> str:
            return str(body.get(name)) if name == "query" else healthy(body, name, **bounds)

        inputs.text = text


class SearchReachesPaths(ApiFault):
    """A sentence becomes part of the path at the service behind, which then fails."""

    name = "recommendations.search-reaches-paths"
    expected_failures = LINES
    proves = ("test_search_lets_nothing_through",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.search

        async def search(query: str, user_id: str) -> list[Scored]:
            if set("/?#") & set(query):
                raise RuntimeError("the service behind answered 404")
            return list(await healthy(query, user_id))

        app.suggestions.search = search


class IdsReachPaths(ApiFault):
    """An id with dots and slashes leads to another route."""

    name = "recommendations.ids-reach-paths"
    expected_failures = LINES
    proves = ("test_ids_let_nothing_through",)

    def modify(self, _app: Any) -> None:
        healthy = Gateway._admit

        async def admit(self: Gateway, scope: Any, receive: Any, send: Any, headers: dict[str, str]) -> None:
            if "/../" in scope["path"]:
                scope["path"] = posixpath.normpath(scope["path"])
            await healthy(self, scope, receive, send, headers)

        Gateway._admit = admit  # type: ignore[method-assign]


class SearchOpen(ApiFault):
    """Language search answers people who are not signed in."""

    name = "recommendations.search-open"
    expected_failures = LINES
    proves = ("test_search_needs_a_token",)

    def modify(self, app: Any) -> None:
        healthy = app.access.required

        def required(request: Any) -> Caller:
            if request.url.path.startswith("/nlp-recommendations/") and request.scope["caller"] is None:
                return Caller("guest", "guest@audotics.test", "Guest", "user", "none")
            caller: Caller = healthy(request)
            return caller

        app.access.required = required


class GroupOpenToOutsiders(ApiFault):
    """A group's recommendations are given to people who are no members."""

    name = "recommendations.group-open-to-outsiders"
    expected_failures = LINES
    proves = ("test_group_refuses_outsiders",)

    def modify(self, app: Any) -> None:
        careful = GroupSessions(app.database, app.library)
        for name in ("view", "join", "leave", "change"):
            setattr(app.sessions, name, getattr(careful, name))

        async def require_member(session_id: str, _user_id: str) -> Any:
            return await careful._find(session_id)

        app.sessions.require_member = require_member
