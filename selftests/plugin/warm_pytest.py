"""Runs of pytest that need not import everything again: each is a fork of one warm process."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from selftests.plugin.warm_process import MESSAGE_BYTES

_LAST_SECONDS = 10.0
"""How long a process may go on once nobody holds its output open."""
_END_SECONDS = 10.0


class ForkedRun:
    """One run; what `subprocess.Popen` offers of a process, as far as it is needed."""

    def __init__(self, warm: "WarmPytest", pid: int, output: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._warm = warm
        self._output = output
        self._said = b""

    def poll(self) -> int | None:
        """The exit code, minus the signal that ended it; None while it runs."""
        self._warm.hear(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired("pytest", timeout or 0.0)
            self._warm.hear(left)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Return what it wrote, once it and whatever it started have ended.

        Raises:
            subprocess.TimeoutExpired: they still run; with what was written so far; so has the next call.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self._output >= 0:
            left = None if until is None else max(until - time.monotonic(), 0.0)
            if not select.select([self._output], [], [], left)[0]:
                raise subprocess.TimeoutExpired("pytest", timeout or 0.0, output=self._said)
            chunk = os.read(self._output, 65_536)
            self._said += chunk
            if not chunk:
                os.close(self._output)
                self._output = -1
        self.wait(_LAST_SECONDS)
        return self._said.decode(errors="replace"), None

    def send_signal(self, number: int) -> None:
        """Send it a signal, where it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class WarmPytest:
    """The warm process; it ends, with what is left of its forks, when whoever holds it closes it or dies."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Start it with these environment variables; what only a new interpreter reads is decided by them."""
        self._runs: dict[int, ForkedRun] = {}
        self._newest = 0
        self.variables = dict(variables)
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("warm_process.py"), str(theirs.fileno())],
                env=self.variables,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def start(self, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str]) -> ForkedRun:
        """Run pytest with ``arguments`` in ``folder``, and with no other environment ``variables``."""
        order = {"arguments": list(arguments), "folder": str(folder), "variables": dict(variables)}
        output, theirs = os.pipe()
        socket.send_fds(self._line, [json.dumps(order).encode()], [theirs])
        os.close(theirs)
        self._newest = 0
        while not self._newest:
            self.hear(None)
        run = self._runs[self._newest] = ForkedRun(self, self._newest, output)
        return run

    def hear(self, seconds: float | None) -> None:
        """Wait for one message, for ever or so long, and note what it says."""
        if not select.select([self._line], [], [], seconds)[0]:
            return
        message = self._line.recv(MESSAGE_BYTES)
        assert message, "the warm process has ended"
        told = json.loads(message)
        if "pid" in told:
            self._newest = told["pid"]
        else:
            self._runs.pop(told["ended"]).returncode = told["code"]

    def close(self) -> None:
        """End it."""
        self._line.close()
        self._process.wait(_END_SECONDS)
