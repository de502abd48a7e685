"""docs/reference/network-cases.md names every case of today's tables, and each of them was detected."""

import pytest

from golive.profile.cases import Case
from selftests.lab.family import Family, families
from selftests.lab.record import DOCUMENT, document, read

CASES = [case for family in families() for case in family.cases]


def test_the_document_is_made_from_the_record() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(read(), families()), "run make docs"


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_every_case_was_detected(case: Case) -> None:
    detections = read().get(case.id, [])
    assert detections, f"{case.id} has no lab host in the record: run python -m selftests.lab.record"
    assert all(detection.detected and detection.message for detection in detections), detections


def test_the_record_has_no_case_that_is_gone() -> None:
    assert set(read()) - {""} == {case.id for case in CASES}


def test_no_healthy_host_raised_anything() -> None:
    healthy = read()[""]
    assert len(healthy) >= len(families())
    assert not [detection for detection in healthy if detection.detected]


@pytest.mark.parametrize("family", families(), ids=[family.title for family in families()])
def test_every_family_has_hosts_for_all_its_cases_and_a_healthy_one(family: Family) -> None:
    assert {host.case for host in family.faulty} == {case.id for case in family.cases}
    assert family.healthy
