"""Fleets: ten checks of each of many hosts; time, memory and report are to grow with their number alone."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks.measured import Cost, machine, run, serving, table
from benchmarks.programs import write_project

ROOT = Path(__file__).resolve().parents[1]
CHECKS_OF_A_HOST = 10
SIZES, QUICK = (100, 300, 1000), (10, 30, 60)
_LINEAR = 1.5
"""A further check of the largest fleet may cost so many times what one of the second largest does."""
_CHECKS = '''\
import pytest

@pytest.mark.checklist("shop")
@pytest.mark.parametrize("question", range({checks}))
@pytest.mark.parametrize("host", [f"host-{{number:04}}.test" for number in range({hosts})])
async def test_shop(host, question, http, evidence):
    """It answers."""
    answer = evidence(await http.get(f"http://{{host}}:{port}/0/{{question}}"))
    assert answer.status == 200
'''


def grow(sizes: Sequence[int], say: Callable[[str], None]) -> None:
    """Measure each size once, and say what a further check costs."""
    rows: list[list[str]] = []
    found: list[tuple[int, Cost]] = []
    for hosts in sizes:
        cost, sizes_of = _measured(hosts)
        checks = hosts * CHECKS_OF_A_HOST
        found.append((checks, cost))
        rows.append(
            [
                f"{hosts:,} × {CHECKS_OF_A_HOST}",
                f"{cost.wall_seconds:.1f}",
                f"{cost.cpu_seconds:.1f}",
                f"{cost.cpu_seconds / checks * 1000:.1f}",
                f"{cost.peak_mib:.0f}",
                *(f"{size / 2**20:.1f}" for size in sizes_of.values()),
            ]
        )
    say(f"fleets; {machine()}")
    names = [f"{name}, MiB" for name in sizes_of]
    head = ["hosts × checks", "wall s", "CPU s", "CPU ms a check", "peak MiB", *names]
    say(table(head, rows))
    _say_growth("CPU", "ms", [(checks, cost.cpu_seconds * 1000) for checks, cost in found], say)
    _say_growth("memory", "KiB", [(checks, cost.peak_mib * 1024) for checks, cost in found], say)


def _say_growth(what: str, unit: str, used: Sequence[tuple[int, float]], say: Callable[[str], None]) -> None:
    steps = [(more - less) / (many - few) for (few, less), (many, more) in pairwise(used)]
    is_linear = steps[-1] <= max(_LINEAR * steps[0], 0.0)
    words = ", then ".join(f"{step:.1f} {unit}" for step in steps)
    say(f"{what} of a further check: {words} — {'' if is_linear else 'NOT '}linear")


def _measured(hosts: int) -> tuple[Cost, dict[str, int]]:
    with (
        tempfile.TemporaryDirectory(prefix="golive-fleet-") as name,
        serving([sys.executable, "-m", "benchmarks.delayed"], ROOT) as port,
    ):
        folder = Path(name)
        names = [f"host-{number:04}.test" for number in range(hosts)]
        places = "\n".join(f'"{host}:{port}" = ["127.0.0.1:{port}"]' for host in names)
        write_project(
            folder,
            port,
            _CHECKS.format(checks=CHECKS_OF_A_HOST, hosts=hosts, port=port),
            network=f"[network.addresses]\n{places}",
            hosts="\n".join(f'"{host}" = {{}}' for host in names),
        )
        cost = run([sys.executable, "-m", "pytest", "-q", "--env=loopback"], folder)
        record = next((folder / "reports").rglob("events.jsonl")).parent
        files = ("checklist.html", "checklist.md", "summary.json", "junit.xml", "events.jsonl")
        sizes = {file: (record / file).stat().st_size for file in files}
        shutil.rmtree(record)
    return cost, sizes
