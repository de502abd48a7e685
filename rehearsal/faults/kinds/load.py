"""Kind C5, a floor of load: what is right for one request and wrong for many."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.errors import ApiError
from rehearsal.services.recommender import Scored
from rehearsal.stack.plan import StackPlan

AWAITS = ("test_awaited_of_kind_c5",)
LINES = ("step.smoke.recommendations", "post.services", "step.backend.health", "post.critical")
EVERY = 25
SLOW_SECONDS = 0.5
NEWCOMER_SECONDS = 2.0
AT_ONCE = 4
HELD_SECONDS = 0.06
LEAKED_BYTES = 256 * 1024
MOST_LEAKED = 1200
"""So that what leaks harms the target and not the machine: 300 MB."""
ANSWERED = ("/health", "/metrics", "/ops", "/version", "/client-address", "/socket.io")
"""What is no request of a person."""


def around_requests(app: Any, act: Any) -> None:
    """Have `act(scope, go_on)` called for each HTTP request of a person; `go_on()` answers it."""
    build = app.asgi

    def asgi() -> Any:
        inner = build()

        async def acted(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"].startswith(ANSWERED):
                await inner(scope, receive, send)
                return

            async def go_on() -> None:
                await inner(scope, receive, send)

            async def refuse(status: int, message: str) -> None:
                await app.errors.response(status, message)(scope, receive, send)

            await act(go_on, refuse)

        return acted

    app.asgi = asgi


class EveryTwentyFifthSlow(ApiFault):
    """Every twenty-fifth answer takes half a second."""

    name = "load.every-twenty-fifth-slow"
    expected_failures = LINES
    proves = AWAITS
    intermittent = True

    def modify(self, app: Any) -> None:
        count = itertools.count(1)

        async def act(go_on: Any, _refuse: Any) -> None:
            if next(count) % EVERY == 0:
                await asyncio.sleep(SLOW_SECONDS)
            await go_on()

        around_requests(app, act)


class NewcomersWait(ApiFault):
    """People without a history wait two seconds for their recommendations, others do not."""

    name = "load.newcomers-wait"
    expected_failures = LINES
    proves = AWAITS

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            if not await app.library.signals(user_id):
                await asyncio.sleep(NEWCOMER_SECONDS)
            ranking: list[Scored] = await healthy(user_id, context)
            return ranking

        app.suggestions.for_user = for_user


class GroupsWait(ApiFault):
    """A group waits for its recommendations, longer with each member."""

    name = "load.groups-wait"
    expected_failures = LINES
    proves = AWAITS

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_group

        async def for_group(user_ids: list[str]) -> list[Scored]:
            for _ in user_ids:
                await asyncio.sleep(SLOW_SECONDS)
            ranking: list[Scored] = await healthy(user_ids)
            return ranking

        app.suggestions.for_group = for_group


class MemoryGrows(ApiFault):
    """Each request leaves a quarter of a megabyte behind in memory."""

    name = "load.memory-grows"
    expected_failures = LINES
    proves = AWAITS

    def modify(self, app: Any) -> None:
        left: list[bytes] = []

        async def act(go_on: Any, _refuse: Any) -> None:
            if len(left) < MOST_LEAKED:
                left.append(b"\xa5" * LEAKED_BYTES)
            await go_on()

        around_requests(app, act)


class ConnectionsKept(ApiFault):
    """Every tenth request keeps its connection to the database, until one is left for all."""

    name = "load.connections-kept"
    expected_failures = LINES
    proves = AWAITS

    def modify(self, app: Any) -> None:
        count = itertools.count(1)
        kept: list[Any] = []

        async def act(go_on: Any, _refuse: Any) -> None:
            if next(count) % 10 == 0 and len(kept) < app.database.LARGEST_POOL - 1:
                kept.append(await app.database._pool.acquire())
            await go_on()

        around_requests(app, act)


class RefusedAboveFour(ApiFault):
    """A replica that has four requests under way refuses the fifth."""

    name = "load.refused-above-four"
    expected_failures = LINES
    proves = AWAITS
    intermittent = True

    def modify(self, app: Any) -> None:
        underway: set[int] = set()
        numbers = itertools.count()

        async def act(go_on: Any, refuse: Any) -> None:
            if len(underway) >= AT_ONCE:
                await refuse(503, "Service Unavailable")
                return
            number = next(numbers)
            underway.add(number)
            try:
                # Real work takes a while: without it a quick answer is gone before the next request comes.
                await asyncio.sleep(HELD_SECONDS / 2)
                await go_on()
            finally:
                underway.discard(number)

        around_requests(app, act)


class OneAfterTheOther(ApiFault):
    """A replica answers one request after the other: quick alone, slow in company."""

    name = "load.one-after-the-other"
    expected_failures = LINES
    proves = AWAITS
    intermittent = True

    def modify(self, app: Any) -> None:
        turn = asyncio.Lock()

        async def act(go_on: Any, _refuse: Any) -> None:
            async with turn:
                await asyncio.sleep(HELD_SECONDS)
                await go_on()

        around_requests(app, act)


class OneReplicaFails(ApiFault):
    """One replica fails one request in ten when others are under way."""

    name = "load.one-replica-fails-now-and-then"
    expected_failures = LINES
    proves = AWAITS
    intermittent = True

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)

    def modify(self, app: Any) -> None:
        count = itertools.count(1)

        async def act(go_on: Any, refuse: Any) -> None:
            if next(count) % 10 == 0:
                await refuse(500, "Internal Server Error")
            else:
                await go_on()

        around_requests(app, act)


class SocketsNeverForgotten(ApiFault):
    """Connections that have ended are kept in the books: in time everybody has too many."""

    name = "load.sockets-never-forgotten"
    expected_failures = (*LINES, "step.smoke.websocket")
    proves = AWAITS

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        healthy = realtime._disconnect

        async def disconnect(sid: str, reason: Any = None) -> None:
            caller = realtime._callers.get(sid)
            await healthy(sid, reason)
            if caller is not None:
                realtime._callers[sid] = caller
                app.metrics.realtime_connections = len(realtime._callers)

        realtime.server.on("disconnect", disconnect)


class SignInsExhausted(ApiFault):
    """Three people who sign in at once leave the fourth with an error."""

    name = "load.sign-ins-exhausted"
    expected_failures = LINES
    proves = AWAITS
    intermittent = True

    def modify(self, app: Any) -> None:
        healthy = app.passwords.matches
        underway: list[int] = []

        async def matches(password: str, stored: str | None) -> bool:
            if len(underway) >= AT_ONCE - 1:
                raise ApiError(503, "Service Unavailable")
            underway.append(1)
            try:
                await asyncio.sleep(HELD_SECONDS)
                found: bool = await healthy(password, stored)
                return found
            finally:
                underway.pop()

        app.passwords.matches = matches
