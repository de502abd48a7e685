"""Health of this replica and of everything that it depends on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

Probe = Callable[[], Awaitable[object]]
"""Raises any exception when the dependency is down."""


class Health:
    """Asks every dependency itself, side by side; an essential one that is down makes it a 503."""

    TIMEOUT_SECONDS = 1.5

    def __init__(self, probes: dict[str, Probe], essential: frozenset[str]) -> None:
        self.probes = probes
        self._essential = essential

    async def report(self) -> tuple[int, dict[str, Any]]:
        """Status code, and `{"status": "ok" | "degraded", "dependencies": {name: {"status": …}}}`."""
        states = await asyncio.gather(*(self._ask(probe) for probe in self.probes.values()))
        dependencies = dict(zip(self.probes, states, strict=True))
        down = {name for name, state in dependencies.items() if state["status"] != "up"}
        body = {"status": "degraded" if down else "ok", "dependencies": dependencies}
        return (503 if down & self._essential else 200), body

    async def ready(self) -> bool:
        """Whether requests should be sent here: everything essential is up."""
        chosen = [probe for name, probe in self.probes.items() if name in self._essential]
        states = await asyncio.gather(*(self._ask(probe) for probe in chosen))
        return all(state["status"] == "up" for state in states)

    async def _ask(self, probe: Probe) -> dict[str, Any]:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.TIMEOUT_SECONDS):
                await probe()
        except Exception:
            # Whatever the driver raised: the caller learns the state, never an internal message.
            return {"status": "down"}
        return {"status": "up", "latencyMs": round((time.perf_counter() - started) * 1000, 2)}
