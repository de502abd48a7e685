"""Starting an environment that the run itself brings up, and ending it with the run.

The command gets ``--facts FILE`` and holds the other end of a pipe as its standard input: when this
process ends, however it ends, the pipe closes and the environment goes down.

An environment that can switch faults while it runs says ``"switch": {"number": 0, "faults": [...]}`` in its
first facts. A line ``{"switch": N, "faults": ["name", ...]}`` on the pipe then asks for the state with
exactly those faults, and is answered by the file, written anew as a whole: all facts as they are then, with
``"switch": {"number": N, "faults": [...], "touched": ["part", ...], "seconds": 0.2}``, or with
``{"number": N, "error": "a sentence"}`` where it could not be had.
"""

import contextlib
import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest

_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.02
_TAIL_LINES = 12
_FACTS = "golive-facts-"
_HELD = "held"
_YOUNG = timedelta(hours=1)


class SwitchError(Exception):
    """A running environment could not be brought into another state; which one it is in, nobody knows."""


class DiedError(Exception):
    """A running environment ended by itself; the message has what it said last."""


class JoinedEnvironment:
    """One that another process started and will end, by its facts."""

    ready_seconds = 0.0

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def wait_until_ready(self) -> dict[str, Any]:
        """Return the facts."""
        return self._facts

    def begin_to_stop(self) -> None:
        """Leave it to whoever started it."""

    def stop(self) -> None:
        """As above."""


class StartedEnvironment:
    """A process that the run started, and what it says of itself."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready_within: timedelta,
        root: Path,
        faults: tuple[str, ...],
        show: Callable[[str], None],
    ) -> None:
        self._deadline = ready_within.total_seconds()
        self._folder = tempfile.TemporaryDirectory(prefix=_FACTS)
        self._held = _hold(Path(self._folder.name))
        self.facts_path = Path(self._folder.name) / "facts.json"
        self._show = show
        self._tail: list[str] = []
        self._switches = 0
        program = [sys.executable if command[0] == "python" else command[0], *command[1:]]
        program += ["--facts", str(self.facts_path)]
        for fault in faults:
            program += ["--fault", fault]
        self._began = time.monotonic()
        self.ready_seconds = 0.0
        self._process = subprocess.Popen(  # noqa: S603 - the command is the profile's own
            program,
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the run, which then ends the environment in good order.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._follow, name="golive-start", daemon=True)
        self._reader.start()

    def wait_until_ready(self) -> dict[str, Any]:
        """Return the facts.

        Raises:
            pytest.UsageError: it ended, or was not ready in time, with what it said last.
        """
        while not self.facts_path.exists():
            if self._process.poll() is not None:
                self._reader.join(1.0)
                raise pytest.UsageError(
                    f"the environment did not start (exit {self._process.returncode}): {self.last_words()}"
                )
            if time.monotonic() - self._began > self._deadline:
                self.stop()
                raise pytest.UsageError(
                    f"the environment was not ready within {self._deadline:g} s: {self.last_words()}"
                )
            time.sleep(_POLL_SECONDS)
        self.ready_seconds = time.monotonic() - self._began
        return read_facts(self.facts_path)

    def switch(self, faults: Sequence[str]) -> dict[str, Any]:
        """Have exactly ``faults`` on, none for the healthy state, and return the facts of then.

        Raises:
            SwitchError: it cannot switch, or not to these, or did not in time.
            DiedError: it has ended.
        """
        if "switch" not in read_facts(self.facts_path):
            raise SwitchError("the environment cannot switch faults: its first facts have no `switch`")
        self._switches += 1
        order = json.dumps({"switch": self._switches, "faults": list(faults)})
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(order + "\n")
            self._process.stdin.flush()
        except OSError:
            raise DiedError(self.last_words()) from None
        until = time.monotonic() + self._deadline
        while time.monotonic() < until:
            facts = read_facts(self.facts_path)
            answer = facts["switch"]
            if answer["number"] == self._switches:
                if "error" in answer:
                    raise SwitchError(answer["error"])
                return facts
            self.require_alive()
            time.sleep(_POLL_SECONDS)
        raise SwitchError(f"the environment did not switch within {self._deadline:g} s: {self.last_words()}")

    def require_alive(self) -> None:
        """Return while it runs.

        Raises:
            DiedError: it has ended.
        """
        if self._process.poll() is not None:
            self._reader.join(1.0)
            raise DiedError(f"exit code {self._process.returncode}: {self.last_words()}")

    def begin_to_stop(self) -> None:
        """Close its input, at which it goes down by itself; nobody waits for that yet."""
        if self._process.stdin is not None:
            # One that has ended itself broke the pipe, perhaps with a line still in it.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def stop(self) -> None:
        """End the environment: close its input, then terminate, then kill; by its own process id."""
        self.begin_to_stop()
        for end in (None, self._process.terminate, self._process.kill):
            if end is not None:
                end()
            try:
                self._process.wait(_STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        self._folder.cleanup()
        self._held.close()

    def _follow(self) -> None:
        if self._process.stderr is None:
            return
        for line in self._process.stderr:
            self._tail = [*self._tail, line.rstrip()][-_TAIL_LINES:]
            if not self.facts_path.exists():
                self._show(line.rstrip())

    def last_words(self) -> str:
        """What it said last."""
        return "\n".join(self._tail) or "it said nothing"


def read_facts(path: Path) -> dict[str, Any]:
    """Read what a started environment wrote: ``profile`` to merge, ``secrets`` by variable name."""
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def remove_left_facts() -> None:
    """Remove the facts, secrets among them, of runs of this user that were killed; those of others stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FACTS}*"):
        with contextlib.suppress(OSError):
            about = folder.lstat()
            if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
                continue
            if _is_held(folder, age=timedelta(seconds=time.time() - about.st_mtime)):
                continue
            shutil.rmtree(folder)


def _hold(folder: Path) -> IO[bytes]:
    """Lock a file in ``folder`` for as long as this process lives; the kernel gives it up."""
    draft = folder / f".{_HELD}"
    stream = draft.open("wb")
    fcntl.flock(stream, fcntl.LOCK_EX)
    # Locked before it is there by its name, so nobody finds it free.
    draft.rename(folder / _HELD)
    return stream


def _is_held(folder: Path, *, age: timedelta) -> bool:
    try:
        with (folder / _HELD).open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        # Just made, or by a golive that held none.
        return age < _YOUNG
    return False


def environ_with(facts: dict[str, Any]) -> dict[str, str]:
    """Return this process's environment variables, with the started environment's secrets over them."""
    return {**os.environ, **facts.get("secrets", {})}
