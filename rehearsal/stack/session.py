"""One stack from its start to the moment when somebody wants it gone, and what it is told meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

from rehearsal.stack.facts import Facts
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.run_directory import RunDirectory
from rehearsal.stack.supervisor import Stack

WATCH_SECONDS = 0.5
PART_WIDTH = 18

Say = Callable[[str], None]
Ready = Callable[[Facts, RunDirectory], None]
Listener = Callable[[str, Stack], Awaitable[None]]
"""Told each line of standard input once the stack is ready."""


async def run_stack(
    plan: StackPlan, ready: Ready, say: Say, listener: Listener, *, until_stdin_ends: bool
) -> None:
    """Start the stack, call `ready` once, hand lines on to `listener`, and stop when asked.

    It is asked by SIGTERM, SIGINT, SIGHUP, or the end of standard input; during the start that stops it
    there. `say` is told one line per event. Raises PartFailed when a part does not start; nothing is left
    running in any case.
    """
    wanted_gone = asyncio.Event()
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, wanted_gone.set)
    _read_stdin(loop, lines, wanted_gone.set if until_stdin_ends else lambda: None)
    stack = Stack(plan, lambda part, seconds: say(f"  {part:<{PART_WIDTH}} ready after {seconds:4.1f} s"))
    asked = asyncio.create_task(wanted_gone.wait())
    life = asyncio.create_task(_live(stack, plan, ready, say))
    listening = asyncio.create_task(_listen(lines, stack, listener))
    try:
        await asyncio.wait({asked, life, listening}, return_when=asyncio.FIRST_COMPLETED)
        for task in (life, listening):
            if task.done():
                task.result()
        say(
            "rehearsal: asked to end"
            if stack.ready.is_set()
            else "rehearsal: asked to end before it was ready"
        )
    finally:
        for begun in (asked, life, listening):
            begun.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await begun
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


async def _listen(lines: asyncio.Queue[str], stack: Stack, listener: Listener) -> None:
    await stack.ready.wait()
    while True:
        await listener(await lines.get(), stack)


def _read_stdin(
    loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str], ended: Callable[[], None]
) -> None:
    """Put each line into `lines`, and call `ended` at the end; a thread, as not every stdin can be polled."""

    def read_to_the_end() -> None:
        with contextlib.suppress(OSError), os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8") as stream:
            for line in stream:
                with contextlib.suppress(RuntimeError):  # the loop has ended first
                    loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ended)

    threading.Thread(target=read_to_the_end, name="stdin", daemon=True).start()
