"""A fork of this process, waited for with a deadline."""

import contextlib
import json
import os
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass

from golive.testing.errors import LaneError

_GRACE_SECONDS = 30
"""A fork whose parent has died ends itself so long after its deadline."""
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_HARMLESS_THREADS = frozenset({"MainThread", "golive-start"})
"""The second reads what a started environment says, and holds nothing that a fork needs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a fork ended."""

    code: int
    """Its exit code; minus the signal that ended it."""
    in_time: bool
    seconds: float
    cpu_seconds: float
    """Its own, and of the processes that it waited for."""
    imports: tuple[str, ...]
    """Modules that it imported."""


class Fork:
    """What a process knows of one fork, on either side of it."""

    def __init__(self, deadline_seconds: float) -> None:
        """Fork.

        Raises:
            LaneError: a thread runs here, whose locks the fork would wait for for ever.
        """
        if threads := {thread.name for thread in threading.enumerate()} - _HARMLESS_THREADS:
            raise LaneError(f"threads run in the lane, so that it cannot fork: {', '.join(sorted(threads))}")
        sys.stdout.flush()
        sys.stderr.flush()
        self._deadline_seconds = deadline_seconds
        self._began = time.monotonic()
        self._end, self._own_end = os.pipe()
        self._known = frozenset(sys.modules)
        # One that came between the fork and `wait` would leave the fork running: it comes there.
        self._signals = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        self._pid = os.fork()
        if self.is_child:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._signals)
            os.close(self._end)
            os.setpgid(0, 0)
            signal.alarm(int(deadline_seconds) + _GRACE_SECONDS)
        else:
            os.close(self._own_end)
            with contextlib.suppress(OSError):  # the fork was faster, and does it itself
                os.setpgid(self._pid, self._pid)

    @property
    def is_child(self) -> bool:
        """Whether this is the forked process."""
        return self._pid == 0

    def leave(self, code: int) -> None:
        """End the forked process, and nothing of what it shares with its parent."""
        with contextlib.suppress(OSError):
            os.write(self._own_end, json.dumps(sorted(set(sys.modules) - self._known)).encode())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    def wait(self) -> Ended:
        """Wait for the forked process; kill it, with what it started, at the deadline or when ended."""
        said, until = b"", self._began + self._deadline_seconds
        in_time = True
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._signals)
            # The end of the pipe is the end of the process: nothing that it starts inherits it.
            while True:
                if not select.select([self._end], [], [], max(until - time.monotonic(), 0))[0]:
                    in_time = False
                    break
                found = os.read(self._end, 65536)
                if not found:
                    break
                said += found
        except BaseException:
            self._kill()
            os.waitpid(self._pid, 0)
            raise
        finally:
            os.close(self._end)
        if not in_time:
            self._kill()
        _, status, usage = os.wait4(self._pid, 0)
        return Ended(
            code=os.waitstatus_to_exitcode(status),
            in_time=in_time,
            seconds=round(time.monotonic() - self._began, 3),
            cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
            imports=tuple(json.loads(said)) if said else (),
        )

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
