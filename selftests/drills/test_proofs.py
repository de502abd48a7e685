"""Every check is proven able to go red, by a fault that is there for it, every time the tests run."""

import pytest

from golive.core.checklist_markdown import parse_checklist
from golive.plugin.collection.manifest import read_manifest
from golive.testing import Fault
from rehearsal.faults import catalogue
from selftests.drills.documents import DOCUMENTS
from selftests.drills.drill import ROOT
from selftests.drills.lanes import checks, faults_in_order
from selftests.drills.proven import PROVEN


@pytest.mark.parametrize("fault", faults_in_order(), ids=lambda fault: fault.name)
def test_fault_is_proven(fault, warm_lane, record_property):
    """Its dedicated checks fail and name its case, no line that it does not break fails, its end restores."""
    proof = warm_lane.proving.prove(fault, beside=warm_lane.nearby(fault))
    record_property(PROVEN, [fault.name, *sorted(proof.checks)])


def test_every_check_has_a_fault_that_is_there_for_it():
    """Names are those of checks, and one that each check is proven by is met by every request."""
    proven = checks().proven_by(catalogue().values())
    by_chance = [check for check, faults in proven.items() if all(fault.intermittent for fault in faults)]
    assert not by_chance, "only some requests meet the faults that prove them"


def test_every_answered_line_is_broken_by_a_fault():
    """No line is answered by checks that no fault turns red, and faults break lines that there are."""
    broken = {line for fault in catalogue().values() for line in fault.expected_failures}
    assert set(read_manifest(ROOT / "checklist.md").checks) <= broken
    checklist = parse_checklist((ROOT / "checklist.md").read_text(encoding="utf-8"), source="checklist.md")
    assert broken <= set(checklist.items)


def test_dedicated_checks_answer_a_line_that_their_fault_breaks():
    """Or the fault would prove a check without any line going red."""
    lines = {}
    for line, functions in read_manifest(ROOT / "checklist.md").functions.items():
        for function in functions:
            lines.setdefault(function, set()).add(line)
    astray = {
        fault.name: [
            check
            for check in checks().dedicated(fault)
            if not lines[check].intersection(fault.expected_failures)
        ]
        for fault in catalogue().values()
    }
    assert not {name: found for name, found in astray.items() if found}


def test_faults_have_the_form_that_the_runner_wants():
    """The rehearsal imports nothing of golive: its faults are faults by what they have."""
    assert not [name for name, fault in catalogue().items() if not isinstance(fault, Fault)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_document_is_of_todays_faults(document):
    """docs/reference: faults.md and checks.md say what stands beside the faults: else make docs."""
    assert document.read_text(encoding="utf-8") == DOCUMENTS[document]()
