"""The same requests by golive and by other programs, in alternating rounds; golive's wall time is 1.00."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measured import Cost, machine, middle, run, serving, table
from benchmarks.programs import AT_ONCE, Asyncio, EmptyTest, Golive, Program, Work, programs

ROOT = Path(__file__).resolve().parents[1]
WORKS = tuple(Work(checks, delay) for checks in (20, 200, 1000) for delay in (0, 50, 200))
QUICK = (Work(20, 0), Work(20, 200), Work(200, 50))
_BARE_GOLIVE = "golive, no reports of others"
Say = Callable[[str], None]


def compare(works: Sequence[Work], rounds: int, longest: float, say: Say) -> None:
    """Measure, and say it in one table.

    Args:
        works: its columns.
        rounds: how often; a cell is the median.
        longest: seconds; what must take longer by its delays alone is not measured.
        say: takes each line.
    """
    there, absent = programs()
    costs: dict[tuple[str, Work], list[Cost]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="golive-benchmark-") as name,
        serving([sys.executable, "-m", "benchmarks.delayed"], ROOT) as port,
    ):
        folders: dict[tuple[str, Work], Path] = {}
        for number, program in enumerate(there):
            for work in works:
                if not program.why_not(work, longest):
                    folder = folders[program.name, work] = Path(name, f"{number}-{works.index(work)}")
                    folder.mkdir()
                    program.prepare(folder, work, port)
        _warm_up(folders, there)
        for _ in range(rounds):
            for work in works:
                for program in there:
                    key = program.name, work
                    if key in folders:
                        costs.setdefault(key, []).append(program.measure(folders[key]))
    _show(there, absent, works, {key: middle(found) for key, found in costs.items()}, rounds, longest, say)


def _warm_up(folders: dict[tuple[str, Work], Path], there: Sequence[Program]) -> None:
    """Let everything be compiled and in memory before it is measured."""
    for program in there:
        first = next(folder for (name, _), folder in folders.items() if name == program.name)
        program.measure(first)


def _show(
    there: Sequence[Program],
    absent: dict[str, str],
    works: Sequence[Work],
    found: dict[tuple[str, Work], Cost],
    rounds: int,
    longest: float,
    say: Say,
) -> None:
    rows = []
    for program in there:
        cells = [program.name]
        for work in works:
            cost = found.get((program.name, work))
            if cost is None:
                cells.append(f"not measured: {program.why_not(work, longest)}")
                continue
            ratio = cost.wall_seconds / found[Golive().name, work].wall_seconds
            cells.append(f"{ratio:.2f} ({cost.wall_seconds:.2f} s, {cost.cpu_seconds:.2f} CPU)")
        rows.append(cells)
    rows += [[name, *["not measured"] * len(works)] for name in absent]
    say(
        f"wall time relative to golive (seconds, CPU seconds); medians of {rounds} alternating rounds;"
        f" {AT_ONCE} requests at once where a program can be told; {machine()}"
    )
    say(table(["program", *(work.title for work in works)], rows))
    for name, why in absent.items():
        say(f"{name}: {why}")
    for line in _aims(works, found):
        say(line)


def _aims(works: Sequence[Work], found: dict[tuple[str, Work], Cost]) -> list[str]:
    """The aims, each with what was measured."""

    def wall(name: str, work: Work) -> float:
        return found[name, work].wall_seconds

    lines = []
    for work in works:
        own, floor = wall(Golive().name, work), wall(Asyncio.name, work)
        empty, bare = wall(EmptyTest().name, work), wall(_BARE_GOLIVE, work)
        aims = {f"all reports ≤ 1.35 × without pytest-html and Allure: {own / bare:.2f}": own <= 1.35 * bare}
        if work == Work(20, 0):
            aims[f"≤ 2 × one empty test: {own / empty:.2f}"] = own <= 2 * empty
        if work == Work(20, 200):
            chain = empty + work.delay_ms / 1000 * 1.15
            aims[f"≤ one empty test + 1.15 × the slowest chain ({chain:.2f} s): {own:.2f} s"] = own <= chain
        if work == Work(1000, 200):
            aims[f"≤ 1.3 × asyncio: {own / floor:.2f}"] = own <= 1.3 * floor
        lines += [f"{work.title}: {words} — {'met' if met else 'MISSED'}" for words, met in aims.items()]
    return lines


def cold_starts(rounds: int, say: Say) -> None:
    """CPU seconds from a command to its end, where hardly anything is done."""
    with (
        tempfile.TemporaryDirectory(prefix="golive-cold-") as name,
        serving([sys.executable, "-m", "benchmarks.delayed"], ROOT) as port,
    ):
        generic, empty = Path(name, "generic"), Path(name, "empty")
        for folder, program in ((generic, Golive()), (empty, EmptyTest())):
            folder.mkdir()
            program.prepare(folder, Work(1, 0), port)
        pytest = [sys.executable, "-m", "pytest", "-q"]
        kinds = {
            "golive --help": ([sys.executable, "-m", "golive.cli", "--help"], empty),
            "pytest, golive installed": (pytest, empty),
            "pytest, without golive": ([*pytest, "-p", "no:golive"], empty),
            "golive --collect-only": ([*pytest, "--collect-only", "--env=loopback"], generic),
            "golive, one request": ([*pytest, "--env=loopback"], generic),
        }
        found: dict[str, list[Cost]] = {kind: [] for kind in kinds}
        for _ in range(rounds + 1):
            for kind, (command, folder) in kinds.items():
                found[kind].append(run(command, folder))
    # The first of each compiled what was not compiled yet.
    costs = {kind: middle(measured[1:]) for kind, measured in found.items()}
    say(f"cold starts; medians of {rounds} alternating rounds; {machine()}")
    rows = [[kind, f"{cost.cpu_seconds:.2f}", f"{cost.wall_seconds:.2f}"] for kind, cost in costs.items()]
    say(table(["command", "CPU seconds", "wall seconds"], rows))
