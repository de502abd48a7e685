"""Looking again until something is so: bounded in time, and gentle; the last look is what counts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from golive.net.deadline import Attention

Seen = TypeVar("Seen")

FIRST_PAUSE = 0.1
"""Seconds; each pause is 1.6 times the one before, up to the longest."""
LONGEST_PAUSE = timedelta(seconds=3)
SHORT_PAUSE = timedelta(seconds=0.25)
"""Between looks that cost little, such as questions to monitoring."""


async def poll_until(
    look: Callable[[], Awaitable[Seen]],
    is_so: Callable[[Seen], bool],
    *,
    within: timedelta,
    longest_pause: timedelta = LONGEST_PAUSE,
) -> tuple[Seen, float]:
    """Look until ``is_so`` says yes, or ``within`` has passed.

    Args:
        look: takes one measurement; what it raises ends the polling.
        is_so: judges it; `meets` makes one of an expectation. It is for the caller to judge what is returned.
        within: how long, without what the suite itself was late.
        longest_pause: between two looks.

    Returns:
        What was seen last, and the seconds until then, both without what the suite itself was late.
        There is always one look, and one at the end.
    """
    pause = FIRST_PAUSE
    with Attention() as looked:
        while True:
            seen = await look()
            passed = looked.seconds
            left = within.total_seconds() - passed
            if is_so(seen) or left <= 0:
                return seen, passed
            await asyncio.sleep(min(pause, max(left, 0.01)))
            pause = min(pause * 1.6, longest_pause.total_seconds())


def meets(expectation: Callable[[Seen], object]) -> Callable[[Seen], bool]:
    """Return the question whether ``expectation`` raises no AssertionError."""

    def is_met(seen: Seen) -> bool:
        try:
            expectation(seen)
        except AssertionError:
            return False
        return True

    return is_met
