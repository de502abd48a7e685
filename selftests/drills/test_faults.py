"""Every fault turns exactly the lines that it breaks red, and every check is known to catch one."""

import pytest

from golive.plugin.manifest import read_manifest
from rehearsal.faults import catalogue
from selftests.drills.checks_document import DOCUMENT, checks_document
from selftests.drills.drill import ROOT, drill
from selftests.drills.record import TABLE, read_caught, table

FAULTS = catalogue()


@pytest.mark.parametrize("name", FAULTS)
def test_fault_turns_exactly_its_lines_red(name, tmp_path):
    """The lines in the fault's ``breaks`` fail, every other line does not, and the run is no GO."""
    result = drill(tmp_path, name)
    assert result.red() == set(FAULTS[name].breaks), result.story()
    assert result.exit_code == 1, result.output
    assert set(read_caught().get(name, ())) <= result.caught_by, "a check no longer catches what it caught"


def test_every_check_has_caught_a_fault():
    """No check is trusted that was never seen to go red."""
    checks = {check for names in read_manifest(ROOT / "checklist.md").values() for check in names}
    caught = {check for names in read_caught().values() for check in names}
    assert not checks - caught, "write the fault that turns them red, then: make docs"


def test_every_answered_line_has_a_fault():
    """No line is answered by checks that no fault turns red."""
    broken = {item for fault in FAULTS.values() for item in fault.breaks}
    assert set(read_manifest(ROOT / "checklist.md")) <= broken


def test_record_names_every_fault():
    """The record and its table are of today's faults."""
    assert set(read_caught()) == set(FAULTS)
    assert TABLE.read_text(encoding="utf-8") == table(read_caught())
    assert DOCUMENT.read_text(encoding="utf-8") == checks_document(read_caught())
