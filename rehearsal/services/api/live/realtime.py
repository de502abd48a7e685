"""The Socket.IO half of the API: rooms `session:<id>`, presence, playlist changes.

Acknowledgements: `{"ok": true, …}` or `{"ok": false, "error": {"statusCode", "message"}}`; every event
is answered, also an unknown one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
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

    async def start(self) -> None:
        """Subscribe to the other replicas' broadcasts before the first client can connect."""
        if not self.server.manager_initialized:
            self.server.manager_initialized = True
            self.server.manager.initialize()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self.broadcast.subscribed.wait()

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
        """Change and broadcast; the lock keeps this replica's broadcasts in the order of the changes."""
        async with self._order[session_id]:
            change = await self._sessions.change(session_id, caller, action, track_ids)
            await self.to_room(session_id, "playlist_updated", change.event)
        return change

    async def announce(self, session: dict[str, Any], creator: Caller) -> None:
        """Tell everyone about a new session; its playlist and members stay with the members."""
        event = {"id": session["id"], "name": session["name"], "creator": creator.public}
        await self.server.emit("session_created", event)

    async def expel(self, session_id: str, caller: Caller) -> None:
        """Take somebody who is no member any more out of the room, on whichever replica."""
        sids = await self._presence.remove_user(session_id, caller.id)
        await self.to_room(session_id, "user_left", {"user": caller.public, "member": False})
        for sid in sids:
            await self.server.leave_room(sid, room_of(session_id))
            self._rooms[sid].discard(session_id)

    async def end(self, session_id: str) -> None:
        """Tell the room that the session is over, and close it."""
        await self.to_room(session_id, "session_ended", {})
        await self.server.close_room(room_of(session_id))
        self._order.pop(session_id, None)

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
            return {"ok": True, **await handler(sid, self._callers[sid], payload[0])}
        except ApiError as refusal:
            return _refused(refusal.status, refusal.message)
        except UNREACHABLE:
            return _refused(503, "Service Unavailable")
        except Exception:
            logger.exception("the event %r failed", event[:40])
            return _refused(500, "Internal Server Error")

    async def _join(self, sid: str, caller: Caller, payload: dict[str, Any]) -> dict[str, Any]:
        session_id = _text(payload, "sessionId")
        view = await self._sessions.view(session_id, caller)
        await self.server.enter_room(sid, room_of(session_id))
        self._rooms[sid].add(session_id)
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
