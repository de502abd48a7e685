"""HTTP cases: each is detected at a lab host that has it; a healthy host has none."""

from pathlib import Path

import pytest

from golive.http.rules import HTTP_CASES
from rehearsal.lab.http_hosts import HEALTHY, HOSTS, VARIANTS
from rehearsal.lab.serving import silent
from selftests.lab.family import expect_case
from selftests.lab.http_answers import judged

BESIDE = {
    "H01": {"H07"},
    "H04": {"H05", "H07"},
    "H09": {"H10", "H12"},
    "H12": set(),
    "H19": set(),
    "directive twice": {"H05", "H07"},
    "missing answers 200": {"H07"},
    "redirect to http": {"H12", "H13"},
    "base": {"H14", "H15"},
    "H16": set(),
}


@pytest.mark.parametrize("case", sorted(HOSTS))
def test_a_case_is_detected_at_its_lab_host(case: str, tmp_path: Path) -> None:
    report = judged(HOSTS[case], tmp_path)
    expect_case(report, case, BESIDE.get(case, set()))


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_every_kind_of_a_case_is_detected(name: str, tmp_path: Path) -> None:
    case, host = VARIANTS[name]
    report = judged(host, tmp_path)
    expect_case(report, case, BESIDE.get(name, set()))


def test_a_healthy_host_has_no_case(tmp_path: Path) -> None:
    report = judged(HEALTHY, tmp_path)
    assert set(report.verdicts().values()) == {"ok"}, report.facts()


def test_a_host_that_never_answers_is_unknown_and_never_fine(tmp_path: Path) -> None:
    verdicts = judged(HEALTHY, tmp_path, secure=silent).verdicts()
    assert {verdicts[case] for case in ("H01", "H07", "H14", "H18", "H19", "H21", "H22")} == {"unknown"}


def test_every_case_of_the_document_has_a_lab_host() -> None:
    assert {case.id for case in HTTP_CASES} == set(HOSTS)
