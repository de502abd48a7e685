"""Who is in a session's room right now, over all replicas and all of a person's windows.

Each replica says every few seconds that it lives, and which sockets it has. What a replica had that says
nothing any more is not counted, and what a cache has forgotten comes back.
"""

from __future__ import annotations

import uuid

from rehearsal.services.api.cache import Cache


class Presence:
    """One set per session of "user socket@life" entries; forgotten a day after the last arrival."""

    KEPT_SECONDS = 86400
    BEAT_SECONDS = 3.0
    ALIVE_SECONDS = 30
    """How long the sockets of a replica count that has ended without a word."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._life = uuid.uuid4().hex[:12]
        self._own: set[tuple[str, str]] = set()
        self._announced = False

    async def add(self, session_id: str, user_id: str, sid: str) -> bool:
        """Note a socket's arrival; True when it is the user's first in this session."""
        if not self._announced:
            await self.beat()
        await self.sweep(session_id)
        entry = self._entry(user_id, sid)
        self._own.add((session_id, entry))
        return await self._cache.arrive(_key(session_id), entry, f"{user_id} ", self.KEPT_SECONDS)

    async def remove(self, session_id: str, user_id: str, sid: str) -> bool:
        """Note a socket's departure; True when it was there and was the user's last."""
        entry = self._entry(user_id, sid)
        self._own.discard((session_id, entry))
        return await self._cache.depart(_key(session_id), entry, f"{user_id} ")

    async def remove_user(self, session_id: str, user_id: str) -> None:
        """Note that a user left with all sockets, on whichever replica."""
        for entry in await self._cache.members(_key(session_id)):
            if entry.startswith(f"{user_id} "):
                self._own.discard((session_id, entry))
                await self._cache.remove_member(_key(session_id), entry)

    async def users(self, session_id: str) -> list[str]:
        """Ids of the users who are there, in order of their ids."""
        entries = await self._cache.members(_key(session_id))
        alive = {life: await self._lives(life) for life in {_life_of(entry) for entry in entries}}
        return sorted({entry.split(" ", 1)[0] for entry in entries if alive[_life_of(entry)]})

    async def beat(self) -> None:
        """Say that this replica lives, and note again which sockets it has."""
        await self._cache.put(f"presence-of:{self._life}", "alive", self.ALIVE_SECONDS)
        self._announced = True
        for session_id, entry in list(self._own):
            if (session_id, entry) in self._own:
                await self._cache.add_member(_key(session_id), entry, self.KEPT_SECONDS)
            if (session_id, entry) not in self._own:  # it left meanwhile
                await self._cache.remove_member(_key(session_id), entry)

    async def sweep(self, session_id: str) -> list[str]:
        """Remove the sockets of replicas that have ended; returns the users who are thereby gone."""
        gone = []
        for entry in await self._cache.members(_key(session_id)):
            if not await self._lives(_life_of(entry)):
                user_id = entry.split(" ", 1)[0]
                if await self._cache.depart(_key(session_id), entry, f"{user_id} "):
                    gone.append(user_id)
        return gone

    def forget(self, session_id: str, sid: str) -> None:
        """This replica's socket is not in that session's room any more; the entry is gone already."""
        self._own = {
            (other, entry)
            for other, entry in self._own
            if other != session_id or not entry.endswith(f" {sid}@{self._life}")
        }

    async def _lives(self, life: str) -> bool:
        return life == self._life or await self._cache.get(f"presence-of:{life}") is not None

    def _entry(self, user_id: str, sid: str) -> str:
        return f"{user_id} {sid}@{self._life}"


def _key(session_id: str) -> str:
    return f"presence:{session_id}"


def _life_of(entry: str) -> str:
    return entry.rpartition("@")[2]
