"""Kind C4, concurrent writers: changes that were acknowledged and are not kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.live import sessions
from rehearsal.services.api.live.sessions import PlaylistChange

LINES = ("step.smoke.websocket", "post.critical")
THINKS_SECONDS = 0.01


async def _read(app: Any, session_id: str) -> Any:
    return await app.database.row(
        'SELECT id, "trackOrder", version FROM "Playlist" WHERE "sessionId" = $1', session_id
    )


async def _change(
    app: Any,
    known: tuple[str, list[str], int],
    caller: Caller,
    action: str,
    track_ids: Sequence[str],
    session_id: str,
) -> PlaylistChange:
    """Write what the playlist becomes for somebody who knows it as `known` (id, order, version)."""
    playlist_id, order, version = known
    by_id = (await app.library.recommender()).catalogue.by_id
    order = sessions._changed(order, action, list(track_ids))
    async with app.database.transaction() as connection:
        await sessions._write_order(connection, playlist_id, order, version + 1)
    tracks = tuple(by_id[track_id] for track_id in track_ids)
    return PlaylistChange(session_id, action, tracks, tuple(order), version + 1, caller.public)


class LastOneWins(ApiFault):
    """The playlist is read, changed and written whole, without any lock: the last writer wins."""

    name = "writers.last-one-wins"
    expected_failures = LINES
    proves = ("test_changes_at_the_same_time_are_all_kept",)
    intermittent = True

    def modify(self, app: Any) -> None:
        async def change(
            session_id: str, caller: Caller, action: str, track_ids: Sequence[str], tell: Any
        ) -> PlaylistChange:
            await app.sessions.require_member(session_id, caller.id)
            row = await _read(app, session_id)
            await asyncio.sleep(THINKS_SECONDS)
            known = (row["id"], list(row["trackOrder"]), row["version"])
            made = await _change(app, known, caller, action, track_ids, session_id)
            await tell(made)
            return made

        app.sessions.change = change
        # Without the queue of this replica as well.
        app.realtime._order = defaultdict(_NoLock)


class _NoLock:
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


class LockOfOneProcess(LastOneWins):
    """Changes wait for each other within a replica, and not between two."""

    name = "writers.lock-of-one-process"

    def modify(self, app: Any) -> None:
        order = app.realtime._order
        super().modify(app)
        app.realtime._order = order


class ReplicaKeepsItsOwn(ApiFault):
    """Each replica keeps the playlist in its memory, and writes it over what the other wrote."""

    name = "writers.replica-keeps-its-own"
    expected_failures = LINES
    proves = ("test_changes_at_the_same_time_are_all_kept",)

    def modify(self, app: Any) -> None:
        kept: dict[str, tuple[str, list[str], int]] = {}

        async def change(
            session_id: str, caller: Caller, action: str, track_ids: Sequence[str], tell: Any
        ) -> PlaylistChange:
            await app.sessions.require_member(session_id, caller.id)
            if session_id not in kept:
                row = await _read(app, session_id)
                kept[session_id] = (row["id"], list(row["trackOrder"]), row["version"])
            made = await _change(app, kept[session_id], caller, action, track_ids, session_id)
            kept[session_id] = (kept[session_id][0], list(made.track_ids), made.version)
            await tell(made)
            return made

        app.sessions.change = change


class ConflictSwallowed(ApiFault):
    """A change that meets another one is acknowledged, and not made: the conflict is swallowed."""

    name = "writers.conflict-swallowed"
    expected_failures = LINES
    proves = ("test_changes_at_the_same_time_are_all_kept",)
    intermittent = True

    def modify(self, app: Any) -> None:
        async def change(
            session_id: str, caller: Caller, action: str, track_ids: Sequence[str], tell: Any
        ) -> PlaylistChange:
            await app.sessions.require_member(session_id, caller.id)
            row = await _read(app, session_id)
            await asyncio.sleep(THINKS_SECONDS)
            by_id = (await app.library.recommender()).catalogue.by_id
            order = sessions._changed(list(row["trackOrder"]), action, list(track_ids))
            version = row["version"] + 1
            written = await app.database.value(
                'UPDATE "Playlist" SET "trackOrder" = $2, version = $3 WHERE id = $1 AND version = $4'
                " RETURNING id",
                row["id"],
                order,
                version,
                row["version"],
            )
            tracks = tuple(by_id[track_id] for track_id in track_ids)
            made = PlaylistChange(session_id, action, tracks, tuple(order), version, caller.public)
            if written:
                await tell(made)
            return made

        app.sessions.change = change
        app.realtime._order = defaultdict(_NoLock)


class JoinsLost(ApiFault):
    """Of two people who join at once one is told that they are in, and is not."""

    name = "writers.joins-lost"
    expected_failures = LINES
    proves = ("test_people_who_join_at_the_same_time_are_all_members",)

    def modify(self, app: Any) -> None:
        healthy = app.sessions.join

        async def join(session_id: str, caller: Caller) -> Any:
            before = await app.sessions.member_ids(session_id) if caller else []
            view = await healthy(session_id, caller)
            await asyncio.sleep(THINKS_SECONDS)
            # The list of members as it was read, with the own name: whoever came meanwhile is not in it.
            await app.database.execute(
                'DELETE FROM "_GroupSessionToUser" WHERE "A" = $1 AND NOT ("B" = ANY($2))',
                session_id,
                [*before, caller.id],
            )
            return view

        app.sessions.join = join
