"""Request budgets: per user when signed in, per client address otherwise, stricter for signing in."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.cache import Cache
from rehearsal.services.api.settings import Limits

SIGN_IN_PATHS = frozenset({"/auth/login", "/auth/register"})
UNCOUNTED_PATHS = frozenset(
    {"/health", "/health/live", "/health/ready", "/version", "/metrics", "/ops/configuration"}
)


@dataclass(frozen=True)
class Budget:
    """State of one counter after a request; `reset_seconds` until it starts again."""

    limit: int
    remaining: int
    reset_seconds: int
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The limit headers; X-RateLimit-Reset is Unix time in seconds."""
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(time.time()) + self.reset_seconds),
        }
        if self.exceeded:
            headers["Retry-After"] = str(self.reset_seconds)
        return headers


class RateLimits:
    """Counts requests in the cache, so that all replicas share a budget."""

    def __init__(self, cache: Cache, limits: Limits) -> None:
        self._cache = cache
        self.limits = limits

    async def take(self, path: str, address: str, caller: Caller | None) -> Budget:
        """Count one request and say what is left."""
        factor = self.limits.RAISED if address in self.limits.raised_for else 1
        if path in SIGN_IN_PATHS:
            return await self._count(
                f"rate:sign-in:{address}", factor * self.limits.sign_in, self.limits.sign_in_window_seconds
            )
        if caller is not None:
            return await self._count(
                f"rate:user:{caller.id}", self.limits.signed_in, self.limits.window_seconds
            )
        return await self._count(
            f"rate:address:{address}", factor * self.limits.anonymous, self.limits.window_seconds
        )

    def untouched(self) -> Budget:
        """The budget that is shown on routes which are not counted."""
        return Budget(self.limits.anonymous, self.limits.anonymous, self.limits.window_seconds, False)

    async def _count(self, key: str, limit: int, window_seconds: int) -> Budget:
        used, reset_seconds = await self._cache.increment(key, window_seconds)
        return Budget(limit, max(0, limit - used), reset_seconds, used > limit)
