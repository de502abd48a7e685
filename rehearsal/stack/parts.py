"""What of a stack is there, and of which recipe each part was made.

A part is made anew only where its recipe has changed, so a changed plan touches no more than it must. Parts
that need another part have what they need of it (its address, its files) in their own recipe.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")
Progress = Callable[[str, float], None]
"""Told the name of a part and the seconds since the start of the stack, when the part is ready."""


@dataclass
class _Made:
    recipe: object
    result: Any
    end: Callable[[], Awaitable[None]]
    generation: int


class Parts:
    """The parts of one stack, by name."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._made: dict[str, _Made] = {}
        self._began = time.monotonic()
        self._generations = itertools.count(1)
        self.seconds: dict[str, float] = {}
        """Part to the time that making it took, the last time."""
        self.touched: list[str] = []
        """Parts that were made or changed since `begin`."""

    def begin_quietly(self) -> None:
        """Count `touched` from now on, and tell nobody of progress."""
        self.touched = []
        self._progress = lambda _part, _seconds: None

    async def bring(
        self,
        name: str,
        recipe: object,
        make: Callable[[], Awaitable[Result]],
        end: Callable[[Result], Awaitable[None]] | None = None,
        change: Callable[[Result], Awaitable[Result]] | None = None,
    ) -> Result:
        """The part called `name` as `recipe` has it: the one that is there, where it was made of the same.

        Args:
            name: of the part.
            recipe: everything that it depends on, comparable.
            make: makes it.
            end: takes it away before it is made anew; nothing has to be done where there is none.
            change: makes what is there into what the recipe has, without taking it away.
        """
        known = self._made.get(name)
        if known is not None and known.recipe == recipe:
            result: Result = known.result
            return result
        began = time.monotonic()
        if known is not None and change is not None:
            # Of no recipe until it is whole again: what fails half-way is changed once more.
            known.recipe = object()
            result = await change(known.result)
        else:
            await self.end(name)
            result = await make()
        self._made[name] = _Made(recipe, result, _ending(result, end), next(self._generations))
        now = time.monotonic()
        self.seconds[name] = now - began
        self.touched.append(name)
        self._progress(name, now - self._began)
        return result

    def find(self, name: str) -> Any:
        """What was made last as the part called `name`; None where it is not there."""
        known = self._made.get(name)
        return None if known is None else known.result

    def generation(self, name: str) -> int:
        """A number that is another one whenever the part was made or changed; 0 where it is not there."""
        return self._made[name].generation if name in self._made else 0

    async def end(self, name: str) -> None:
        """Take a part away, so that it is made the next time it is wanted; nothing where it is not there."""
        known = self._made.pop(name, None)
        if known is not None:
            await known.end()


def _ending(result: Result, end: Callable[[Result], Awaitable[None]] | None) -> Callable[[], Awaitable[None]]:
    async def ended() -> None:
        if end is not None:
            await end(result)

    return ended
