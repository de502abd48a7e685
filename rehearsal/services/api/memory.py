"""The few cache operations on this process's own memory, for the time that the cache is lost."""

from __future__ import annotations

import time


class MemoryStore:
    """Strings, counters and sets with expiry. Lost with the process, not shared with other replicas."""

    LARGEST = 50_000

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, float]] = {}
        self._sets: dict[str, tuple[set[str], float]] = {}

    def get(self, key: str) -> str | None:
        value, expires = self._values.get(key, ("", 0.0))
        return value if expires > time.monotonic() else None

    def put(self, key: str, value: str, ttl_seconds: int, *, only_if_absent: bool = False) -> bool:
        """Store a value; with `only_if_absent` returns False when there was one."""
        if only_if_absent and self.get(key) is not None:
            return False
        if len(self._values) >= self.LARGEST:
            self._forget_expired()
        self._values[key] = (value, time.monotonic() + ttl_seconds)
        return True

    def delete(self, key: str) -> bool:
        """Forget a value and tell whether there was one."""
        present = self.get(key) is not None
        self._values.pop(key, None)
        return present

    def increment(self, key: str, ttl_seconds: int) -> tuple[int, int]:
        """Count up; returns the count and the seconds until it starts again."""
        now = time.monotonic()
        value, expires = self._values.get(key, ("0", 0.0))
        if expires <= now:
            value, expires = "0", now + ttl_seconds
        self._values[key] = (str(int(value) + 1), expires)
        return int(value) + 1, max(1, round(expires - now))

    def add_member(self, key: str, member: str, ttl_seconds: int) -> None:
        """Put a member into a set, which is kept that long from now."""
        if len(self._sets) >= self.LARGEST:
            self._forget_expired()
        self._sets[key] = (self.members(key) | {member}, time.monotonic() + ttl_seconds)

    def remove_member(self, key: str, member: str) -> bool:
        """Take a member out of a set and tell whether it was in it."""
        members, expires = self.members(key), self._sets.get(key, (set(), 0.0))[1]
        self._sets[key] = (members - {member}, expires)
        if members <= {member}:
            del self._sets[key]
        return member in members

    def members(self, key: str) -> set[str]:
        members, expires = self._sets.get(key, (set[str](), 0.0))
        return set(members) if expires > time.monotonic() else set()

    def _forget_expired(self) -> None:
        now = time.monotonic()
        self._values = {key: pair for key, pair in self._values.items() if pair[1] > now}
        self._sets = {key: pair for key, pair in self._sets.items() if pair[1] > now}
