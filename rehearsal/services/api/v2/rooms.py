"""Real time of the second deployment: JSON messages {type, payload} over a plain WebSocket.

JOIN_SESSION, LEAVE_SESSION and UPDATE_PLAYLIST come in; SESSION_UPDATE, PLAYLIST_UPDATE, USER_JOIN,
USER_LEAVE and ERROR go out. The token is in the query, or in the browser's cookie.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.websockets import WebSocket, WebSocketDisconnect

from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.services.api.cache import LOST
from rehearsal.services.api.database import UNREACHABLE
from rehearsal.services.api.errors import ApiError, bad_request
from rehearsal.services.api.resp import RespConnection
from rehearsal.services.api.v2.words import TOKEN_COOKIE

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from rehearsal.services.api.application import Application

CHANNEL = "json-rooms"
CUT_OFF = "cut_off"
SIGNED_OUT = 1008
"""Close code: policy violation (RFC 6455, 7.4.1)."""
TYPES = {
    "user_joined": "USER_JOIN",
    "user_left": "USER_LEAVE",
    "playlist_updated": "PLAYLIST_UPDATE",
    "session_ended": "SESSION_UPDATE",
}
RETRY_SECONDS = 0.2


class Client:
    """One connection: who it is, and which sessions it is in."""

    def __init__(self, socket: WebSocket, caller: Caller) -> None:
        self.id = uuid.uuid4().hex
        self.caller = caller
        self.sessions: set[str] = set()
        self._socket = socket
        self._turn = asyncio.Lock()

    async def send(self, kind: str, payload: dict[str, Any]) -> None:
        async with self._turn:
            try:
                await self._socket.send_json({"type": kind, "payload": payload})
            except (RuntimeError, WebSocketDisconnect):
                return  # it is leaving

    async def close(self) -> None:
        """Tell it that it is signed out, and end the connection."""
        async with self._turn:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._socket.close(SIGNED_OUT, "signed out")


class JsonRooms:
    """The rooms of this replica; events reach those of the others through the cache."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._presence = app.realtime._presence
        self._rooms: dict[str, set[Client]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()
        app.realtime.to_room = self.to_room  # type: ignore[method-assign]
        app.realtime.cut_off = self.cut_off  # type: ignore[method-assign]
        app.realtime.sessions_here = self.sessions_here  # type: ignore[method-assign]
        self._clients: set[Client] = set()

    def start(self) -> None:
        """Begin to listen to the other replicas."""
        self._listener = asyncio.create_task(self._listen())

    async def to_room(self, session_id: str, kind: str, data: dict[str, Any]) -> None:
        """Send an event to everybody in the session's room, on every replica."""
        await self._everywhere({"session": session_id, "kind": kind, "data": data})

    async def cut_off(self, token_ids: Collection[str]) -> None:
        """End every connection that was opened with one of these access tokens, on every replica."""
        await self._everywhere({"kind": CUT_OFF, "tokens": sorted(token_ids)})

    def sessions_here(self) -> set[str]:
        """Ids of the sessions in whose rooms this replica has somebody."""
        return {session_id for session_id, room in self._rooms.items() if room}

    async def _everywhere(self, event: dict[str, Any]) -> None:
        try:
            await self._app.cache.publish(CHANNEL, json.dumps(event))
        except LOST:
            await self._deliver(event)
        else:
            if not self._subscribed.is_set():
                await self._deliver(event)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection from its handshake to its end."""
        socket = WebSocket(scope, receive, send)
        caller = await self._caller(socket)
        if caller is None:
            await socket.close()
            return
        await socket.accept()
        client = Client(socket, caller)
        self._clients.add(client)
        try:
            # It may have ended while it was looked at: whoever cut the others off did not see this one.
            while not await self._app.access.is_over(caller):
                await self._message(client, await socket.receive_text())
            await client.close()
        except (WebSocketDisconnect, KeyError, RuntimeError):
            pass  # it left, or sent what is no text
        finally:
            self._clients.discard(client)
            for session_id in tuple(client.sessions):
                await self._leave(client, session_id)

    async def _caller(self, socket: WebSocket) -> Caller | None:
        origin = socket.headers.get("origin")
        if origin is not None and not self._app.allows_origin(origin):
            return None
        in_query = parse_qs(socket.url.query).get("token", [""])[-1]
        try:
            return await self._app.access.authenticate(in_query or socket.cookies.get(TOKEN_COOKIE, ""))
        except (InvalidToken, *UNREACHABLE):
            return None

    async def _message(self, client: Client, text: str) -> None:
        try:
            message = json.loads(text)
            kind, payload = message["type"], message["payload"]
            session_id = payload["sessionId"]
        except (ValueError, KeyError, TypeError, RecursionError):
            await client.send("ERROR", {"code": 400, "message": "The message is not of this protocol"})
            return
        try:
            if await self._app.access.is_over(client.caller):
                return
            await self._act(client, kind, str(session_id), payload)
        except ApiError as refusal:
            await client.send(
                "ERROR", {"sessionId": session_id, "code": refusal.status, "message": refusal.message}
            )
        except UNREACHABLE:
            await client.send(
                "ERROR", {"sessionId": session_id, "code": 503, "message": "Service Unavailable"}
            )

    async def _act(self, client: Client, kind: str, session_id: str, payload: dict[str, Any]) -> None:
        if kind == "JOIN_SESSION":
            await self._join(client, session_id)
        elif kind == "LEAVE_SESSION":
            await self._leave(client, session_id)
        elif kind == "UPDATE_PLAYLIST":
            action, track = payload.get("action"), payload.get("track")
            track_id = track.get("id") if isinstance(track, dict) else track
            if action not in ("add", "remove") or not isinstance(track_id, str):
                raise bad_request("action must be add or remove, and track must have an id")
            await self._app.realtime.change_playlist(session_id, client.caller, action, [track_id])
        else:
            raise ApiError(404, "Unknown type")

    async def _join(self, client: Client, session_id: str) -> None:
        await self._app.sessions.require_member(session_id, client.caller.id)
        self._rooms[session_id].add(client)
        client.sessions.add(session_id)
        try:
            # Looked at from inside: what changes from now on is heard, and who left meanwhile stays out.
            view = await self._app.sessions.view(session_id, client.caller)
        except ApiError:
            client.sessions.discard(session_id)
            self._rooms[session_id].discard(client)
            raise
        if await self._presence.add(session_id, client.caller.id, client.id):
            await self.to_room(session_id, "user_joined", {"user": client.caller.public, "member": True})
        present = await self._presence.users(session_id)
        await client.send("SESSION_UPDATE", {"sessionId": session_id, "session": view, "present": present})

    async def _leave(self, client: Client, session_id: str) -> None:
        client.sessions.discard(session_id)
        self._rooms[session_id].discard(client)
        if await self._presence.remove(session_id, client.caller.id, client.id):
            await self.to_room(session_id, "user_left", {"user": client.caller.public, "member": True})

    async def _listen(self) -> None:
        while True:
            connection = None
            try:
                cache = self._app.cache
                connection = await RespConnection.open(cache.url, timeout_seconds=cache.TIMEOUT_SECONDS)
                async for message in connection.messages(CHANNEL, self._subscribed):
                    await self._deliver(json.loads(message))
            except LOST:
                self._subscribed.clear()
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                if connection is not None:
                    connection.close()

    async def _deliver(self, event: dict[str, Any]) -> None:
        if event["kind"] == CUT_OFF:
            self._app.access.have_ended(event["tokens"])
            for client in [client for client in self._clients if client.caller.token_id in event["tokens"]]:
                await client.close()
            return
        session_id, kind, data = event["session"], event["kind"], event["data"]
        room = self._rooms.get(session_id, set())
        payload = {"sessionId": session_id, **data} | ({"ended": True} if kind == "session_ended" else {})
        await asyncio.gather(*(client.send(TYPES[kind], payload) for client in tuple(room)))
        gone = [client for client in room if kind == "session_ended" or _has_left(client, kind, data)]
        for client in gone:
            client.sessions.discard(session_id)
            room.discard(client)
            if kind == "session_ended":
                await self._presence.remove(session_id, client.caller.id, client.id)
            self._presence.forget(session_id, client.id)
        if not room:
            self._rooms.pop(session_id, None)


def _has_left(client: Client, kind: str, data: dict[str, Any]) -> bool:
    return kind == "user_left" and not data["member"] and data["user"]["id"] == client.caller.id
