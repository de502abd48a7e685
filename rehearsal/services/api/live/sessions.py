"""Group sessions: members and one shared playlist, in the database."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.database import Database
from rehearsal.services.api.errors import ApiError, bad_request, forbidden, not_found
from rehearsal.services.api.library import Library
from rehearsal.services.recommender import Track

LONGEST_PLAYLIST = 500
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PLAYLIST_OF_MEMBER = """
SELECT p.id, p."trackOrder", p.version FROM "Playlist" p JOIN "GroupSession" s ON s.id = p."sessionId"
JOIN "_GroupSessionToUser" m ON m."A" = s.id AND m."B" = $2
WHERE p."sessionId" = $1 AND s."endedAt" IS NULL FOR UPDATE OF p FOR SHARE OF s, m
"""
_OF_PERSON = """
SELECT s.id, s."creatorId" = $1 AS own FROM "GroupSession" s JOIN "_GroupSessionToUser" m ON m."A" = s.id
WHERE m."B" = $1 AND s."endedAt" IS NULL
"""


@dataclass(frozen=True)
class PlaylistChange:
    """A change that was made; `version` counts the playlist's changes from 1."""

    session_id: str
    action: str
    tracks: tuple[Track, ...]
    track_ids: tuple[str, ...]
    version: int
    by: dict[str, str]

    @property
    def event(self) -> dict[str, Any]:
        """The data of `playlist_updated`: `track` for add and remove, `tracks` for replace."""
        event: dict[str, Any] = {
            "action": self.action,
            "trackIds": list(self.track_ids),
            "version": self.version,
            "by": self.by,
        }
        if self.action == "replace":
            event["tracks"] = [track.public for track in self.tracks]
        else:
            event["track"] = self.tracks[0].public
        return event


class GroupSessions:
    """Every operation checks membership: 404 for an unknown session, 403 for somebody who is no member."""

    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self._library = library

    async def new_code(self) -> str:
        """The id of a new session, which lets in whoever knows it: 59 bits that nobody can guess."""
        return "".join(secrets.choice(_ALPHABET) for _ in range(12))

    async def create(self, caller: Caller, name: str) -> dict[str, Any]:
        """A new session whose creator is its first member."""
        session_id = await self.new_code()
        async with self._database.transaction() as connection:
            await connection.execute(
                'INSERT INTO "GroupSession" (id, name, "creatorId") VALUES ($1, $2, $3)',
                session_id,
                name,
                caller.id,
            )
            await connection.execute(
                'INSERT INTO "Playlist" (id, "sessionId") VALUES ($1, $2)', str(uuid.uuid4()), session_id
            )
            await connection.execute(
                'INSERT INTO "_GroupSessionToUser" VALUES ($1, $2)', session_id, caller.id
            )
        return await self.view(session_id, caller)

    async def join(self, session_id: str, caller: Caller) -> dict[str, Any]:
        """Become a member; joining twice changes nothing."""
        await self._find(session_id)
        await self._database.execute(
            'INSERT INTO "_GroupSessionToUser" VALUES ($1, $2) ON CONFLICT DO NOTHING', session_id, caller.id
        )
        return await self.view(session_id, caller)

    async def leave(self, session_id: str, caller: Caller) -> bool:
        """Stop being a member; True when that ended the session, because its creator left."""
        session = await self.require_member(session_id, caller.id)
        if session["creatorId"] == caller.id:
            await self._database.execute(
                'UPDATE "GroupSession" SET "endedAt" = now() WHERE id = $1', session_id
            )
            return True
        await self._database.execute(
            'DELETE FROM "_GroupSessionToUser" WHERE "A" = $1 AND "B" = $2', session_id, caller.id
        )
        return False

    async def view(self, session_id: str, caller: Caller) -> dict[str, Any]:
        """The session as its members see it."""
        session = await self.require_member(session_id, caller.id)
        members = await self._database.fetch(
            'SELECT u.id, u."displayName" FROM "User" u JOIN "_GroupSessionToUser" m ON m."B" = u.id'
            ' WHERE m."A" = $1 ORDER BY u."displayName", u.id',
            session_id,
        )
        playlist = await self._database.row(
            'SELECT "trackOrder", version FROM "Playlist" WHERE "sessionId" = $1', session_id
        )
        by_id = (await self._library.recommender()).catalogue.by_id
        order = playlist["trackOrder"] if playlist else []
        return {
            "id": session["id"],
            "name": session["name"],
            "creatorId": session["creatorId"],
            "createdAt": session["createdAt"].isoformat(),
            "members": [{"id": row["id"], "displayName": row["displayName"]} for row in members],
            "playlist": [by_id[track_id].public for track_id in order if track_id in by_id],
            "playlistVersion": playlist["version"] if playlist else 0,
        }

    async def person(self, user_id: str) -> dict[str, str] | None:
        """What other people may see of somebody; None when there is no such account."""
        row = await self._database.row('SELECT id, "displayName" FROM "User" WHERE id = $1', user_id)
        return dict(row) if row else None

    async def of_person(self, user_id: str) -> list[tuple[str, bool]]:
        """(id, whether it is their own) of every session that somebody is a member of."""
        return [(row["id"], row["own"]) for row in await self._database.fetch(_OF_PERSON, user_id)]

    async def member_ids(self, session_id: str) -> list[str]:
        rows = await self._database.fetch(
            'SELECT "B" FROM "_GroupSessionToUser" WHERE "A" = $1 ORDER BY "B"', session_id
        )
        return [row["B"] for row in rows]

    async def require_member(self, session_id: str, user_id: str) -> asyncpg.Record:
        """The session's row. Raises ApiError 404 or 403."""
        session = await self._find(session_id)
        if not await self.is_member(session_id, user_id):
            raise forbidden("You are not a member of this session")
        return session

    async def is_member(self, session_id: str, user_id: str) -> bool:
        return bool(
            await self._database.value(
                'SELECT 1 FROM "_GroupSessionToUser" WHERE "A" = $1 AND "B" = $2', session_id, user_id
            )
        )

    async def change(
        self,
        session_id: str,
        caller: Caller,
        action: str,
        track_ids: Sequence[str],
        tell: Callable[[PlaylistChange], Awaitable[None]],
    ) -> PlaylistChange:
        """Add or remove one track, or replace the playlist, and tell of it.

        Changes of a session come one after the other, over all replicas, and are told in their order.
        """
        by_id = (await self._library.recommender()).catalogue.by_id
        made = None
        if _ID.fullmatch(session_id) and all(track_id in by_id for track_id in track_ids):
            async with self._database.one_at_a_time(f"playlist {session_id}") as connection:
                made = await self._change(connection, session_id, caller, action, track_ids)
                if made is not None:
                    tracks = tuple(by_id[track_id] for track_id in track_ids)
                    made = replace(made, tracks=tracks)
                    await tell(made)
        if made is None:
            await self.require_member(session_id, caller.id)
            raise bad_request("There is no such track")
        return made

    async def _change(
        self,
        connection: asyncpg.pool.PoolConnectionProxy,
        session_id: str,
        caller: Caller,
        action: str,
        track_ids: Sequence[str],
    ) -> PlaylistChange | None:
        """The change, without its tracks; None when there is no such session, or the caller is not in it."""
        async with connection.transaction():
            playlist = await connection.fetchrow(_PLAYLIST_OF_MEMBER, session_id, caller.id)
            if playlist is None:
                return None
            order = _changed(list(playlist["trackOrder"]), action, list(track_ids))
            version = playlist["version"] + 1
            await _write_order(connection, playlist["id"], order, version)
            await _note_update(
                connection, playlist["id"], caller, action=action, track_ids=track_ids, version=version
            )
        return PlaylistChange(session_id, action, (), tuple(order), version, caller.public)

    async def _find(self, session_id: str) -> asyncpg.Record:
        row = None
        if _ID.fullmatch(session_id):
            row = await self._database.row(
                'SELECT id, name, "creatorId", "createdAt" FROM "GroupSession"'
                ' WHERE id = $1 AND "endedAt" IS NULL',
                session_id,
            )
        if row is None:
            raise not_found("Session")
        return row


