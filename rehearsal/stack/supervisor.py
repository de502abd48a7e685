"""One stack: brings every part up, changes what another plan changes, and ends them in one go."""

from __future__ import annotations

import asyncio
import time

from rehearsal.stack.assembly import Assembly
from rehearsal.stack.data.postgres import find_installation
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.facts import Facts
from rehearsal.stack.grounds import Grounds
from rehearsal.stack.network.edge import find_caddy
from rehearsal.stack.parts import Progress
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory, reap_leftovers

START_LIMIT_SECONDS = 60.0


class Stack:
    """One copy of the application. `start` once, `switch` as often as wanted, `stop` once.

    Two stacks do not know of each other.
    """

    def __init__(self, plan: StackPlan, progress: Progress) -> None:
        self._plan = plan
        self._progress = progress
        self._children = Children()
        self._grounds: Grounds | None = None
        self._reported_dead: set[Child] = set()
        self.ready = asyncio.Event()

    @property
    def grounds(self) -> Grounds:
        """What stays the same for as long as it lives; exists once `start` was called."""
        assert self._grounds is not None, "the stack was not started"
        return self._grounds

    @property
    def run(self) -> RunDirectory:
        """The directory of this run."""
        return self.grounds.run

    @property
    def remarks(self) -> list[str]:
        """What is not as it could be, for those who watch the start."""
        return self.grounds.remarks

    async def start(self) -> Facts:
        """Start everything and return the facts. Raises PartFailed for the first part that fails.

        After an exception, and after cancellation, `stop` must still be called.
        """
        find_installation()
        find_caddy()
        await asyncio.to_thread(reap_leftovers)
        self._grounds = Grounds(RunDirectory(), self._children, self._progress)
        await self._children.start_guard()
        self._children.warm_up(self.run.log("services"))
        facts = await self._brought_up(self._plan)
        self.ready.set()
        return facts

    async def switch(self, plan: StackPlan) -> Facts:
        """Become what `plan` describes, as if started with it, and return the facts anew.

        Only parts that differ are made anew. What was written or remembered meanwhile is gone: the database
        is as it was seeded, the cache is empty, monitoring has seen nothing. Raises PartFailed; the next
        switch then makes what is missing.
        """
        self.grounds.begin_anew()
        return await self._brought_up(plan)

    def newly_dead(self) -> list[tuple[str, list[str]]]:
        """Name and last log lines of every part that ended by itself since the last call."""
        dead = [child for child in self._children.died() if child not in self._reported_dead]
        self._reported_dead.update(dead)
        return [(child.name, child.log_tail()) for child in dead]

    async def stop(self) -> None:
        """End every part and remove the run's directory. Never leaves a process behind."""
        if self._grounds is not None:
            for listener in self._grounds.in_process:
                await listener.stop()
        await self._children.stop()
        # A thread that still writes cannot be cancelled: it would leave files where all was removed.
        await asyncio.get_running_loop().shutdown_default_executor()
        if self._grounds is not None:
            self._grounds.ports.close()
            self._grounds.run.remove()

    async def _brought_up(self, plan: StackPlan) -> Facts:
        began = time.monotonic()
        try:
            async with asyncio.timeout(START_LIMIT_SECONDS):
                return await Assembly(self.grounds, plan).bring_up(began)
        except TimeoutError:
            missing = f"not everything was ready after {START_LIMIT_SECONDS:g} s"
            raise PartFailed("stack", missing, "is the machine overloaded?") from None
        except ExceptionGroup as failures:
            raise _first_failure(failures) from failures


def _first_failure(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    known = failures.subgroup(PartFailed)
    group: BaseExceptionGroup[BaseException] = known or failures
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
