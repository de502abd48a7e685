"""Every fault turns exactly the lines that it breaks red, and every check is known to catch one."""

import json
from pathlib import Path

import pytest

from golive.plugin.manifest import read_manifest
from rehearsal.faults import catalogue
from selftests.drills.checks_document import DOCUMENT, checks_document
from selftests.drills.drill import ROOT, drill
from selftests.drills.record import TABLE, read_caught, table

FAULTS = catalogue()
AWAITING = json.loads(Path(__file__).with_name("awaiting.json").read_text(encoding="utf-8"))
"""Faults that were not yet drilled over the whole suite, and checks that only those can show to go red."""


def first_of_each_area() -> list[str]:
    """One fault of each area: what ``make test`` drills; ``make drills`` drills them all."""
    areas: dict[str, str] = {}
    for name in FAULTS:
        if name not in AWAITING["faults"]:
            areas.setdefault(name.partition(".")[0], name)
    return sorted(areas.values())


CORE = first_of_each_area()
DRILLED = [name if name in CORE else pytest.param(name, marks=pytest.mark.every_fault) for name in FAULTS]


@pytest.mark.parametrize("name", DRILLED)
def test_fault_turns_exactly_its_lines_red(name, tmp_path):
    """The lines in the fault's ``breaks`` fail, every other line does not, and the run is no GO."""
    result = drill(tmp_path, name)
    assert result.red() == set(FAULTS[name].breaks), result.story()
    assert result.exit_code == 1, result.output
    assert set(read_caught().get(name, ())) <= result.caught_by, "a check no longer catches what it caught"


def test_every_check_has_caught_a_fault():
    """No check is trusted that was never seen to go red; those that still await it are named, all of them."""
    checks = {check for names in read_manifest(ROOT / "checklist.md").functions.values() for check in names}
    caught = {check for names in read_caught().values() for check in names}
    assert sorted(checks - caught) == AWAITING["checks"], "drill the fault that turns them red: make docs"


def test_every_answered_line_has_a_fault():
    """No line is answered by checks that no fault turns red."""
    broken = {item for fault in FAULTS.values() for item in fault.breaks}
    assert set(read_manifest(ROOT / "checklist.md").checks) <= broken


def test_record_names_every_fault():
    """The record and its documents are of today's faults; those that still await their drill are named."""
    assert sorted(set(FAULTS) - set(read_caught())) == AWAITING["faults"]
    assert TABLE.read_text(encoding="utf-8") == table(read_caught())
    assert DOCUMENT.read_text(encoding="utf-8") == checks_document(read_caught())
