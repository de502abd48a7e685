# ruff: noqa: T201
"""`python -m rehearsal.nest serve --facts FILE`: start the third deployment until standard input ends."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path

from rehearsal.nest.stack import NestStack, write_facts
from rehearsal.packages import not_installed
from rehearsal.stack.errors import PartFailed

WATCH_SECONDS = 0.5


def main() -> int:
    """Run the command; the result is the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.nest", description=__doc__)
    serve = parser.add_subparsers(dest="command", required=True).add_parser("serve")
    serve.add_argument("--facts", type=Path, required=True, help="file to write when everything is ready")
    serve.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="a deliberate defect of the application"
    )
    options = parser.parse_args()
    began = time.monotonic()
    options.facts.unlink(missing_ok=True)
    try:
        asyncio.run(_serve(options.facts, tuple(options.fault)))
    except PartFailed as error:
        _say(f"rehearsal: {error} (after {time.monotonic() - began:.1f} s)")
        for line in error.log_tail:
            _say(f"  {error.part} | {line}")
        return 1
    except ModuleNotFoundError as error:
        _say(f"rehearsal: {not_installed(error)}")
        return 1
    return 0


async def _serve(facts_file: Path, variants: tuple[str, ...]) -> None:
    wanted_gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, wanted_gone.set)
    _watch_stdin(loop, wanted_gone)
    stack = NestStack(variants)
    try:
        starting = asyncio.create_task(stack.start())
        asked = asyncio.create_task(wanted_gone.wait())
        await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.wait({starting})
            return
        facts = starting.result()
        write_facts(facts_file, facts)
        _say(f"rehearsal ready in {facts['stack']['started_seconds']:.1f} s")
        while not wanted_gone.is_set():
            for part in stack.newly_dead():
                lines = "\n".join(f"  {part.name} | {line}" for line in part.log_tail())
                raise PartFailed(
                    part.name, "it ended by itself", "see its last words below", lines.splitlines()
                )
            await asyncio.sleep(WATCH_SECONDS)
    finally:
        await stack.stop()


def _watch_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    def read_to_the_end() -> None:
        with os.fdopen(os.dup(sys.stdin.fileno()), "rb") as stream:
            while stream.read(4096):
                pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read_to_the_end, name="stdin", daemon=True).start()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
