"""Every fault turns exactly the lines that it breaks red, and every check is known to catch one."""

import pytest

from golive.plugin.manifest import read_manifest
from rehearsal.faults import catalogue
from selftests.drills.checks_document import DOCUMENT, checks_document
from selftests.drills.drill import ROOT, drill
from selftests.drills.record import TABLE, read_caught, read_proofs, table
from selftests.drills.together import read_groups

FAULTS = catalogue()


@pytest.mark.parametrize("group", read_groups(), ids=lambda group: f"{group[0]} and {len(group) - 1} more")
def test_faults_are_each_caught_in_the_company_of_others(group, tmp_path):
    """The lines of all of them go red and no other; each is caught by its checks, which name its case."""
    result = drill(tmp_path, *group)
    assert result.red() == {line for name in group for line in FAULTS[name].breaks}, result.story()
    assert result.exit_code == 1, result.output
    _assert_caught(group, result)


@pytest.mark.every_fault
@pytest.mark.parametrize("name", FAULTS)
def test_fault_turns_exactly_its_lines_red(name, tmp_path):
    """The lines in the fault's ``breaks`` fail, no other does, its case is named, and the run is no GO."""
    result = drill(tmp_path, name)
    assert result.red() == set(FAULTS[name].breaks), result.story()
    assert result.exit_code == 1, result.output
    _assert_caught((name,), result)


def _assert_caught(group, result):
    caught = read_caught()
    uncaught = [name for name in group if not result.caught_by.intersection(caught[name])]
    assert not uncaught, "no check that caught it alone catches it"
    proven = read_proofs()
    unproven = {name: sorted(proven[name] - result.caught_by) for name in group}
    assert not {name: checks for name, checks in unproven.items() if checks}, "a check no longer catches it"
    unnamed = {
        name: {check: result.said[check] for check in caught[name] if check in result.said}
        for name in group
        if not _names_its_case(name, caught[name], result)
    }
    assert not unnamed, "no check that caught it alone names its case"


def _names_its_case(name, checks, result):
    return any(FAULTS[name].case in words for check in checks for words in result.said.get(check, ()))


def test_every_check_has_caught_a_fault():
    """No check is trusted that was never seen to go red."""
    checks = {check for names in read_manifest(ROOT / "checklist.md").functions.values() for check in names}
    caught = {check for names in read_caught().values() for check in names}
    assert checks <= caught, "drill the fault that turns them red: make docs"


def test_every_answered_line_has_a_fault():
    """No line is answered by checks that no fault turns red."""
    broken = {item for fault in FAULTS.values() for item in fault.breaks}
    assert set(read_manifest(ROOT / "checklist.md").checks) <= broken


def test_record_names_every_fault():
    """The record, its documents and its groups are of today's faults."""
    assert set(read_caught()) == set(FAULTS)
    assert sorted(name for group in read_groups() for name in group) == sorted(FAULTS)
    assert TABLE.read_text(encoding="utf-8") == table(read_caught())
    assert DOCUMENT.read_text(encoding="utf-8") == checks_document(read_caught())
