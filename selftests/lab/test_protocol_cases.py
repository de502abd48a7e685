"""Protocol cases: each is detected at a lab host that has it, and refusals are refusals of what was asked."""

import asyncio
from pathlib import Path

import pytest

from golive.core.outcome import Blind
from golive.profile.cases import CaseOverride
from golive.rules.cases import expect_no_blocking_case
from golive.tls.hello import VERSION_NAMES
from golive.tls.rules_protocols import PROTOCOL_CASES, judge_protocols
from golive.tls.suites import BROKEN, CIPHER_PROFILES, MOZILLA_INTERMEDIATE, group_name
from rehearsal.lab.protocol_hosts import HEALTHY, HOSTS
from selftests.lab.family import expect_case, found
from selftests.lab.openssl import PROGRAM
from selftests.lab.protocols import REAL, survey, survey_at, survey_openssl

BESIDE = {
    "P03": {"P23"},
    "P05": {"P03", "P23"},
    "P06": {"P11"},
    "P08": {"P11"},
    "P09": {"P11"},
    "P10": {"P03", "P11", "P23"},
    "P14": {"P11"},
}
"""What a host with one case has as well, by its nature."""
HAND_MADE_ONLY = {"P15", "P18", "P19", "P20"}
"""What a hand-made hello cannot show, because no session comes about."""


@pytest.mark.parametrize("case", sorted(HOSTS))
def test_a_case_is_detected_at_its_lab_host(case: str) -> None:
    report = judge_protocols([survey(HOSTS[case])])
    expect_case(report, case, BESIDE.get(case, set()))


def test_a_healthy_hello_server_has_no_case() -> None:
    report = judge_protocols([survey(HEALTHY)])
    assert not found(report), report.facts()
    assert {entry.case for entry in report.unknown} <= HAND_MADE_ONLY


@pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")
@pytest.mark.parametrize("case", sorted(REAL))
def test_a_case_is_detected_at_a_real_server(case: str, tmp_path: Path) -> None:
    report = judge_protocols([survey_openssl(tmp_path, *REAL[case])])
    assert case in found(report), report.facts()


@pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")
def test_openssl_as_it_comes_raises_nothing_that_blocks(tmp_path: Path) -> None:
    report = judge_protocols([survey_openssl(tmp_path, "-alpn", "h2,http/1.1")])
    assert "failed" not in report.verdicts().values(), report.facts()
    assert found(report) <= {"P11", "P23"}
    expect_no_blocking_case(report)


@pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")
def test_a_demanded_profile_names_what_is_outside_of_it(tmp_path: Path) -> None:
    seen = survey_openssl(tmp_path, allowed=MOZILLA_INTERMEDIATE)
    findings = {finding.case: finding for finding in judge_protocols([seen]).findings}
    assert "Mozilla intermediate 5.7" in findings["P09"].expected
    assert findings["P13"].observed in ("P-521", "X448", "ffdhe2048")


def test_mozillas_profile_is_the_published_one() -> None:
    """https://ssl-config.mozilla.org/guidelines/5.7.json, "intermediate", in IANA's numbers."""
    allowed = CIPHER_PROFILES["mozilla-intermediate-5.7"]
    assert {VERSION_NAMES[version] for version in allowed.versions} == {"TLSv1.2", "TLSv1.3"}
    assert len(allowed.ciphers - {0x1301, 0x1302, 0x1303}) == 9
    assert {group_name(group) for group in allowed.groups} - {"X25519MLKEM768"} == {
        "X25519",
        "P-256",
        "P-384",
    }
    assert allowed.smallest_dh == 2048
    assert not set(BROKEN) & allowed.ciphers


def test_a_closed_port_is_named_and_the_rest_unknown() -> None:
    report = judge_protocols([asyncio.run(survey_at(1))])
    verdicts = report.verdicts()
    assert verdicts.pop("P22") == "failed"
    assert verdicts.pop("P21") == "ok"
    assert set(verdicts.values()) == {"unknown"}
    with pytest.raises(AssertionError, match=r"^P22 TLS port closed: expected"):
        expect_no_blocking_case(report)


def test_every_case_of_the_document_has_a_lab_host() -> None:
    detected = set(HOSTS) | set(REAL) | {"P22"}
    assert {case.id for case in PROTOCOL_CASES} == detected


def test_the_profile_re_ranks_a_case_with_a_reason() -> None:
    override = CaseOverride(severity="advisory", reason="an old partner until March")
    seen = survey(HOSTS["P01"])
    report = judge_protocols([seen], {"P01": override})
    assert report.verdicts()["P01"] == "advisory"
    assert "an old partner until March" in str(report.facts())
    assert judge_protocols([seen]).verdicts()["P01"] == "failed"


def test_nothing_judged_is_not_met() -> None:
    with pytest.raises(AssertionError, match="no case was judged"):
        expect_no_blocking_case(judge_protocols([]))


def test_a_server_that_refuses_everything_has_not_refused_old_versions() -> None:
    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x15\x03\x03\x00\x02\x02\x28")

    report = judge_protocols(
        [survey(refusing)], {"P03": CaseOverride(severity="advisory", reason="not of interest")}
    )
    assert report.verdicts()["P01"] == "unknown"
    with pytest.raises(Blind, match="could not be asked"):
        expect_no_blocking_case(report)
