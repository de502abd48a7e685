"""Warm lanes over the rehearsal, and which checks a fault is proven with."""

import threading
from functools import cache
from pathlib import Path

from golive.plugin.collection.manifest import read_manifest
from golive.testing import Checks, Fault, Lane, LaneError, Proving
from rehearsal.faults import catalogue
from rehearsal.faults.base import ApiFault, AssetEdgeFault, FrontendFault, PartnerFault
from selftests.drills.drill import EVERYTHING, ROOT

_KINDS = (ApiFault, FrontendFault, AssetEdgeFault, PartnerFault)
"""What they touch, in the order that neighbours are proven in."""


@cache
def checks() -> Checks:
    """Every check of the manifest."""
    functions = read_manifest(ROOT / "checklist.md").functions.values()
    return Checks.of(name for names in functions for name in names)


def faults_in_order() -> list[Fault]:
    """Every fault; those that touch the same parts are neighbours."""

    def place(fault: Fault) -> tuple[int, str, str]:
        kinds = (number for number, kind in enumerate(_KINDS) if isinstance(fault, kind))
        return next(kinds, len(_KINDS)), type(fault).__module__, fault.name

    return sorted(catalogue().values(), key=place)


def open_lane(reports: Path, environment: str = "rehearsal", expression: str = EVERYTHING) -> Lane:
    """A lane over a rehearsal of its own, recording below ``reports``."""
    return Lane(environment, root=ROOT, reports=reports, expression=expression)


class WarmLane:
    """One lane for many proofs; another one where it has ended."""

    def __init__(self, reports: Path) -> None:
        self._reports = reports
        self._opening = threading.Lock()
        self._stopped = False
        self._lane: Lane | None = None
        self._proving: Proving | None = None

    @property
    def lane(self) -> Lane:
        """The lane, which starts when it is first wanted.

        Raises:
            LaneError: it was stopped.
        """
        with self._opening:
            if self._stopped:
                raise LaneError("the lane was stopped")
            if self._lane is None or self._lane.has_ended:
                self.close()
                self._lane = open_lane(self._reports)
                self._proving = None
            return self._lane

    @property
    def proving(self) -> Proving:
        """Proves on it, and remembers between proofs whether it was left in order."""
        lane = self.lane
        if self._proving is None:
            self._proving = Proving(lane, checks())
        return self._proving

    def nearby(self, *faults: Fault) -> tuple[str, ...]:
        """Checks beside the dedicated ones: of their modules, without those that open a browser."""
        dedicated = [check for fault in faults for check in checks().dedicated(fault)]
        fixtures = self.lane.ready.fixtures
        return tuple(
            check
            for check in checks().beside(dedicated)
            if "browser" not in fixtures.get(check, ("browser",))
        )

    def stop(self) -> None:
        """Have what runs on it end at once, from whichever thread, and nothing start any more."""
        with self._opening:
            self._stopped = True
            lane = self._lane
            if lane is not None:
                lane.terminate()

    def close(self) -> None:
        """End it, and its rehearsal."""
        if self._lane is not None:
            self._lane.close()
            self._lane = None
