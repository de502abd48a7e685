"""`make drills`: every fault over every check fails exactly its lines; random pairs never hide each other.

    python -m selftests.drills.nightly                    every fault, and five pairs of the day
    python -m selftests.drills.nightly tls. cdn.cookie    faults whose names begin so
    python -m selftests.drills.nightly --pairs 20         more pairs; --pairs 0 none
    python -m selftests.drills.nightly --anew             also what a kept result says was well

It takes hours, and goes on where it was stopped, by Ctrl-C or SIGTERM: each result is kept in reports/drills,
with a digest of everything that it depends on.
"""

import argparse
import itertools
import queue
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Self

from golive.testing import ProvingError
from rehearsal.faults import catalogue
from selftests.drills.drill import ROOT
from selftests.drills.kept import Drilled, Kept, digest
from selftests.drills.lanes import WarmLane, faults_in_order
from selftests.drills.whole import drill_alone, drill_pair

SIDE_BY_SIDE = 2
PAIRS = 5
ENDING = (signal.SIGINT, signal.SIGTERM)
KEPT = ROOT / "reports" / "drills"

Say = Callable[[str], None]


def pairs_of(seed: str, count: int) -> list[tuple[str, str]]:
    """Return ``count`` pairs of faults of different areas, decided by ``seed`` alone."""
    names = sorted(catalogue())
    pairs = [
        pair
        for pair in itertools.combinations(names, 2)
        if pair[0].partition(".")[0] != pair[1].partition(".")[0]
    ]
    return random.Random(seed).sample(pairs, count)  # noqa: S311 - the same pairs for the same seed


def wanted(prefixes: Sequence[str], pairs: int, seed: str) -> list[tuple[str, ...]]:
    """Return what is to be drilled: faults, neighbours in what they touch, and then pairs."""
    chosen = [
        (fault.name,)
        for fault in faults_in_order()
        if not prefixes or any(fault.name.startswith(prefix) for prefix in prefixes)
    ]
    return chosen + pairs_of(seed, pairs if not prefixes else 0)


class Stop:
    """Ends the lanes when the process is told to end; nothing that was drilled until then is lost."""

    def __init__(self) -> None:
        self.number = 0
        """The signal; 0 until there is one."""
        self._lanes: list[WarmLane] = []

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._end) for number in ENDING}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def ends(self, lane: WarmLane) -> None:
        """Have ``lane`` end by the signal."""
        self._lanes.append(lane)
        if self.number:
            lane.stop()

    def _end(self, number: int, _: FrameType | None) -> None:
        self.number = number
        for lane in self._lanes:
            lane.stop()


def run(work: Iterable[tuple[str, ...]], kept: Kept, say: Say, stop: Stop) -> tuple[int, int]:
    """Drill ``work``, two at a time; return how many were drilled, and how many of these were wrong."""
    todo: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()
    total = 0
    for names in work:
        todo.put(names)
        total += 1
    results: list[Drilled] = []
    counting = threading.Lock()

    def serve(reports: Path) -> None:
        lane = WarmLane(reports)
        stop.ends(lane)
        try:
            while not stop.number:
                names = todo.get_nowait()
                drilled = _drill(lane, names)
                if stop.number:
                    return  # what was broken off says nothing
                kept.keep(drilled)
                with counting:
                    results.append(drilled)
                    say(f"{len(results):>4}/{total}  {drilled}")
        except queue.Empty:
            return
        finally:
            lane.close()

    with tempfile.TemporaryDirectory(prefix="golive-drills-") as folder:
        threads = [
            threading.Thread(target=serve, args=(Path(folder) / str(number),))
            for number in range(SIDE_BY_SIDE)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return len(results), sum(not drilled.is_well for drilled in results)


def _drill(lane: WarmLane, names: tuple[str, ...]) -> Drilled:
    began = time.monotonic()
    faults = [catalogue()[name] for name in names]
    try:
        problems, masked = (drill_alone if len(faults) == 1 else drill_pair)(lane, faults)
    except ProvingError as error:
        problems, masked = [f"{type(error).__name__}: {error}"], []
    return Drilled(names, tuple(problems), tuple(masked), round(time.monotonic() - began, 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when everything is well, by this start and earlier ones; 128 + the signal that stopped it."""
    parser = argparse.ArgumentParser(prog="python -m selftests.drills.nightly", description=__doc__)
    parser.add_argument("prefix", nargs="*", help="what the faults' names begin with; none for every fault")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="random pairs (default: %(default)s)")
    parser.add_argument(
        "--seed", default=f"{datetime.now(UTC):%Y-%m-%d}", help="of the pairs; the day's by default"
    )
    parser.add_argument("--anew", action="store_true", help="drill what was well, too")
    options = parser.parse_args(arguments)
    work = wanted(options.prefix, options.pairs, options.seed)
    if not work:
        parser.error(f"no fault's name begins with {' or '.join(options.prefix)}")
    kept = Kept(KEPT, digest(ROOT))
    left = work if options.anew else [names for names in work if not kept.is_well(names)]

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    say(
        f"{len(work)} drills, {len(work) - len(left)} of them known to be well;"
        f" pairs are of --seed {options.seed}"
    )
    with Stop() as stop:
        drilled, wrong = run(left, kept, say, stop)
    if stop.number:
        name = signal.Signals(stop.number).name
        done = f"{drilled} of {len(left)} drills are done and kept"
        say(f"stopped by {name}: {done}, and the same command goes on there")
        return 128 + stop.number
    say(f"{len(work) - wrong} of {len(work)} well" + (f", {wrong} WRONG" if wrong else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
