"""``make benchmark``: where a run's time goes, and what look-ahead costs and gives.

Medians of alternating runs. Absolute times are this machine's, on this day; ratios travel better.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAITING_CHECKS = 20
WAIT_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind (default 3)")
    runs = parser.parse_args(arguments).runs
    with tempfile.TemporaryDirectory(prefix="golive-benchmark-") as name:
        folder = Path(name)
        _phases(folder, runs)
        _look_ahead(folder, runs)
    return 0


def _phases(folder: Path, runs: int) -> None:
    kinds = {
        "smoke, with browser": (),
        "smoke, without browser": ("-k", "not frontend and not journeys"),
    }
    rows: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(runs):
        for kind, selection in kinds.items():
            rows[kind].append(_smoke(folder, selection))
    _say(f"time by phase, seconds, median of {runs} alternating runs")
    for kind, measured in rows.items():
        middle = {name: statistics.median(row[name] for row in measured) for name in measured[0]}
        _say(f"  {kind:<24}" + "  ".join(f"{name} {seconds:5.2f}" for name, seconds in middle.items()))


def _smoke(folder: Path, selection: Sequence[str]) -> dict[str, float]:
    reports = Path(tempfile.mkdtemp(dir=folder))
    command = ["-m", "smoke", "--env=rehearsal", "-o", f"golive_reports={reports}", "-q", *selection]
    wall = _timed(command, ROOT)
    record = next(reports.rglob("events.jsonl"))
    footer = json.loads(record.read_text(encoding="utf-8").splitlines()[-1])["data"]
    steps = {step["name"]: step["duration_seconds"] for step in footer["steps"]}
    began = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "golive.cli",
            "report",
            str(record.parent),
            "--checklist",
            str(ROOT / "checklist.md"),
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    report = time.perf_counter() - began
    stack, checks = steps.get("environment", 0.0), steps.get("checks", 0.0)
    return {
        "wall": wall,
        "stack": stack,
        "checks": checks,
        "pytest and the rest": wall - stack - checks,
        "report anew (a process)": report,
    }


def _look_ahead(folder: Path, runs: int) -> None:
    project = folder / "waiting"
    (project / "tests").mkdir(parents=True)
    (project / "environments").mkdir()
    (project / "environments" / "loopback.toml").write_text(_PROFILE, encoding="utf-8")
    (project / "pytest.ini").write_text(
        "[pytest]\ntestpaths = tests\ngolive_checks = tests\n", encoding="utf-8"
    )
    (project / "checklist.md").write_text(_CHECKLIST, encoding="utf-8")
    (project / "tests" / "test_waiting.py").write_text(_CHECKS, encoding="utf-8")
    _timed(["--checklist-lock", "-q"], project)
    (folder / "test_empty.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    kinds: dict[str, Callable[[], float]] = {
        "pytest, one empty test": lambda: _timed(
            ["-q", "-p", "no:golive", str(folder / "test_empty.py")], folder
        ),
        "asyncio alone": lambda: _timed_floor(folder),
        "golive, look-ahead": lambda: _timed(["-q", "--env=loopback"], project),
        "golive, one after another": lambda: _timed(["-q", "--env=loopback", "--no-look-ahead"], project),
    }
    measured: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(runs):
        for kind, measure in kinds.items():
            measured[kind].append(measure())
    middle = {kind: statistics.median(times) for kind, times in measured.items()}
    _say(f"{WAITING_CHECKS} checks that wait {WAIT_SECONDS * 1000:.0f} ms each, seconds, median of {runs}")
    for kind, seconds in middle.items():
        _say(f"  {kind:<28}{seconds:6.2f}")
    ahead, turn = middle["golive, look-ahead"], middle["golive, one after another"]
    _say(f"  one after another / look-ahead: {turn / ahead:.1f}×")
    _say(f"  look-ahead / (empty test + asyncio): {ahead / sum(list(middle.values())[:2]):.2f}×")


def _timed_floor(folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _FLOOR], cwd=folder, check=True)
    return time.perf_counter() - began


def _timed(arguments: Sequence[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - began


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


_FLOOR = f"""
import asyncio

async def main():
    await asyncio.gather(*[asyncio.sleep({WAIT_SECONDS}) for _ in range({WAITING_CHECKS})])

asyncio.run(main())
"""

_CHECKLIST = """# Waiting

<!-- golive: phase=smoke owner=QA max-age="1 h" -->

- [ ] Everything waits `waiting`
"""

_CHECKS = f'''
import asyncio
import pytest

@pytest.mark.checklist("waiting")
@pytest.mark.parametrize("number", range({WAITING_CHECKS}))
async def test_waits(number, evidence):
    """It waits."""
    await asyncio.sleep({WAIT_SECONDS})
    evidence.note("waited", number=number)
'''

_PROFILE = """
schema = 1
title = "Loopback"
[release]
version = "0"
[targets]
[budgets]
api_p95 = "1 s"
recommendations_p95 = "1 s"
realtime_delivery = "1 s"
page_load = "1 s"
first_byte = "1 s"
[control]
targets = ["127.0.0.1:9"]
[allow.hosts]
"""

if __name__ == "__main__":
    sys.exit(main())
