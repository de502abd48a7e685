"""Kind C8, real time for longer than a moment."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from rehearsal.faults.base import ApiFault, Fault
from rehearsal.faults.product.rooms import tell_updates_later
from rehearsal.services.api.accounts.access import Caller
from rehearsal.stack.plan import StackPlan

LINES = ("step.smoke.websocket", "post.critical")
CUT_SECONDS = 2.0


class EdgeCutsStreams(Fault):
    """The edge ends each connection after two seconds, whatever is said on it."""

    name = "live.edge-cuts-streams"
    expected_failures = ("step.smoke.journeys", *LINES)
    proves = ("test_idle_connection_is_kept",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.stream_seconds = CUT_SECONDS


class IdleIsCut(ApiFault):
    """A connection on which a client has said nothing for two seconds is cut: keep-alives do not count."""

    name = "live.idle-is-cut"
    expected_failures = LINES
    proves = ("test_idle_connection_is_kept",)

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        event, connect = realtime.server.handlers["/"]["*"], realtime.server.handlers["/"]["connect"]
        watches: dict[str, asyncio.TimerHandle] = {}
        ending: set[asyncio.Task[None]] = set()

        def cut(sid: str) -> None:
            eio_sid = realtime.server.manager.eio_sid_from_sid(sid, "/")
            if eio_sid is not None:
                task = asyncio.ensure_future(realtime.server.eio.disconnect(eio_sid))
                ending.add(task)
                task.add_done_callback(ending.discard)

        def watch(sid: str) -> None:
            if sid in watches:
                watches[sid].cancel()
            watches[sid] = asyncio.get_running_loop().call_later(CUT_SECONDS, cut, sid)

        async def connected(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
            await connect(sid, environ, auth)
            watch(sid)

        async def heard(name: str, sid: str, *payload: Any) -> Any:
            watch(sid)
            return await event(name, sid, *payload)

        realtime.server.on("connect", connected)
        realtime.server.on("*", heard)


class IdleIsCutAtOneReplica(IdleIsCut):
    """One replica cuts a connection on which nothing was said for two seconds."""

    name = "live.idle-is-cut-at-one-replica"

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)


class FallsSilent(ApiFault):
    """Two seconds after joining, a connection that stands hears nothing of its session any more."""

    name = "live.falls-silent"
    expected_failures = LINES
    proves = ("test_idle_connection_is_kept",)

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        join = realtime.events["join_session"]
        leaving: set[asyncio.Task[None]] = set()

        async def leave(sid: str, session_id: str) -> None:
            await asyncio.sleep(CUT_SECONDS)
            await realtime.server.leave_room(sid, f"session:{session_id}")

        async def joined(sid: str, caller: Caller, payload: dict[str, Any]) -> Any:
            answer = await join(sid, caller, payload)
            task = asyncio.create_task(leave(sid, payload["sessionId"]))
            leaving.add(task)
            task.add_done_callback(leaving.discard)
            return answer

        realtime.events["join_session"] = joined


class EndNotTold(ApiFault):
    """Nobody is told that a session has ended."""

    name = "live.end-not-told"
    expected_failures = LINES
    proves = ("test_every_declared_event_is_told",)

    def modify(self, app: Any) -> None:
        _never_told(app, lambda kind, _data: kind == "session_ended")


class ArrivalNotTold(ApiFault):
    """Nobody is told that somebody has come."""

    name = "live.arrival-not-told"
    expected_failures = ("step.smoke.journeys", *LINES)
    proves = ("test_every_declared_event_is_told",)

    def modify(self, app: Any) -> None:
        _never_told(app, lambda kind, _data: kind == "user_joined")


class NewSessionsNotTold(ApiFault):
    """Nobody is told of new sessions."""

    name = "live.new-sessions-not-told"
    expected_failures = LINES
    proves = ("test_every_declared_event_is_told",)

    def modify(self, app: Any) -> None:
        async def announce(_session: dict[str, Any], _creator: Caller) -> None:
            return None

        app.realtime.announce = announce


class ReplacementNotTold(ApiFault):
    """A playlist that is replaced over HTTP is not told; what is added and removed is."""

    name = "live.replacement-not-told"
    expected_failures = LINES
    proves = ("test_every_declared_event_is_told",)

    def modify(self, app: Any) -> None:
        _never_told(app, lambda _kind, data: data.get("action") == "replace")


def _never_told(app: Any, lost: Callable[[str, dict[str, Any]], bool]) -> None:
    healthy = app.realtime.to_room

    async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
        if not lost(kind, data):
            await healthy(session_id, kind, data)

    app.realtime.to_room = to_room


class TwiceAfterReturn(ApiFault):
    """Once somebody has come back after a lost connection, their session hears everything twice."""

    name = "live.twice-after-return"
    expected_failures = LINES
    proves = ("test_nothing_is_told_twice_after_returns",)

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        join, to_room = realtime.events["join_session"], realtime.to_room
        sockets: dict[tuple[str, str], set[str]] = defaultdict(set)

        async def joined(sid: str, caller: Caller, payload: dict[str, Any]) -> Any:
            answer = await join(sid, caller, payload)
            sockets[payload["sessionId"], caller.id].add(sid)
            return answer

        async def told(session_id: str, kind: str, data: dict[str, Any]) -> None:
            await to_room(session_id, kind, data)
            if any(len(known) > 1 for (session, _), known in sockets.items() if session == session_id):
                await to_room(session_id, kind, data)

        realtime.events["join_session"], realtime.to_room = joined, told


class OldEventsAgain(ApiFault):
    """Who joins is told the last changes again, after what has happened since."""

    name = "live.old-events-again"
    expected_failures = LINES
    proves = ("test_nothing_is_told_twice_after_returns",)

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        join, to_room = realtime.events["join_session"], realtime.to_room
        told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        later: set[asyncio.Task[None]] = set()

        async def tell(session_id: str, kind: str, data: dict[str, Any]) -> None:
            await to_room(session_id, kind, data)
            if kind == "playlist_updated":
                told[session_id].append({"type": kind, "sessionId": session_id, "data": data})

        async def again(sid: str, session_id: str) -> None:
            await asyncio.sleep(0.3)
            for event in told[session_id][-3:]:
                await realtime.server.emit("session_event", event, to=sid)

        async def joined(sid: str, caller: Caller, payload: dict[str, Any]) -> Any:
            answer = await join(sid, caller, payload)
            task = asyncio.create_task(again(sid, payload["sessionId"]))
            later.add(task)
            task.add_done_callback(later.discard)
            return answer

        realtime.events["join_session"], realtime.to_room = joined, tell


class OutOfOrderBetweenReplicas(ApiFault):
    """What one replica has to tell comes later than what the other has: members see another order."""

    name = "live.out-of-order-between-replicas"
    expected_failures = LINES
    proves = ("test_changes_made_at_different_replicas_come_in_order",)

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)

    def modify(self, app: Any) -> None:
        tell_updates_later(app, lambda _data: 0.3)


class PresenceStays(ApiFault):
    """Who loses the connection is present for ever, and nobody is told."""

    name = "live.presence-stays"
    expected_failures = LINES
    proves = ("test_everybody_is_told_of_an_abrupt_loss",)

    def modify(self, app: Any) -> None:
        realtime = app.realtime

        async def disconnect(sid: str, _reason: Any = None) -> None:
            realtime._callers.pop(sid, None)
            realtime._rooms.pop(sid, None)
            app.metrics.realtime_connections = len(realtime._callers)

        realtime.server.on("disconnect", disconnect)
        realtime._disconnect = disconnect


class LossToldPresenceStays(ApiFault):
    """It is told that somebody lost the connection, and they are still among those present."""

    name = "live.loss-is-told-presence-stays"
    expected_failures = LINES
    proves = ("test_who_is_present_is_known_everywhere",)

    def modify(self, app: Any) -> None:
        presence = app.realtime._presence
        healthy = presence.remove

        async def remove(session_id: str, user_id: str, sid: str) -> bool:
            last: bool = await healthy(session_id, user_id, sid)
            await presence._cache.add_member(
                f"presence:{session_id}", f"{user_id} {sid}@{presence._life}", presence.KEPT_SECONDS
            )
            return last

        presence.remove = remove


class PresenceOfOneReplica(ApiFault):
    """Each replica tells who is present at it, and nobody of the other."""

    name = "live.presence-of-one-replica"
    expected_failures = ("step.smoke.journeys", *LINES)
    proves = ("test_who_is_present_is_known_everywhere",)

    def modify(self, app: Any) -> None:
        presence = app.realtime._presence

        async def users(session_id: str) -> list[str]:
            return sorted(
                {entry.split(" ", 1)[0] for session, entry in presence._own if session == session_id}
            )

        presence.users = users
