"""The shared cache, with this process's memory behind it when the cache is lost at run time."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from rehearsal.services.api.memory import MemoryStore
from rehearsal.services.api.resp import RespConnection

_COUNT = (
    "local n=redis.call('INCR',KEYS[1]) if n==1 then redis.call('EXPIRE',KEYS[1],ARGV[1]) end "
    "return {n,redis.call('TTL',KEYS[1])}"
)
_ARRIVE = (
    "local first=1 for _,m in ipairs(redis.call('SMEMBERS',KEYS[1])) do "
    "if string.sub(m,1,#ARGV[2])==ARGV[2] then first=0 end end "
    "redis.call('SADD',KEYS[1],ARGV[1]) redis.call('EXPIRE',KEYS[1],ARGV[3]) return first"
)
_DEPART = (
    "if redis.call('SREM',KEYS[1],ARGV[1])==0 then return 0 end "
    "for _,m in ipairs(redis.call('SMEMBERS',KEYS[1])) do "
    "if string.sub(m,1,#ARGV[2])==ARGV[2] then return 0 end end return 1"
)
LOST = (OSError, EOFError, TimeoutError)
"""What a lost cache looks like; asyncio.IncompleteReadError is an EOFError."""


class Cache:
    """Strings, counters and sets with expiry in seconds. Only `ping` and `publish` raise when it is lost.

    Values are written to memory too, so that a revoked token stays revoked on this replica when the
    cache goes away. After a failure the cache is left alone for `RETRY_SECONDS`: a request must not
    wait for a dead server again and again.
    """

    TIMEOUT_SECONDS = 1.0
    RETRY_SECONDS = 0.5

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: RespConnection | None = None
        self._turn = asyncio.Lock()
        self._memory = MemoryStore()
        self._retry_at = 0.0

    async def ping(self) -> None:
        """Ask the server itself. Raises OSError, EOFError or TimeoutError."""
        await self._command("PING")

    async def publish(self, channel: str, message: str) -> None:
        """Send to every subscriber. Raises OSError, EOFError or TimeoutError."""
        await self._command("PUBLISH", channel, message)

    async def get(self, key: str) -> str | None:
        try:
            value: str | None = await self._command("GET", key)
        except LOST:
            return self._memory.get(key)
        return value

    async def put(self, key: str, value: str, ttl_seconds: int, *, only_if_absent: bool = False) -> bool:
        """Store a value; with `only_if_absent` returns False when there was one."""
        absent = ("NX",) if only_if_absent else ()
        try:
            stored = await self._command("SET", key, value, "EX", ttl_seconds, *absent) is not None
        except LOST:
            return self._memory.put(key, value, ttl_seconds, only_if_absent=only_if_absent)
        if stored:
            self._memory.put(key, value, ttl_seconds)
        return stored

    def remember(self, key: str, value: str, ttl_seconds: int) -> None:
        """Keep a value in this process's memory alone, for when the cache is lost or has forgotten."""
        self._memory.put(key, value, ttl_seconds)

    def remembered(self, key: str) -> str | None:
        """The value as this process's memory has it."""
        return self._memory.get(key)

    async def delete(self, key: str) -> bool:
        """Forget a value and tell whether there was one, so that a single-use value is used once."""
        remembered = self._memory.delete(key)
        try:
            return bool(await self._command("DEL", key))
        except LOST:
            return remembered

    async def increment(self, key: str, ttl_seconds: int) -> tuple[int, int]:
        """Count up; returns the count and the seconds until it starts again."""
        try:
            count, remaining = await self._command("EVAL", _COUNT, 1, key, ttl_seconds)
        except LOST:
            return self._memory.increment(key, ttl_seconds)
        return count, max(1, remaining)

    async def arrive(self, key: str, member: str, kin: str, ttl_seconds: int) -> bool:
        """Add a member; True when it is the first that begins with `kin`, of which there is only one."""
        first = not any(other.startswith(kin) for other in self._memory.members(key))
        self._memory.add_member(key, member, ttl_seconds)
        try:
            return bool(await self._command("EVAL", _ARRIVE, 1, key, member, kin, ttl_seconds))
        except LOST:
            return first

    async def depart(self, key: str, member: str, kin: str) -> bool:
        """Remove a member; True when it was there and was the last that begins with `kin`."""
        there = self._memory.remove_member(key, member)
        last = there and not any(other.startswith(kin) for other in self._memory.members(key))
        try:
            return bool(await self._command("EVAL", _DEPART, 1, key, member, kin))
        except LOST:
            return last

    async def add_member(self, key: str, member: str, ttl_seconds: int) -> None:
        self._memory.add_member(key, member, ttl_seconds)
        try:
            await self._command("SADD", key, member)
            await self._command("EXPIRE", key, ttl_seconds)
        except LOST:
            return

    async def remove_member(self, key: str, member: str) -> bool:
        """Take a member out of a set and tell whether it was in it."""
        remembered = self._memory.remove_member(key, member)
        try:
            return bool(await self._command("SREM", key, member))
        except LOST:
            return remembered

    async def members(self, key: str) -> set[str]:
        try:
            return set(await self._command("SMEMBERS", key))
        except LOST:
            return self._memory.members(key)

    async def close(self) -> None:
        self._drop()

    async def _command(self, *words: str | int) -> Any:
        async with self._turn:
            if time.monotonic() < self._retry_at:
                raise ConnectionError("the cache was lost a moment ago")
            try:
                if self._connection is None:
                    self._connection = await RespConnection.open(
                        self.url, timeout_seconds=self.TIMEOUT_SECONDS
                    )
                async with asyncio.timeout(self.TIMEOUT_SECONDS):
                    return await self._connection.command(*words)
            except LOST:
                self._drop()
                self._retry_at = time.monotonic() + self.RETRY_SECONDS
                raise
            except asyncio.CancelledError:
                # The reply is still on its way; the next command must not read it as its own.
                self._drop()
                raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
