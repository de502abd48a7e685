"""Limits how fast one socket may send."""

from __future__ import annotations

import time


class Throttle:
    """At most `count` events per `window_seconds` and key."""

    def __init__(self, count: int, window_seconds: float) -> None:
        self._count = count
        self._window_seconds = window_seconds
        self._windows: dict[str, tuple[float, int]] = {}

    def admits(self, key: str) -> bool:
        """Count one event and tell whether it is still within the limit."""
        now = time.monotonic()
        started, seen = self._windows.get(key, (now, 0))
        if now - started >= self._window_seconds:
            started, seen = now, 0
        self._windows[key] = (started, seen + 1)
        return seen < self._count

    def forget(self, key: str) -> None:
        self._windows.pop(key, None)
