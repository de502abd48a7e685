"""Single routes of the API that answer too late, while everything else is in time."""

from __future__ import annotations

import asyncio
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.stack.plan import StackPlan

SLOW_SECONDS = 1.0
EVERY = 4
LINES = ("post.accessible",)


class SlowTrending(ApiFault):
    """What is trending comes a second late."""

    name = "latency.slow-trending"
    proves = ("test_api_answers_within_budget",)
    expected_failures = LINES

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.trending

        async def trending(timeframe: str, genre: str | None) -> Any:
            await asyncio.sleep(SLOW_SECONDS)
            return await healthy(timeframe, genre)

        app.suggestions.trending = trending


class SlowProfileNowAndThen(ApiFault):
    """Every fourth time a user's own profile comes a second late, so that its median is fine."""

    name = "latency.slow-profile-now-and-then"
    proves = ("test_api_answers_within_budget",)
    expected_failures = LINES
    intermittent = True

    def modify(self, app: Any) -> None:
        healthy, asked = app.users.profile, 0

        async def profile(user_id: str) -> Any:
            nonlocal asked
            asked += 1
            if asked % EVERY == 0:
                await asyncio.sleep(SLOW_SECONDS)
            return await healthy(user_id)

        app.users.profile = profile


class SlowReplica(ApiFault):
    """One of the two replicas takes a second to look up a user's own profile."""

    name = "latency.slow-replica"
    proves = ("test_api_answers_within_budget",)
    expected_failures = LINES
    intermittent = True

    def apply(self, stack: StackPlan) -> None:
        """Put it into one replica only."""
        stack.replica("api-2").faults.append(self.name)

    def modify(self, app: Any) -> None:
        healthy = app.users.profile

        async def profile(user_id: str) -> Any:
            await asyncio.sleep(SLOW_SECONDS)
            return await healthy(user_id)

        app.users.profile = profile
