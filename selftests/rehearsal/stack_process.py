"""A rehearsal as a child process of a self-test, and what can be asked of it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_SECONDS = 40.0
END_LIMIT_SECONDS = 10.0


@dataclass
class RunningStack:
    """A started stack. `temporary` is the directory that stands for the system's temporary one."""

    process: subprocess.Popen[bytes]
    facts: dict[str, Any]
    temporary: Path
    file: Path
    """Where the facts are written."""

    @property
    def roots(self) -> str:
        return str(self.facts["profile"]["trust"]["roots"])

    def address(self, host: str, port: int) -> tuple[str, int]:
        address, *_ = self.facts["profile"]["network"]["addresses"][f"{host}:{port}"]
        ip, _, number = address.rpartition(":")
        return ip, int(number)

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def directories(self) -> list[Path]:
        return sorted(self.temporary.glob("audotics-rehearsal-*"))

    def end(self) -> int:
        """Close standard input and return the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(END_LIMIT_SECONDS)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rehearsal", *arguments]


def environment(temporary: Path) -> dict[str, str]:
    return os.environ | {"TMPDIR": str(temporary)}


@contextlib.contextmanager
def open_directory() -> Iterator[Path]:
    """A directory that every user may pass, unlike pytest's: root's PostgreSQL runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="selftest-") as name:
        directory = Path(name).resolve()
        directory.chmod(0o711)
        yield directory


def start_stack(temporary: Path, *faults: str) -> RunningStack:
    """Start `serve` with a temporary directory of its own and wait for the facts."""
    facts_file = temporary / f"facts-{time.monotonic_ns()}.json"
    named = [word for fault in faults for word in ("--fault", fault)]
    log = temporary / "serve.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command("serve", "--facts", str(facts_file), *named),
            cwd=ROOT,
            env=environment(temporary),
            stdin=subprocess.PIPE,
            stderr=sink,
        )
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while not facts_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(log.read_text())
        time.sleep(0.02)
    return RunningStack(process, json.loads(facts_file.read_text()), temporary, facts_file)


def still_running(processes: list[psutil.Process], limit_seconds: float = END_LIMIT_SECONDS) -> list[str]:
    """What still runs after the limit, as text."""
    _, alive = psutil.wait_procs(processes, timeout=limit_seconds)
    return [f"{process.pid} {process.name()}" for process in alive if process.is_running()]
