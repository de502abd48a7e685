"""Defects of the Socket.IO half of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.tokens import InvalidToken

Authenticate = Callable[[Any], Awaitable[Caller]]


class HandshakeWithoutToken(ApiFault):
    """A handshake is accepted without a valid token."""

    name = "realtime.handshake-without-token"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_handshake_needs_a_valid_token",)

    def modify(self, app: Any) -> None:
        healthy: Authenticate = app.realtime.authenticate

        async def authenticate(auth: Any) -> Caller:
            try:
                return await healthy(auth)
            except InvalidToken:
                return Caller("guest", "guest@audotics.test", "Guest", "user", "none")

        app.realtime.authenticate = authenticate


class BroadcastStaysOnReplica(ApiFault):
    """A broadcast does not reach the members who are connected to the other replica."""

    name = "realtime.broadcast-stays-on-replica"
    expected_failures = (
        "infra.load-balancer",
        "step.smoke.journeys",
        "step.smoke.websocket",
        "post.critical",
    )
    proves = ("test_broadcast_crosses_replicas_through_the_balancer",)

    def modify(self, app: Any) -> None:
        async def publish(_data: dict[str, Any]) -> None:
            return None

        app.realtime.broadcast._publish = publish


class BroadcastTwice(ApiFault):
    """Every change is delivered twice."""

    name = "realtime.broadcast-twice"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_arrival_is_told", "test_update_crosses_replicas")

    def modify(self, app: Any) -> None:
        healthy = app.realtime.to_room

        async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
            await healthy(session_id, kind, data)
            await healthy(session_id, kind, data)

        app.realtime.to_room = to_room


class BroadcastLeaks(ApiFault):
    """What happens in a session is sent to everybody, members or not."""

    name = "realtime.broadcast-leaks"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_update_reaches_every_member_once_and_no_outsider",)

    def modify(self, app: Any) -> None:
        async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
            event = {"type": kind, "sessionId": session_id, "data": data}
            await app.realtime.server.emit("session_event", event)

        app.realtime.to_room = to_room


class JoinNotAcknowledged(ApiFault):
    """Joining a session's room is never acknowledged."""

    name = "realtime.join-not-acknowledged"
    expected_failures = ("infra.load-balancer", "step.smoke.websocket", "post.critical")
    proves = ("test_join_is_acknowledged",)

    def modify(self, app: Any) -> None:
        server = app.realtime.server
        healthy = server.handlers["/"]["*"]

        async def event(name: str, sid: str, *payload: Any) -> Any:
            answer = await healthy(name, sid, *payload)
            if name == "join_session":
                # Any returned value, also None, would be acknowledged.
                raise RuntimeError("lost before the acknowledgement")
            return answer

        server.on("*", event)


class PollingRefused(ApiFault):
    """Only WebSocket is accepted; clients that begin with polling are refused."""

    name = "realtime.polling-refused"
    expected_failures = (
        "infra.load-balancer",
        "step.frontend.connectivity",
        "step.smoke.journeys",
        "step.smoke.websocket",
        "post.accessible",
        "post.critical",
    )
    proves = ("test_socket_opens_within_budget",)
    masks = "whatever begins by polling cannot see"

    def modify(self, app: Any) -> None:
        app.realtime.server.eio.transports = ["websocket"]
