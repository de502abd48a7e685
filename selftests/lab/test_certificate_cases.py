"""Certificate cases: each is caught at a lab host that has it; a healthy host has none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.expect.tls_certificates import (
    CERTIFICATE_CASES,
    lifetime_limit,
    name_matches,
)
from selftests.lab.certificates import LAB, judged
from selftests.lab.family import found
from selftests.lab.openssl import PROGRAM

BESIDE = {"T01": {"T22"}, "T02": set(), "T05": {"T06"}, "T24": set(), "T26": {"T25"}, "T17": set()}


@pytest.mark.parametrize("case", LAB.cases())
def test_a_case_is_caught_at_its_lab_host(case: str, tmp_path: Path) -> None:
    if case in ("T19", "T20") and PROGRAM is None:
        pytest.skip("openssl is not installed, and no other server here staples")
    report = judged(LAB.host(case), tmp_path, public=case == "T29")
    assert case in found(report), report.facts()
    assert found(report) <= {case} | BESIDE.get(case, set()), report.facts()


def test_a_healthy_host_has_no_case(tmp_path: Path) -> None:
    report = judged(LAB.healthy(), tmp_path)
    assert set(report.verdicts().values()) == {"ok"}, report.facts()


@pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")
def test_a_host_with_a_good_staple_and_a_list_without_it_has_no_case(tmp_path: Path) -> None:
    report = judged(LAB.listed(), tmp_path)
    assert set(report.verdicts().values()) == {"ok"}, report.facts()


def test_a_list_that_cannot_be_fetched_is_unknown_and_never_fine(tmp_path: Path) -> None:
    host = LAB.host("T18")
    assert judged(host, tmp_path, listed=False).verdicts()["T18"] == "unknown"


def test_every_case_of_the_document_has_a_lab_host() -> None:
    assert {case.id for case in CERTIFICATE_CASES} == set(LAB.cases())


@pytest.mark.parametrize(
    ("issued", "days"),
    [
        ("2020-08-31", None),
        ("2020-09-01", 398),
        ("2026-03-14", 398),
        ("2026-03-15", 200),
        ("2027-03-15", 100),
        ("2029-03-14", 100),
        ("2029-03-15", 47),
    ],
)
def test_lifetime_limits_hold_from_their_dates_on(issued: str, days: int | None) -> None:
    limit = lifetime_limit(datetime.fromisoformat(issued).replace(tzinfo=UTC))
    assert limit == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("a.test", "A.test.", True),
        ("*.a.test", "b.a.test", True),
        ("*.a.test", "c.b.a.test", False),
        ("*.a.test", "a.test", False),
        ("www.a.test", "a.test", False),
    ],
)
def test_a_wildcard_stands_for_one_label(pattern: str, host: str, matches: bool) -> None:
    assert name_matches(pattern, host) is matches
