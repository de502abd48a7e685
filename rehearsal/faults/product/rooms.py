"""Defects of rooms: who gets in, what is answered, what is delivered, who is told of whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import jwt

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.services.api.errors import ApiError
from rehearsal.services.api.live.realtime import room_of

if TYPE_CHECKING:
    from jwt.types import Options

LINES = ("step.smoke.websocket", "post.critical")
SLOW_SECONDS = 0.8
EVERY = 50


class ExpiredTokenShakesHands(ApiFault):
    """A handshake is accepted with a token that has expired."""

    name = "realtime.expired-token"
    expected_failures = LINES
    proves = ("test_handshake_needs_a_valid_token",)
    checked: ClassVar[Options] = {"verify_exp": False}

    def modify(self, app: Any) -> None:
        healthy = app.realtime.authenticate

        async def authenticate(auth: Any) -> Caller:
            try:
                caller: Caller = await healthy(auth)
            except InvalidToken:
                try:
                    claims = jwt.decode(
                        auth["token"], app.tokens.key, algorithms=["HS256"], options=self.checked
                    )
                except (jwt.InvalidTokenError, KeyError, TypeError):
                    raise InvalidToken("invalid") from None
                caller = Caller(claims["id"], claims["email"], "Somebody", "user", "none")
            return caller

        app.realtime.authenticate = authenticate


class ForeignTokenShakesHands(ExpiredTokenShakesHands):
    """A handshake is accepted with a token that another environment signed."""

    name = "realtime.foreign-token"
    proves = ("test_handshake_needs_a_valid_token",)
    checked: ClassVar[Options] = {"verify_signature": False, "verify_exp": True}


class AnyOrigin(ApiFault):
    """Pages of every site may connect."""

    name = "realtime.any-origin"
    expected_failures = LINES
    proves = ("test_handshake_needs_the_own_origin",)

    def modify(self, app: Any) -> None:
        app.realtime.server.eio.cors_allowed_origins = "*"


class UnknownEventSilent(ApiFault):
    """An unknown event is never answered."""

    name = "realtime.unknown-event-silent"
    expected_failures = LINES
    proves = ("test_mistakes_are_answered_with_an_error",)

    def modify(self, app: Any) -> None:
        server = app.realtime.server
        healthy = server.handlers["/"]["*"]

        async def event(name: str, sid: str, *payload: Any) -> Any:
            if name not in app.realtime.events:
                raise RuntimeError("nobody listens to this event")
            return await healthy(name, sid, *payload)

        server.on("*", event)


class UnknownSessionJoined(ApiFault):
    """Joining a session that does not exist succeeds."""

    name = "realtime.unknown-session-joined"
    expected_failures = LINES
    proves = ("test_mistakes_are_answered_with_an_error",)

    def modify(self, app: Any) -> None:
        _forgive(app, status=404)


class OutsidersJoin(ApiFault):
    """Joining a room is open to people who are no members of its session."""

    name = "realtime.outsiders-join"
    expected_failures = LINES
    proves = ("test_mistakes_are_answered_with_an_error",)

    def modify(self, app: Any) -> None:
        _forgive(app, status=403)


def _forgive(app: Any, *, status: int) -> None:
    healthy = app.realtime.events["join_session"]

    async def join(sid: str, caller: Caller, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = await healthy(sid, caller, payload)
        except ApiError as refusal:
            if refusal.status != status:
                raise
            await app.realtime.server.enter_room(sid, room_of(payload["sessionId"]))
            answer = {"session": {"id": payload["sessionId"]}, "present": []}
        return answer

    app.realtime.events["join_session"] = join


class SlowDelivery(ApiFault):
    """Updates reach the room 0.8 s late."""

    name = "realtime.slow-delivery"
    expected_failures = LINES
    proves = ("test_join_is_acknowledged",)

    def modify(self, app: Any) -> None:
        healthy = app.realtime.to_room

        async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
            await asyncio.sleep(SLOW_SECONDS)
            await healthy(session_id, kind, data)

        app.realtime.to_room = to_room


class BurstLosesUpdates(ApiFault):
    """Every fiftieth update of a session is lost."""

    name = "realtime.burst-loses-updates"
    expected_failures = LINES
    proves = ("test_burst_arrives_without_loss_and_in_order",)

    def modify(self, app: Any) -> None:
        _lose(app, lambda _kind, data: data.get("version", 0) and data["version"] % EVERY == 0)


class UpdatesOvertake(ApiFault):
    """Updates overtake each other on their way."""

    name = "realtime.updates-overtake"
    expected_failures = LINES
    proves = ("test_burst_arrives_without_loss_and_in_order",)

    def modify(self, app: Any) -> None:
        tell_updates_later(app, lambda data: 0.05 * (data.get("version", 0) % 3))


class DepartureNotTold(ApiFault):
    """Nobody is told that somebody left."""

    name = "realtime.departure-not-told"
    expected_failures = ("step.smoke.websocket", "step.smoke.journeys", "post.critical")
    proves = ("test_others_are_told_who_left",)

    def modify(self, app: Any) -> None:
        _lose(app, lambda kind, _data: kind == "user_left")


def tell_updates_later(app: Any, seconds: Callable[[dict[str, Any]], float]) -> None:
    """Tell rooms of each update so many seconds later; what comes meanwhile may overtake it."""
    healthy = app.realtime.to_room
    underway: set[asyncio.Task[None]] = set()

    async def later(session_id: str, kind: str, data: dict[str, Any]) -> None:
        await asyncio.sleep(seconds(data))
        await healthy(session_id, kind, data)

    async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
        if kind != "playlist_updated":
            await healthy(session_id, kind, data)
            return
        task = asyncio.create_task(later(session_id, kind, data))
        underway.add(task)
        task.add_done_callback(underway.discard)

    app.realtime.to_room = to_room


def _lose(app: Any, lost: Callable[[str, dict[str, Any]], object]) -> None:
    healthy = app.realtime.to_room

    async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
        if not lost(kind, data):
            await healthy(session_id, kind, data)

    app.realtime.to_room = to_room


class ReturnRefused(ApiFault):
    """Whoever lost the connection is kept out of the room for having been there."""

    name = "realtime.return-refused"
    expected_failures = LINES
    proves = ("test_who_comes_back_hears_again",)

    def modify(self, app: Any) -> None:
        healthy = app.realtime.events["join_session"]
        known: dict[tuple[str, str], str] = {}

        async def join(sid: str, caller: Caller, payload: dict[str, Any]) -> Any:
            if known.setdefault((caller.id, str(payload.get("sessionId"))), sid) != sid:
                raise ApiError(409, "You are there already")
            return await healthy(sid, caller, payload)

        app.realtime.events["join_session"] = join
