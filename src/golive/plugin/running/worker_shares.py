"""Under xdist each worker gets its share of the checks at once, so that it can run them side by side.

A plugin of its own: only runs with several workers load it, and xdist's scheduler with it.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import pytest
from xdist.scheduler import LoadScheduling
from xdist.workermanage import WorkerController

from golive.plugin.running.own_share import is_replacement


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScheduling | None:
    """Take the place of xdist's own where nobody asked for another way to distribute."""
    return _Shares(config, log) if config.getoption("dist") == "load" else None


def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport, sched: LoadScheduling) -> None:
    """Run the check again where nobody knows whether it was the one that crashed its worker.

    Whoever takes the place of a worker runs one check after another: there it is known.
    """
    node: WorkerController = report.node  # xdist says whose it is
    if isinstance(sched, _Shares) and not is_replacement(node.workerinput):
        report.outcome = "rerun"  # type: ignore[assignment]  # as others say it of what is tried again
        sched.mark_test_pending(crashitem)


class _Shares(LoadScheduling):  # type: ignore[misc]  # xdist has no types
    """Neighbours stay together, for they share fixtures; what a worker leaves behind goes to the others."""

    collection: list[str] | None

    def schedule(self) -> None:
        """Send each worker its share, and that there is no more to come."""
        first, *others = self.node2collection.values()
        if self.collection is not None or any(other != first for other in others):
            super().schedule()
            return
        self.collection, self.maxschedchunk = first, len(first)
        left = iter(range(len(first)))
        for node, count in zip(self.nodes, shares(first, len(self.nodes)), strict=True):
            share = list(islice(left, count))
            self.node2pending[node].extend(share)
            if share:
                node.send_runtest_some(share)
            node.shutdown()


def shares(collection: Sequence[str], workers: int) -> list[int]:
    """Return how many checks, in order, each of ``workers`` gets: cut between files where that is fair."""
    files = [name.partition("::")[0] for name in collection]
    between = [n for n in range(1, len(files)) if files[n] != files[n - 1]]
    cuts = [0]
    for number in range(1, workers):
        wanted = round(len(files) * number / workers)
        near = min(between, key=lambda n: abs(n - wanted), default=wanted)
        tolerated = max(1, len(files) // (4 * workers))
        cut = near if abs(near - wanted) <= tolerated else wanted
        cuts.append(max(cut, cuts[-1]))
    return [after - before for before, after in zip(cuts, [*cuts[1:], len(files)], strict=True)]
