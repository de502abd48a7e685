"""Looks at a positive control once, and keeps what became of it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from golive.core.controls import Control
from golive.core.outcome import Blind
from golive.net.errors import ProbeError
from golive.net.incidents import unless_put_off

Seen = TypeVar("Seen")


async def controlled(what: str, look: Callable[[Callable[[Seen], Seen]], Awaitable[None]]) -> Control:
    """Look at a twin once, and keep what became of it.

    Args:
        what: should hold, as a clause.
        look: gets a function that keeps observations; raises where the twin does not hold.
    """
    seen: list[Any] = []

    def keep(observation: Seen) -> Seen:
        seen.append(observation)
        return observation

    try:
        await unless_put_off(look(keep))
    except (AssertionError, ProbeError, Blind) as failure:
        return Control(what, tuple(seen), failure)
    return Control(what, tuple(seen))
