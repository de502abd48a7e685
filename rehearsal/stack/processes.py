"""Child processes that cannot outlive the supervisor.

Two independent ways end them after a `kill -9` of the supervisor: the kernel's parent-death signal
(Linux with util-linux' setpriv), and a guard process that holds a pipe from the supervisor and ends
what was named to it (everywhere).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from rehearsal.stack.errors import PartFailed
from rehearsal.stack.forks import ForkedProcess, ForkServer, start_fork_server

GUARD_SCRIPT = Path(__file__).with_name("guard.sh")
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
POLL_SECONDS = 0.02
LOG_TAIL_LINES = 8

Probe = Callable[[], Awaitable[bool]]


class Child:
    """One running process of the stack."""

    def __init__(
        self,
        name: str,
        process: asyncio.subprocess.Process | ForkedProcess,
        log: Path,
        stop_signal: signal.Signals,
    ) -> None:
        self.name = name
        self.process = process
        self.log = log
        self.stop_signal = stop_signal
        self.stopping = False

    def log_tail(self) -> list[str]:
        """The last lines that the process wrote, oldest first."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return text.splitlines()[-LOG_TAIL_LINES:]

    async def wait_until(self, ready: Probe, remedy: str, limit_seconds: float = 10.0) -> None:
        """Return when `ready` answers true. Raises PartFailed when the process ends or time runs out."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + limit_seconds
        while not await ready():
            if self.process.returncode is not None:
                reason = f"it ended with {describe_exit(self.process.returncode)}"
                raise PartFailed(self.name, reason, remedy, self.log_tail())
            if loop.time() > deadline:
                raise PartFailed(self.name, f"not ready after {limit_seconds:g} s", remedy, self.log_tail())
            await asyncio.sleep(POLL_SECONDS)

    async def stop(self, grace_seconds: float = 2.0) -> None:
        """End the process: politely first, by SIGKILL after the grace. Does nothing when it has ended."""
        self.stopping = True
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), grace_seconds)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


class Children:
    """All processes of one stack, with the guard that outlives the supervisor for a moment."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._guard: asyncio.subprocess.Process | None = None
        self._forks: asyncio.Task[ForkServer] | None = None
        self._watchers: list[asyncio.Task[None]] = []

    async def start_guard(self) -> None:
        """Start the guard; call it before the first child."""
        self._guard = await asyncio.create_subprocess_exec(
            "/bin/sh",
            str(GUARD_SCRIPT),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    async def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        user: tuple[int, int] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> Child:
        """Start `command` with a small environment of its own, as `user` (uid, gid) when given.

        Raises PartFailed when it cannot be executed.
        """
        words = [*dies_with_parent(stop_signal if user else signal.SIGKILL), *map(str, command)]
        try:
            with log.open("ab") as sink:
                process = await asyncio.create_subprocess_exec(
                    *words,
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    env=base_environment() | dict(environment or {}),
                    cwd=directory,
                    start_new_session=True,
                    user=user[0] if user else None,
                    group=user[1] if user else None,
                    extra_groups=[] if user else None,
                )
        except OSError as error:
            raise PartFailed(
                name, f"{error.strerror}: {error.filename or command[0]}", "is it executable?"
            ) from error
        return self._took_in(Child(name, process, log, stop_signal))

    def warm_up(self, log: Path) -> None:
        """Start the process that services are forked of, without waiting for it; call it before `fork`."""
        before = dies_with_parent(signal.SIGKILL)
        self._forks = asyncio.create_task(start_fork_server(before, base_environment(), log))

    async def fork(
        self, name: str, module: str, *, log: Path, environment: Mapping[str, str], directory: Path
    ) -> Child:
        """Run a module of this package as a fork of the warm process, with a small environment of its own.

        Raises PartFailed when it cannot be run.
        """
        assert self._forks is not None, "nothing is warm"
        try:
            process = await (await asyncio.shield(self._forks)).fork(
                module, log=log, directory=directory, environment=base_environment() | dict(environment)
            )
        except OSError as error:
            raise PartFailed(name, str(error), "see the end of its log below") from error
        return self._took_in(Child(name, process, log, signal.SIGTERM))

    def _took_in(self, child: Child) -> Child:
        self._children.append(child)
        self._tell_guard(f"add {child.process.pid} {child.stop_signal.name.removeprefix('SIG')}")
        self._watchers.append(asyncio.create_task(self._forget_when_ended(child)))
        return child

    def find(self, name: str) -> Child | None:
        """The child called `name`, or None."""
        return next((child for child in self._children if child.name == name), None)

    async def end(self, name: str) -> None:
        """End the child called `name`, where there is one, and forget it."""
        child = self.find(name)
        if child is not None:
            await child.stop()
            self._children.remove(child)

    def died(self) -> list[Child]:
        """Children that ended although nobody stopped them."""
        return [c for c in self._children if c.process.returncode is not None and not c.stopping]

    async def stop(self) -> None:
        """End all children side by side, then the guard."""
        await asyncio.gather(*(child.stop() for child in self._children))
        if self._forks is not None:
            with contextlib.suppress(OSError):  # it could not be started
                await (await self._forks).stop()
        await asyncio.gather(*self._watchers)
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            await self._guard.wait()

    async def _forget_when_ended(self, child: Child) -> None:
        await child.process.wait()
        self._tell_guard(f"drop {child.process.pid}")

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None and not self._guard.stdin.is_closing():
            self._guard.stdin.write(f"{line}\n".encode())


def base_environment() -> dict[str, str]:
    """What a child inherits: enough to run, none of the caller's credentials."""
    return {key: os.environ[key] for key in INHERITED if key in os.environ}


def describe_exit(code: int) -> str:
    """`exit code 1`, or the name of the signal that ended the process."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


@cache
def _setpriv() -> str | None:
    """Path of a setpriv that knows --pdeathsig, or None."""
    path = shutil.which("setpriv") if sys.platform == "linux" else None
    if path is None:
        return None
    trial = subprocess.run([path, "--pdeathsig", "KILL", "true"], capture_output=True, timeout=5, check=False)
    return path if trial.returncode == 0 else None


def dies_with_parent(last_signal: signal.Signals) -> list[str]:
    """Return what goes before a command so that it gets ``last_signal`` when its parent ends; Linux only."""
    # Executed after the change of user, which would clear the parent-death signal.
    path = _setpriv()
    return [path, "--pdeathsig", last_signal.name.removeprefix("SIG"), "--"] if path else []
