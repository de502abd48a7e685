"""Who is in a session's room right now, over all replicas and all of a person's windows."""

from __future__ import annotations

from rehearsal.services.api.cache import Cache


class Presence:
    """One set per session of "user socket" pairs; forgotten a day after the last arrival."""

    KEPT_SECONDS = 86400

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def add(self, session_id: str, user_id: str, sid: str) -> bool:
        """Note a socket's arrival; True when it is the user's first in this session."""
        first = user_id not in await self.users(session_id)
        await self._cache.add_member(_key(session_id), f"{user_id} {sid}", self.KEPT_SECONDS)
        return first

    async def remove(self, session_id: str, user_id: str, sid: str) -> bool:
        """Note a socket's departure; True when it was there and was the user's last."""
        present = await self._cache.remove_member(_key(session_id), f"{user_id} {sid}")
        return present and user_id not in await self.users(session_id)

    async def remove_user(self, session_id: str, user_id: str) -> list[str]:
        """Note that a user left with all sockets; returns these."""
        pairs = [pair.split(" ", 1) for pair in await self._cache.members(_key(session_id))]
        sids = [sid for user, sid in pairs if user == user_id]
        for sid in sids:
            await self._cache.remove_member(_key(session_id), f"{user_id} {sid}")
        return sids

    async def users(self, session_id: str) -> list[str]:
        """Ids of the users who are there, in order of their ids."""
        return sorted({pair.split(" ", 1)[0] for pair in await self._cache.members(_key(session_id))})


def _key(session_id: str) -> str:
    return f"presence:{session_id}"
