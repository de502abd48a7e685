"""Waiting for what is not so yet, within bounds: the last look is what counts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from golive.net.deadline import Attention

Observed = TypeVar("Observed")
PAUSE_SECONDS = 0.25


async def look_until(
    look: Callable[[], Awaitable[Observed]], holds: Callable[[Observed], object], within: timedelta
) -> Observed:
    """Look again and again until ``holds`` raises no AssertionError, and return the last observation.

    Args:
        look: takes one measurement; what it raises ends the waiting.
        holds: the expectation; it is for the caller to apply it to what is returned.
        within: how long to wait, without what the suite itself is late; there is one look at least.
    """
    with Attention() as looked:
        while True:
            seen = await look()
            left = within.total_seconds() - looked.seconds
            try:
                holds(seen)
            except AssertionError:
                if left <= 0:
                    return seen
            else:
                return seen
            await asyncio.sleep(min(PAUSE_SECONDS, max(0.0, left)))
