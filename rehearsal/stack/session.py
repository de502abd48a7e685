"""One stack from its start to the moment when somebody wants it gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable

from rehearsal.stack.facts import Facts
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.run_directory import RunDirectory
from rehearsal.stack.supervisor import Stack

WATCH_SECONDS = 0.5
PART_WIDTH = 18

Say = Callable[[str], None]
Ready = Callable[[Facts, RunDirectory], None]


async def run_stack(plan: StackPlan, ready: Ready, say: Say, until_stdin_ends: bool) -> None:
    """Start the stack, call `ready` once, and stop when asked: SIGTERM, SIGINT, or the end of stdin.

    `say` is told one line per event. Being asked during the start stops it there. Raises PartFailed
    when a part does not start; nothing is left running in any case.
    """
    wanted_gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, wanted_gone.set)
    if until_stdin_ends:
        _watch_stdin(loop, wanted_gone)
    stack = Stack(plan, lambda part, seconds: say(f"  {part:<{PART_WIDTH}} ready after {seconds:4.1f} s"))
    asked = asyncio.create_task(wanted_gone.wait())
    life = asyncio.create_task(_live(stack, plan, ready, say))
    try:
        await asyncio.wait({asked, life}, return_when=asyncio.FIRST_COMPLETED)
        if life.done():
            life.result()
        else:
            say("rehearsal: asked to end" if stack.ready else "rehearsal: asked to end before it was ready")
    finally:
        for task in (asked, life):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        await stack.stop()


async def _live(stack: Stack, plan: StackPlan, ready: Ready, say: Say) -> None:
    facts = await stack.start()
    for remark in stack.remarks:
        say(f"rehearsal: {remark}")
    ready(facts, stack.run)
    faults = f" with {', '.join(plan.faults)}" if plan.faults else ""
    say(f"rehearsal ready in {facts.started_seconds:.1f} s{faults}")
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        for part, log_tail in stack.newly_dead():
            say(f"rehearsal: {part} ended by itself; its last words:")
            for line in log_tail:
                say(f"  {part} | {line}")


def _watch_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Set `ended` when standard input reaches its end; a thread, because not every stdin can be polled."""

    def read_to_the_end() -> None:
        with contextlib.suppress(OSError):
            while os.read(sys.stdin.fileno(), 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read_to_the_end, name="stdin", daemon=True).start()
