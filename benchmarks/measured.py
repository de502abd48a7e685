"""Running a program and saying what it cost, with everything that it started."""

import os
import platform
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took; processes that it waited for are part of it."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    """Of the largest of its processes."""


class FailedError(Exception):
    """A program that is measured did not do what it was to do; its last words."""


def run(
    command: Sequence[str | Path], folder: Path, *, said: Path | None = None, may_fail: bool = False
) -> Cost:
    """Run a program to its end.

    Args:
        command: program and arguments.
        folder: where it runs.
        said: file for its output; by default one in ``folder``.
        may_fail: any exit code will do.

    Raises:
        FailedError: it ended with anything but 0.
    """
    said = said or folder / "said.txt"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with said.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 and not may_fail:
        words = said.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        raise FailedError(f"{' '.join(map(str, command))}: {process.returncode}\n" + "\n".join(words))
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the medians."""
    return Cost(
        median(cost.wall_seconds for cost in costs),
        median(cost.cpu_seconds for cost in costs),
        median(cost.peak_mib for cost in costs),
    )


@contextmanager
def serving(command: Sequence[str | Path], folder: Path) -> Iterator[int]:
    """Run a program that prints its port and ends with its input."""
    with subprocess.Popen(
        list(map(str, command)), cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(10)


def machine() -> str:
    """What it was measured on, and how busy that was."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, load {load}"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown that is also read as it stands."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
