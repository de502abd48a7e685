"""The Socket.IO half of the API: rooms `session:<id>`, presence, playlist changes.

Acknowledgements: `{"ok": true, …}` or `{"ok": false, "error": {"statusCode", "message"}}`; every event
is answered, also an unknown one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from rehearsal.services.api.accounts.access import Access, Caller
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.services.api.database import UNREACHABLE
from rehearsal.services.api.errors import ApiError, bad_request
from rehearsal.services.api.live.broadcast import RedisBroadcast
from rehearsal.services.api.live.lean_socketio import NOOP, Packet, socketio
from rehearsal.services.api.live.presence import Presence
from rehearsal.services.api.live.sessions import GroupSessions, PlaylistChange
from rehearsal.services.api.metrics import Metrics
from rehearsal.services.api.settings import RealtimeLimits
from rehearsal.services.api.throttle import Throttle

logger = logging.getLogger(__name__)

LARGEST_PAYLOAD_BYTES = 1_000_000


class Realtime:
    """Owns the Socket.IO server of this replica; `broadcast` connects it with the others."""

    def __init__(
        self,
        *,
        origin: str,
        access: Access,
        sessions: GroupSessions,
        presence: Presence,
        broadcast: RedisBroadcast,
        metrics: Metrics,
        limits: RealtimeLimits,
    ) -> None:
        self.broadcast = broadcast
        self._access = access
        self._sessions = sessions
        self._presence = presence
        self._metrics = metrics
        self._callers: dict[str, Caller] = {}
        self._rooms: dict[str, set[str]] = defaultdict(set)
        self._order: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.limits = limits
        self.throttle = Throttle(limits.messages, limits.messages_seconds)
        self.server = socketio.AsyncServer(
            async_mode="asgi",
            client_manager=broadcast,
            cors_allowed_origins=[origin],
            ping_interval=limits.ping_interval,
            ping_timeout=20,
            max_http_buffer_size=LARGEST_PAYLOAD_BYTES,
            # One client's events are answered in the order in which they came.
            async_handlers=False,
        )
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("*", self._event)
        self.server.eio.on("disconnect", self._release_poll)
        self.events = {
            "join_session": self._join,
            "leave_session": self._leave,
            "update_playlist": self._update_playlist,
        }
        self.broadcast.orders = {"expel": self._expel, "close": self._close, "cut_off": self._cut_off}
        self._living: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Subscribe to the other replicas' broadcasts before the first client can connect."""
        if not self.server.manager_initialized:
            self.server.manager_initialized = True
            self.server.manager.initialize()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self.broadcast.subscribed.wait()
        self._living = asyncio.create_task(self._live())

    async def stop(self) -> None:
        """Say goodbye for whoever is still here, so that nobody waits for people who are gone."""
        if self._living is not None:
            self._living.cancel()
        for sid in list(self._callers):
            await self._disconnect(sid)

    def sessions_here(self) -> set[str]:
        """Ids of the sessions in whose rooms this replica has somebody."""
        return {session_id for rooms in self._rooms.values() for session_id in rooms}

    async def authenticate(self, auth: Any) -> Caller:
        """The user of a handshake. Raises InvalidToken."""
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not token:
            raise InvalidToken("no token")
        return await self._access.authenticate(token)

    async def to_room(self, session_id: str, kind: str, data: dict[str, Any]) -> None:
        """Send one `session_event` to everybody in the session's room, on every replica."""
        event = {
            "type": kind,
            "sessionId": session_id,
            "data": data,
            "at": datetime.now(UTC).isoformat(),
        }
        await self.server.emit("session_event", event, room=room_of(session_id))

    async def change_playlist(
        self, session_id: str, caller: Caller, action: str, track_ids: list[str]
    ) -> PlaylistChange:
        """Change and broadcast; broadcasts of a session are in the order of its changes, at all replicas."""

        async def tell(change: PlaylistChange) -> None:
            await self.to_room(session_id, "playlist_updated", change.event)

        # Here one waits in memory, so that those who wait do not hold all connections to the database.
        async with self._order[session_id]:
            return await self._sessions.change(session_id, caller, action, track_ids, tell)

    async def announce(self, session: dict[str, Any], creator: Caller) -> None:
        """Tell everyone about a new session; its playlist and members stay with the members."""
        event = {"id": session["id"], "name": session["name"], "creator": creator.public}
        await self.server.emit("session_created", event)

    async def expel(self, session_id: str, caller: Caller) -> None:
        """Take somebody who is no member any more out of the room, on whichever replica."""
        await self._presence.remove_user(session_id, caller.id)
        await self.to_room(session_id, "user_left", {"user": caller.public, "member": False})
        await self.broadcast.order("expel", session_id=session_id, user_id=caller.id)

    async def end(self, session_id: str) -> None:
        """Tell the room that the session is over, and close it, on all replicas."""
        await self.to_room(session_id, "session_ended", {})
        await self.broadcast.order("close", session_id=session_id)

    async def cut_off(self, token_ids: Collection[str]) -> None:
        """End every connection that was opened with one of these access tokens, on all replicas."""
        await self.broadcast.order("cut_off", token_ids=sorted(token_ids))

    async def _expel(self, session_id: str, user_id: str) -> None:
        for sid in [sid for sid, rooms in self._rooms.items() if session_id in rooms]:
            if sid in self._callers and self._callers[sid].id == user_id:
                await self._take_out(sid, session_id)

    async def _close(self, session_id: str) -> None:
        for sid in [sid for sid, rooms in self._rooms.items() if session_id in rooms]:
            if sid in self._callers:
                await self._presence.remove(session_id, self._callers[sid].id, sid)
            await self._take_out(sid, session_id)
        self._order.pop(session_id, None)

    async def _take_out(self, sid: str, session_id: str) -> None:
        self._rooms[sid].discard(session_id)
        self._presence.forget(session_id, sid)
        await self.server.leave_room(sid, room_of(session_id))

    async def _cut_off(self, token_ids: list[str]) -> None:
        self._access.have_ended(token_ids)
        for sid, caller in list(self._callers.items()):
            if caller.token_id in token_ids:
                await self.server.disconnect(sid)

    async def _live(self) -> None:
        """Keep presence true while this replica lives: also of other replicas that have ended."""
        while True:
            with contextlib.suppress(*UNREACHABLE):
                await self._presence.beat()
                for session_id in self.sessions_here():
                    for user_id in await self._presence.sweep(session_id):
                        if user := await self._sessions.person(user_id):
                            await self.to_room(session_id, "user_left", {"user": user, "member": True})
            await asyncio.sleep(self._presence.BEAT_SECONDS)

    async def _connect(self, sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
        try:
            caller = await self.authenticate(auth)
        except InvalidToken:
            raise socketio.exceptions.ConnectionRefusedError("Unauthorized") from None
        except UNREACHABLE:
            raise socketio.exceptions.ConnectionRefusedError("Service Unavailable") from None
        standing = sum(other.id == caller.id for other in self._callers.values())
        if standing >= self.limits.connections_per_user:
            raise socketio.exceptions.ConnectionRefusedError("Too many connections")
        self._callers[sid] = caller
        if await self._access.is_over(caller):
            # It ended while it was looked at: whoever cut the others off did not see this one.
            del self._callers[sid]
            raise socketio.exceptions.ConnectionRefusedError("Unauthorized")
        self._metrics.realtime_connections = len(self._callers)

    async def _disconnect(self, sid: str, _reason: Any = None) -> None:
        caller = self._callers.pop(sid, None)
        self._metrics.realtime_connections = len(self._callers)
        self.throttle.forget(sid)
        for session_id in self._rooms.pop(sid, set()):
            if caller is not None and await self._presence.remove(session_id, caller.id, sid):
                await self.to_room(session_id, "user_left", {"user": caller.public, "member": True})

    async def _release_poll(self, eio_sid: str, reason: Any = None) -> None:
        """Answer the long poll that a leaving client still has open; the library lets it wait for 45 s."""
        await self.server._handle_eio_disconnect(eio_sid, reason)
        socket = self.server.eio.sockets.get(eio_sid)
        if socket is not None and not socket.upgraded:
            socket.queue.put_nowait(Packet(NOOP))

    async def _event(self, event: str, sid: str, *payload: Any) -> dict[str, Any]:
        self._metrics.realtime_messages += 1
        try:
            if not self.throttle.admits(sid):
                raise ApiError(429, "Too many messages")
            handler = self.events.get(event)
            if handler is None:
                raise ApiError(404, "Unknown event")
            if len(payload) != 1 or not isinstance(payload[0], dict):
                raise bad_request("The payload must be one object")
            caller = self._callers.get(sid)
            if caller is None or await self._access.is_over(caller):
                raise ApiError(401, "You are signed out")
            return {"ok": True, **await handler(sid, caller, payload[0])}
        except ApiError as refusal:
            return _refused(refusal.status, refusal.message)
        except UNREACHABLE:
            return _refused(503, "Service Unavailable")
        except Exception:
            logger.exception("the event %r failed", event[:40])
            return _refused(500, "Internal Server Error")

    async def _join(self, sid: str, caller: Caller, payload: dict[str, Any]) -> dict[str, Any]:
        session_id = _text(payload, "sessionId")
        await self._sessions.require_member(session_id, caller.id)
        await self.server.enter_room(sid, room_of(session_id))
        self._rooms[sid].add(session_id)
        try:
            # Looked at from inside: what changes from now on is heard, and who left meanwhile stays out.
            view = await self._sessions.view(session_id, caller)
        except ApiError:
            await self._take_out(sid, session_id)
            raise
        if await self._presence.add(session_id, caller.id, sid):
            await self.to_room(session_id, "user_joined", {"user": caller.public, "member": True})
        return {"session": view, "present": await self._presence.users(session_id)}

    async def _leave(self, sid: str, caller: Caller, payload: dict[str, Any]) -> dict[str, Any]:
        session_id = _text(payload, "sessionId")
        if session_id not in self._rooms[sid]:
            raise ApiError(404, "You are not in this session's room")
        self._rooms[sid].discard(session_id)
        last = await self._presence.remove(session_id, caller.id, sid)
        await self.server.leave_room(sid, room_of(session_id))
        if last:
            await self.to_room(session_id, "user_left", {"user": caller.public, "member": True})
        return {"sessionId": session_id}

    async def _update_playlist(self, _sid: str, caller: Caller, payload: dict[str, Any]) -> dict[str, Any]:
        session_id, action = _text(payload, "sessionId"), _text(payload, "action")
        if action not in ("add", "remove"):
            raise bad_request("action must be add or remove")
        track = payload.get("track")
        track_id = _text(track, "id") if isinstance(track, dict) else _text(payload, "track")
        change = await self.change_playlist(session_id, caller, action, [track_id])
        return {"sessionId": session_id, "version": change.version, "trackIds": list(change.track_ids)}


def room_of(session_id: str) -> str:
    return f"session:{session_id}"


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        raise bad_request(f"{name} must be a text")
    return value


def _refused(status: int, message: str) -> dict[str, Any]:
    return {"ok": False, "error": {"statusCode": status, "message": message}}
