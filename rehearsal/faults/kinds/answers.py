"""Kind C1, whose answer is it: under parallel requests somebody gets what another person asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.recommender import Scored
from rehearsal.stack.plan import StackPlan

LINES = ("step.smoke.auth", "post.critical")
PERSONAL = ("/users/me", "/recommendations", "/api/sessions")
KEPT_SECONDS = 1.0

Scope = dict[str, Any]


def answer_from_store(app: Any, wanted: Callable[[Scope], bool], seconds: float) -> None:
    """Keep complete answers to GET by path and query alone, and give them to whoever asks next."""
    build = app.asgi
    kept: dict[tuple[str, bytes], tuple[float, list[dict[str, Any]]]] = {}

    def asgi() -> Any:
        inner = build()

        async def stored(scope: Scope, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] != "GET" or not wanted(scope):
                await inner(scope, receive, send)
                return
            key = (scope["path"], scope["query_string"])
            until, messages = kept.get(key, (0.0, []))
            if until > time.monotonic():
                for message in messages:
                    await send(message)
                return
            fresh: list[dict[str, Any]] = []

            async def keep(message: dict[str, Any]) -> None:
                fresh.append(message)
                await send(message)

            await inner(scope, receive, keep)
            if fresh and fresh[0]["status"] == 200:
                kept[key] = (time.monotonic() + seconds, fresh)

        return stored

    app.asgi = asgi


def is_personal(scope: Scope) -> bool:
    """Whether what is asked for is one person's."""
    return str(scope["path"]).startswith(PERSONAL)


def came_through_the_edge(scope: Scope) -> bool:
    """Whether the edge has passed the request on."""
    return any(name == b"x-forwarded-host" for name, _ in scope["headers"])


class CacheWithoutToken(ApiFault):
    """A response cache in the API is keyed by the address alone: who asks next gets the former's answer."""

    name = "answers.cache-without-token"
    expected_failures = LINES
    proves = ("test_every_answer_is_its_askers", "test_every_sign_in_opens_its_own_account")
    intermittent = True

    def modify(self, app: Any) -> None:
        answer_from_store(app, is_personal, KEPT_SECONDS)


class EdgeIgnoresAuthorization(ApiFault):
    """What comes through the edge is kept there for a second, whoever it was for; each replica is right."""

    name = "answers.edge-ignores-authorization"
    expected_failures = LINES
    proves = ("test_every_answer_is_its_askers",)
    intermittent = True

    def modify(self, app: Any) -> None:
        # Where the cache stands cannot be told from outside: only what has passed the edge meets it.
        answer_from_store(
            app, lambda scope: is_personal(scope) and came_through_the_edge(scope), KEPT_SECONDS
        )


class SharedVariable(ApiFault):
    """The signed-in user is kept in a variable of the process, which the next request overwrites."""

    name = "answers.shared-variable"
    expected_failures = LINES
    proves = ("test_every_answer_is_its_askers", "test_every_session_is_its_askers")
    intermittent = True

    def modify(self, app: Any) -> None:
        authenticate, required = app.access.authenticate, app.access.required
        current: dict[str, Caller] = {}

        async def remember(token: str) -> Caller:
            caller: Caller = await authenticate(token)
            current["user"] = caller
            return caller

        def remembered(request: Any) -> Caller:
            caller: Caller = required(request)
            return current.get("user", caller)

        app.access.authenticate, app.access.required = remember, remembered


class SharedVariableOfOneReplica(SharedVariable):
    """One replica, of an older build, keeps the signed-in user in a variable of the process."""

    name = "answers.shared-variable-of-one-replica"

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)


class RepliesMixedUp(ApiFault):
    """The connection pool hands replies of the database to whoever waits for another one."""

    name = "answers.replies-mixed-up"
    expected_failures = LINES
    proves = ("test_every_answer_is_its_askers",)

    def modify(self, app: Any) -> None:
        healthy = app.users.profile
        replies: list[dict[str, Any] | None] = []

        async def profile(user_id: str) -> dict[str, Any] | None:
            replies.append(await healthy(user_id))
            await asyncio.sleep(0.01)
            # The last that came, to the first that waits: of one alone, its own.
            return replies.pop()

        app.users.profile = profile


class FlightsShared(ApiFault):
    """Requests for the same address that come while one is under way share its answer."""

    name = "answers.flights-shared"
    expected_failures = LINES
    proves = ("test_every_answer_is_its_askers",)
    intermittent = True

    def modify(self, app: Any) -> None:
        build = app.asgi
        underway: dict[tuple[str, bytes], asyncio.Future[list[dict[str, Any]]]] = {}

        def asgi() -> Any:
            inner = build()

            async def shared(scope: Scope, receive: Any, send: Any) -> None:
                if scope["type"] != "http" or scope["method"] != "GET" or not is_personal(scope):
                    await inner(scope, receive, send)
                    return
                key = (scope["path"], scope["query_string"])
                if key not in underway:
                    underway[key] = asyncio.ensure_future(_answer(inner, scope, receive))
                    underway[key].add_done_callback(lambda _: underway.pop(key, None))
                for message in await underway[key]:
                    await send(message)

            return shared

        app.asgi = asgi


async def _answer(inner: Any, scope: Scope, receive: Any) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def gather(message: dict[str, Any]) -> None:
        messages.append(message)

    await inner(scope, receive, gather)
    return messages


class OneRouteRemembered(ApiFault):
    """Only the recommendations are remembered, by context, and not by person."""

    name = "answers.one-route-remembered"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_every_answer_is_its_askers",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user
        remembered: dict[str | None, tuple[float, list[Scored]]] = {}

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            until, ranking = remembered.get(context, (0.0, []))
            if until < time.monotonic():
                ranking = await healthy(user_id, context)
                remembered[context] = (time.monotonic() + KEPT_SECONDS, ranking)
            return ranking

        app.suggestions.for_user = for_user
