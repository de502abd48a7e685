"""Writers and real time (kinds C4 and C8), as other developers rightly make them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.errors import ApiError
from rehearsal.services.api.live.sessions import PlaylistChange
from rehearsal.variants.base import ApiVariant

GRACE_SECONDS = 2.0
STEP = 10


class ConflictsAreRefused(ApiVariant):
    """A change that meets another one under way is refused with 409, to be tried again."""

    name = "healthy.conflicts-are-refused"
    declares = "a change that meets another one is refused with 409, and may be tried again"

    def modify(self, app: Any) -> None:
        healthy = app.sessions.change
        key = "playlist-under-way:{}"

        async def change(
            session_id: str, caller: Caller, action: str, track_ids: Sequence[str], tell: Any
        ) -> PlaylistChange:
            if not await app.cache.put(key.format(session_id), "1", 2, only_if_absent=True):
                raise ApiError(409, "Somebody else is changing this playlist")
            try:
                made: PlaylistChange = await healthy(session_id, caller, action, track_ids, tell)
            finally:
                await app.cache.delete(key.format(session_id))
            return made

        app.sessions.change = change


class VersionsWithGaps(ApiVariant):
    """Versions of a playlist grow, and not by one: they are numbers of a sequence that all sessions share."""

    name = "healthy.versions-with-gaps"
    declares = "versions of a playlist grow, with gaps"

    def modify(self, app: Any) -> None:
        healthy, view = app.sessions.change, app.sessions.view

        async def change(
            session_id: str, caller: Caller, action: str, track_ids: Sequence[str], tell: Any
        ) -> PlaylistChange:
            async def told(made: PlaylistChange) -> None:
                await tell(replace(made, version=STEP * made.version))

            made: PlaylistChange = await healthy(session_id, caller, action, track_ids, told)
            return replace(made, version=STEP * made.version)

        async def viewed(session_id: str, caller: Caller) -> dict[str, Any]:
            session: dict[str, Any] = await view(session_id, caller)
            return {**session, "playlistVersion": STEP * session["playlistVersion"]}

        app.sessions.change, app.sessions.view = change, viewed


class PresenceWithGrace(ApiVariant):
    """Who loses the connection is present for two seconds more, so that a reload is no leaving."""

    name = "healthy.presence-with-grace"
    declares = "presence ends two seconds after a connection was lost"

    def modify(self, app: Any) -> None:
        realtime = app.realtime
        healthy = realtime._disconnect
        waiting: set[asyncio.Task[None]] = set()

        async def later(sid: str) -> None:
            await asyncio.sleep(GRACE_SECONDS)
            await healthy(sid)

        async def disconnect(sid: str, _reason: Any = None) -> None:
            task = asyncio.create_task(later(sid))
            waiting.add(task)
            task.add_done_callback(waiting.discard)

        realtime.server.on("disconnect", disconnect)


class EventsAreNumbered(ApiVariant):
    """Each event of a session has a number by which a client puts it in its place."""

    name = "healthy.events-are-numbered"

    def modify(self, app: Any) -> None:
        emit = app.realtime.server.emit

        async def numbered(event: str, data: Any = None, **more: Any) -> None:
            if event == "session_event":
                number, _ = await app.cache.increment(f"events:{data['sessionId']}", 86400)
                data = {**data, "seq": number}
            await emit(event, data, **more)

        app.realtime.server.emit = numbered


class MoreKindsOfEvents(ApiVariant):
    """Sessions are told more than the product's documents name: how many listen, with each arrival."""

    name = "healthy.more-kinds-of-events"

    def modify(self, app: Any) -> None:
        healthy = app.realtime.to_room

        async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
            await healthy(session_id, kind, data)
            if kind in ("user_joined", "user_left"):
                present = await app.realtime._presence.users(session_id)
                await healthy(session_id, "listeners_counted", {"count": len(present)})

        app.realtime.to_room = to_room
