"""Waiting for what is not so yet, within bounds: the last look is what counts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

Observed = TypeVar("Observed")
PAUSE_SECONDS = 0.25


async def look_until(
    look: Callable[[], Awaitable[Observed]], holds: Callable[[Observed], object], within: timedelta
) -> Observed:
    """Look again and again until ``holds`` raises no AssertionError, and return the last observation.

    Args:
        look: takes one measurement; what it raises ends the waiting.
        holds: the expectation; it is for the caller to apply it to what is returned.
        within: how long to wait; there is one look at least.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + within.total_seconds()
    while True:
        seen = await look()
        try:
            holds(seen)
        except AssertionError:
            if loop.time() >= ends:
                return seen
        else:
            return seen
        await asyncio.sleep(min(PAUSE_SECONDS, max(0.0, ends - loop.time())))
