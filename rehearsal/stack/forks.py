"""Processes that are forks of one warm process (`rehearsal.services.forking`), as if they were children."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
MODULE = "rehearsal.services.forking"


class ForkedProcess:
    """One fork; what `asyncio.subprocess.Process` offers of a child, as far as it is needed."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        """Return the exit code once the process has ended."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal. Raises ProcessLookupError when it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once. Raises ProcessLookupError when it has ended."""
        self.send_signal(signal.SIGKILL)

    def has_ended(self, code: int) -> None:
        """It was told that the process has ended."""
        self.returncode = code
        self._ended.set()


class ForkServer:
    """The warm process. Its services end with it, and it with its standard input."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._asked: deque[asyncio.Future[ForkedProcess]] = deque()
        self._running: dict[int, ForkedProcess] = {}
        self._hearing = asyncio.create_task(self._hear())

    async def fork(
        self, module: str, *, log: Path, directory: Path, environment: Mapping[str, str]
    ) -> ForkedProcess:
        """Run `module` as `python -m` does. Raises ConnectionError when the warm process has ended."""
        order = {
            "module": module,
            "environment": dict(environment),
            "directory": str(directory),
            "log": str(log),
        }
        assert self.process.stdin is not None
        answer: asyncio.Future[ForkedProcess] = asyncio.get_running_loop().create_future()
        if self._hearing.done():
            raise ConnectionError("the process that services are forked of has ended")
        self._asked.append(answer)
        self.process.stdin.write(f"{json.dumps(order)}\n".encode())
        return await answer

    async def stop(self) -> None:
        """End it, and with it what is left of its services."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self._hearing

    async def _hear(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            told = json.loads(line)
            if "pid" in told:
                forked = self._running[told["pid"]] = ForkedProcess(told["pid"])
                asked = self._asked.popleft()
                # Whoever asked may have given up: another part did not start. It ends with the others.
                if not asked.done():
                    asked.set_result(forked)
            else:
                self._running.pop(told["ended"]).has_ended(told["code"])
        for forked in self._running.values():
            # Ended with it: nobody is left to say how.
            with contextlib.suppress(ProcessLookupError):
                forked.kill()
            forked.has_ended(-signal.SIGKILL)
        for asked in (asked for asked in self._asked if not asked.done()):
            asked.set_exception(ConnectionError("the process that services are forked of has ended"))


async def start_fork_server(before: list[str], environment: Mapping[str, str], log: Path) -> ForkServer:
    """Start the warm process, with the words `before` its command. Raises OSError when it cannot be."""
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            *before,
            sys.executable,
            "-m",
            MODULE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            env={**environment, "PYTHONPATH": str(PACKAGE_ROOT)},
            cwd=PACKAGE_ROOT,
            start_new_session=True,
        )
    return ForkServer(process)
