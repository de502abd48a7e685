"""Every fault turns exactly the lines that it breaks red."""

import pytest

from rehearsal.faults import catalogue
from selftests.drills.drill import drill

FAULTS = catalogue()


@pytest.mark.parametrize("name", FAULTS)
def test_fault_turns_exactly_its_lines_red(name, tmp_path):
    """The lines in the fault's ``breaks`` fail, every other line does not, and the run is no GO."""
    result = drill(tmp_path, name)
    assert result.red() == set(FAULTS[name].breaks), result.story()
    assert result.exit_code == 1, result.output


def test_every_answered_line_has_a_fault():
    """No line is answered by checks that were never seen to go red."""
    from golive.plugin.manifest import read_manifest
    from selftests.drills.drill import ROOT

    broken = {item for fault in FAULTS.values() for item in fault.breaks}
    assert set(read_manifest(ROOT / "checklist.md")) <= broken
