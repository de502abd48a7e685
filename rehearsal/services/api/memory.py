"""The few cache operations on this process's own memory, for the time that the cache is lost."""

from __future__ import annotations

import time


class MemoryStore:
    """Strings, counters and sets with expiry. Lost with the process, not shared with other replicas."""

    LARGEST = 50_000

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, float]] = {}
        self._sets: dict[str, set[str]] = {}

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

    def add_member(self, key: str, member: str) -> None:
        self._sets.setdefault(key, set()).add(member)

    def remove_member(self, key: str, member: str) -> bool:
        members = self._sets.get(key, set())
        present = member in members
        members.discard(member)
        return present

    def members(self, key: str) -> set[str]:
        return set(self._sets.get(key, ()))

    def _forget_expired(self) -> None:
        now = time.monotonic()
        self._values = {key: pair for key, pair in self._values.items() if pair[1] > now}
