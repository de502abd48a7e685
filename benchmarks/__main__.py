"""``make benchmark``: what golive costs, where the time goes, and how other programs do beside it.

Medians of alternating rounds. Absolute times are this machine's, on this day; ratios travel better.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import fleets, side_by_side
from benchmarks.measured import run

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("cold", "compare", "fleets", "phases")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, help="rounds of each kind (default 3; 1 with --quick)")
    parser.add_argument("--quick", action="store_true", help="a short form, in minutes: does it work?")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this; repeatable")
    parser.add_argument(
        "--longest", type=float, help="seconds: what takes longer is left out (default 60; 10 with --quick)"
    )
    chosen = parser.parse_args(arguments)
    quick, parts = chosen.quick, chosen.part or PARTS
    rounds = chosen.runs or (1 if quick else 3)
    if "cold" in parts:
        side_by_side.cold_starts(rounds, _say)
    if "compare" in parts:
        works = side_by_side.QUICK if quick else side_by_side.WORKS
        side_by_side.compare(works, rounds, chosen.longest or (10 if quick else 60), _say)
    if "fleets" in parts:
        fleets.grow(fleets.QUICK if quick else fleets.SIZES, _say)
    if "phases" in parts:
        with tempfile.TemporaryDirectory(prefix="golive-benchmark-") as name:
            _phases(Path(name), rounds)
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
    # Latency checks may be red on a busy machine; what it costs is measured all the same.
    cost = run([sys.executable, "-m", "pytest", *command], ROOT, said=folder / "smoke.txt", may_fail=True)
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
        "wall": cost.wall_seconds,
        "CPU, all processes": cost.cpu_seconds,
        "stack": stack,
        "checks": checks,
        "pytest and the rest": cost.wall_seconds - stack - checks,
        "report anew (a process)": report,
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