async def _write_order(
    connection: asyncpg.pool.PoolConnectionProxy, playlist_id: str, order: list[str], version: int
) -> None:
    await connection.execute(
        'UPDATE "Playlist" SET "trackOrder" = $2, version = $3, "updatedAt" = now() WHERE id = $1',
        playlist_id,
        order,
        version,
    )
    await connection.execute(
        'DELETE FROM "_PlaylistToTrack" WHERE "A" = $1 AND NOT ("B" = ANY($2))', playlist_id, order
    )
    await connection.execute(
        'INSERT INTO "_PlaylistToTrack" SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
        playlist_id,
        order,
    )


async def _note_update(
    connection: asyncpg.pool.PoolConnectionProxy,
    playlist_id: str,
    caller: Caller,
    *,
    action: str,
    track_ids: Sequence[str],
    version: int,
) -> None:
    await connection.execute(
        'INSERT INTO "PlaylistUpdate" (id, "playlistId", "userId", action, "trackIds", version)'
        " VALUES ($1, $2, $3, $4, $5, $6)",
        str(uuid.uuid4()),
        playlist_id,
        caller.id,
        action,
        list(track_ids),
        version,
    )


def _changed(order: list[str], action: str, track_ids: list[str]) -> list[str]:
    if action == "replace":
        order = track_ids
    elif action == "add":
        if track_ids[0] in order:
            raise ApiError(409, "The track is in the playlist already")
        order = [*order, track_ids[0]]
    else:
        if track_ids[0] not in order:
            raise ApiError(409, "The track is not in the playlist")
        order = [track_id for track_id in order if track_id != track_ids[0]]
    if len(order) > LONGEST_PLAYLIST:
        raise ApiError(409, f"A playlist has at most {LONGEST_PLAYLIST} tracks")
    return order
