"""Answers and messages of any route that carry what is nobody else's business."""

from __future__ import annotations

from typing import Any

import jwt

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller

JUDGE = "test_no_answer_shows_what_is_nobody_elses_business"
BCRYPT = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
SQL = 'SELECT "id", "title" FROM "Track" WHERE "id" = $1 LIMIT 1'
FRAMES = "TypeError: member is undefined\n    at Sessions.leave (/srv/audotics/dist/sessions.js:88:17)"
WITH_SESSIONS = (
    "infra.load-balancer",
    "step.smoke.auth",
    "step.smoke.websocket",
    "step.smoke.recommendations",
    "post.critical",
)


class CreatingShowsHashes(ApiFault):
    """Whoever opens a session is answered with its members as they stand in the database, hashes too."""

    name = "exposure.creating-shows-hashes"
    expected_failures = (*WITH_SESSIONS, "step.frontend.connectivity", "step.smoke.journeys")
    proves = (JUDGE, "test_outsider_cannot_see_or_change_a_session")

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if scope["method"] == "POST" and answer.status == 201 and isinstance(body, dict):
                inside = body.get("data", body)
                for member in inside.get("members", ()):
                    member["password_hash"] = BCRYPT
                answer.json = body

        rewrite(app, change, "/api/sessions")


class JoiningShowsProvidersTokens(ApiFault):
    """Whoever joins a session gets the other members' refresh tokens of the identity provider."""

    name = "exposure.joining-shows-tokens"
    expected_failures = (*WITH_SESSIONS, "step.smoke.journeys")
    proves = (JUDGE, "test_members_see_no_more_than_names")

    def modify(self, app: Any) -> None:
        healthy = app.sessions.join

        async def join(session_id: str, caller: Caller) -> dict[str, Any]:
            session: dict[str, Any] = await healthy(session_id, caller)
            for member in session["members"]:
                member["spotify"] = {"refreshToken": "AQD4kQ2b8TzXw1vN7yRj5cLhPf0aGmEuSiKo3dBt6HnJqVxZ9r"}
            return session

        app.sessions.join = join


class SearchShowsAddresses(ApiFault):
    """What a search finds names by e-mail address who liked it."""

    name = "exposure.search-shows-addresses"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = (JUDGE, "test_search_understands")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 200 and isinstance(body, dict):
                answer.json = {**body, "likedBy": [{"person": "Ada <ada.quick@mail.audotics.test>"}]}

        rewrite(app, change, "/nlp-recommendations/query")


class NotFoundShowsQuery(ApiFault):
    """Of a track that does not exist the answer says with which query it was looked for."""

    name = "exposure.not-found-shows-query"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = (JUDGE, "test_unknown_track_is_not_found")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 404 and isinstance(body, dict):
                answer.json = {**body, "cause": f"no rows: {SQL}"}

        rewrite(app, change, "/songs/")


class TrendingShowsKey(ApiFault):
    """The public list of tracks names the key of the storage that its covers lie in."""

    name = "exposure.trending-shows-key"
    expected_failures = (
        "step.smoke.auth",
        "step.smoke.recommendations",
        "post.accessible",
        "post.critical",
        "post.monitoring",
    )
    proves = (JUDGE, "test_trending_follows_the_genre")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            body = answer.json
            if answer.status == 200 and isinstance(body, dict):
                answer.json = {**body, "covers": {"bucket": "audotics-covers", "key": "AKIAQ3EGRIOXK2HJ7LZ5"}}

        rewrite(app, change, "/trending")


class ArrivalShowsToken(ApiFault):
    """Who is told of an arrival is told the token of who arrived."""

    name = "exposure.arrival-shows-token"
    expected_failures = ("infra.load-balancer", "step.smoke.auth", "step.smoke.websocket", "post.critical")
    proves = (JUDGE, "test_arrival_is_told")

    def modify(self, app: Any) -> None:
        healthy = app.realtime.to_room

        async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
            if kind == "user_joined":
                claims = {"id": data["user"]["id"], "scope": "listen"}
                token = jwt.encode(claims, app.tokens.key, algorithm="HS256")
                data = {**data, "user": {**data["user"], "session": token}}
            await healthy(session_id, kind, data)

        app.realtime.to_room = to_room


class LeavingShowsTrace(ApiFault):
    """Leaving works, and is answered with the frames of an error on the way, in a header."""

    name = "exposure.leaving-shows-trace"
    expected_failures = (*WITH_SESSIONS, "step.smoke.journeys")
    proves = (JUDGE, "test_outsider_cannot_see_or_change_a_session")

    def modify(self, app: Any) -> None:
        def change(scope: dict[str, Any], answer: Answer) -> None:
            if scope["method"] == "DELETE":
                answer.set_header("x-debug", FRAMES.replace("\n", " "))

        rewrite(app, change, "/api/sessions")
