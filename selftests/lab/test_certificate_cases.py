"""Certificate cases: each is detected at a lab host that has it; a healthy host has none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from golive.tls.profile import TlsRequirements
from golive.tls.rules_certificates import (
    CERTIFICATE_CASES,
    CertificatePolicy,
    judge_certificates,
    lifetime_limit,
    name_matches,
)
from selftests.lab.certificates import LAB, judged, seen_at
from selftests.lab.family import expect_case, found
from selftests.lab.openssl import PROGRAM

BESIDE = {"T01": {"T22"}, "T02": set(), "T05": {"T06"}, "T24": set(), "T26": {"T25"}, "T17": set()}


@pytest.mark.parametrize("case", LAB.cases())
def test_a_case_is_detected_at_its_lab_host(case: str, tmp_path: Path) -> None:
    if case in ("T19", "T20") and PROGRAM is None:
        pytest.skip("openssl is not installed, and no other server here staples")
    report = judged(LAB.host(case), tmp_path, public=case == "T29")
    expect_case(report, case, BESIDE.get(case, set()))


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


@pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")
def test_a_staple_is_believed_only_when_the_issuer_or_its_delegate_signed_it(tmp_path: Path) -> None:
    forged = judged(LAB.forged_staple(), tmp_path)
    assert forged.verdicts()["T20"] == "failed"
    assert "signature" in str(forged.facts()["findings"])
    delegated = judged(LAB.delegated_staple(), tmp_path)
    assert set(delegated.verdicts().values()) == {"ok"}, delegated.facts()


@pytest.mark.parametrize(
    ("issued", "days"),
    [
        ("2020-08-31T23:59:59", None),
        ("2020-09-01T00:00:00", 398),
        ("2026-03-14T23:59:59", 398),
        ("2026-03-15T00:00:00", 200),
        ("2027-03-14T23:59:59", 200),
        ("2027-03-15T00:00:00", 100),
        ("2029-03-14T23:59:59", 100),
        ("2029-03-15T00:00:00", 47),
    ],
)
def test_lifetime_limits_hold_from_the_second_of_their_dates_on(issued: str, days: int | None) -> None:
    limit = lifetime_limit(datetime.fromisoformat(issued).replace(tzinfo=UTC))
    assert limit == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize(
    ("issued", "days", "case"),
    [
        ("2026-03-14T23:59:59", 398, "T13"),
        ("2026-03-15T00:00:00", 200, "T14"),
        ("2027-03-15T00:00:00", 100, "T14"),
        ("2029-03-15T00:00:00", 47, "T14"),
    ],
)
def test_a_lifetime_is_judged_at_both_sides_of_the_second(
    issued: str, days: int, case: str, tmp_path: Path
) -> None:
    begins = datetime.fromisoformat(issued).replace(tzinfo=UTC)
    for second, expected in ((0, set()), (1, {case})):
        host = LAB.healthy(begins=begins, lifetime=timedelta(days=days, seconds=second))
        seen = seen_at(host, tmp_path)
        assert seen[0].leaf.not_valid_before_utc == begins
        report = judge_certificates(
            seen, CertificatePolicy(begins, (host.trusted.certificate,), public=False)
        )
        assert found(report) & {"T13", "T14"} == expected, report.facts()


@pytest.mark.parametrize(
    ("days", "wanted", "left"),
    [
        (90, {}, timedelta(days=30)),
        (398, {}, timedelta(days=30)),
        (200, {}, timedelta(days=30)),
        (45, {}, timedelta(days=15)),
        (6, {}, timedelta(days=2)),
        (90, {"renewal_share": 0.25}, timedelta(days=22.5)),
        (90, {"renewal_share": 0.75}, timedelta(days=30)),
        (90, {"renewal_window": "40 d"}, timedelta(days=40)),
        (398, {"renewal_window": "132 d"}, timedelta(days=132)),
        (6, {"renewal_window": "21 d"}, timedelta(days=3)),
        (47, {"renewal_window": "21 d", "renewal_share": 0.9}, timedelta(days=21)),
    ],
)
def test_a_renewal_window_is_judged_at_both_sides_of_the_second(
    days: int, wanted: dict[str, object], left: timedelta, tmp_path: Path
) -> None:
    requirements = TlsRequirements.model_validate(wanted)
    host = LAB.healthy(lifetime=timedelta(days=days))
    seen = seen_at(host, tmp_path)
    for late, expected in ((timedelta(0), set()), (timedelta(seconds=1), {"T25"})):
        now = seen[0].leaf.not_valid_after_utc - left + late
        policy = CertificatePolicy(now, (host.trusted.certificate,), requirements, public=False)
        assert found(judge_certificates(seen, policy)) & {"T25"} == expected


DAY = timedelta(days=1)


def of_two_addresses(
    folder: Path, older: dict[str, object], newer: dict[str, object], wanted: dict[str, object] | None = None
) -> set[str]:
    """The cases of a host whose second address serves an older certificate."""
    leaf = LAB.healthy(**newer)
    host = replace(leaf, second_address=LAB.healthy(**older).leaf)
    policy = CertificatePolicy(
        datetime.now(UTC),
        (host.trusted.certificate,),
        TlsRequirements.model_validate(wanted or {}),
        public=False,
    )
    return found(judge_certificates(seen_at(host, folder), policy))


ONE_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"starts": -50 * DAY}, {"starts": -1 * DAY}),
        ({"starts": -59 * DAY}, {}),
        ({"starts": -160 * DAY, "lifetime": 200 * DAY}, {"lifetime": 90 * DAY}),
        ({"starts": -1 * DAY, "key": ONE_KEY}, {"starts": -0.5 * DAY, "key": ONE_KEY}),
    ],
    ids=["own keys, 50 days and 1 day old", "an hour before it is due", "other lifetimes", "one renewal"],
)
def test_addresses_may_have_certificates_of_their_own(
    older: dict[str, object], newer: dict[str, object], tmp_path: Path
) -> None:
    assert of_two_addresses(tmp_path, older, newer) == set()


@pytest.mark.parametrize(
    ("older", "newer", "wanted"),
    [
        ({"starts": -61 * DAY}, {}, {}),
        ({"starts": -40 * DAY, "key": ONE_KEY}, {"key": ONE_KEY}, {}),
        ({"starts": -20 * DAY}, {"starts": -2 * DAY}, {"renewed_at": datetime.now(UTC) - 3 * DAY}),
        ({"starts": -20 * DAY}, {"starts": -20 * DAY}, {"renewed_at": datetime.now(UTC) - 3 * DAY}),
    ],
    ids=["its renewal is due", "replaced for the same key", "before the renewal", "the renewal is nowhere"],
)
def test_a_certificate_that_was_to_be_replaced_is_found(
    older: dict[str, object], newer: dict[str, object], wanted: dict[str, object], tmp_path: Path
) -> None:
    assert "T26" in of_two_addresses(tmp_path, older, newer, wanted)


def test_a_renewal_is_everywhere(tmp_path: Path) -> None:
    wanted = {"renewed_at": datetime.now(UTC) - 3 * DAY}
    backdated = {"starts": -3 * DAY - timedelta(minutes=30)}
    assert of_two_addresses(tmp_path, {"starts": -2 * DAY}, {"starts": -1 * DAY}, wanted) == set()
    assert of_two_addresses(tmp_path, backdated, backdated, wanted) == set()


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
