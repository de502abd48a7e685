"""Looking again until something is there: bounded in time, and gentle."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from golive.net.deadline import Attention

Seen = TypeVar("Seen")

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 3.0


async def look_until(
    look: Callable[[], Awaitable[Seen]], found: Callable[[Seen], bool], *, within: float
) -> tuple[Seen, float]:
    """Look until ``found`` says yes, or ``within`` seconds have passed.

    Returns:
        What was seen last, and the seconds until then, both without what the suite itself was late.
        There is always one look, and one at the end.
    """
    pause = FIRST_PAUSE
    with Attention() as looked:
        while True:
            seen = await look()
            passed = looked.seconds
            if found(seen) or passed >= within:
                return seen, passed
            await asyncio.sleep(min(pause, max(within - passed, 0.01)))
            pause = min(pause * 1.6, LONGEST_PAUSE)
