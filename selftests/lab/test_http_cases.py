"""HTTP cases: each is caught at a lab host that has it; a healthy host has none."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from golive.environment.cases import HttpRequirements
from golive.expect.cases import CaseReport
from golive.expect.http_cases import HTTP_CASES, HttpPolicy, judge_http, strangers
from golive.probes.http import HttpProbe
from golive.probes.http_survey import HttpSurveyor
from rehearsal.lab.authority import HOST
from rehearsal.lab.certificate_hosts import Lab
from rehearsal.lab.http_hosts import HEALTHY, HOSTS, VARIANTS, HttpHost
from rehearsal.lab.serving import Handler, serving, silent
from selftests.unit.probe_loopback import access_to

LAB = Lab()
SECURE = LAB.healthy()
BESIDE = {
    "H01": {"H07"},
    "H04": {"H05"},
    "H09": {"H10", "H12"},
    "H12": set(),
    "H19": set(),
    "directive twice": {"H05"},
    "missing answers 200": {"H07"},
    "redirect to http": {"H12", "H13"},
    "base": {"H14", "H15"},
    "H16": set(),
}


def judged(host: HttpHost, folder: Path, *, secure: Handler | None = None) -> CaseReport:
    roots = folder / "roots.pem"
    roots.write_bytes(SECURE.trusted.certificate.public_bytes(Encoding.PEM))

    async def look() -> CaseReport:
        async with (
            serving(secure or host.secure(), SECURE.context(folder)) as tls_port,
            serving(host.plain()) as plain_port,
        ):
            places = {f"{HOST}:443": (f"127.0.0.1:{tls_port}",), f"{HOST}:80": (f"127.0.0.1:{plain_port}",)}
            access = access_to(places, roots=roots, hosts=(HOST,), deadline=1.0 if secure else 5.0)
            http = HttpProbe(access)
            try:
                paths = HttpRequirements().unexposed_paths
                (seen,) = await HttpSurveyor(http, access.book).survey_all(HOST, paths, strangers(HOST))
            finally:
                await http.aclose()
        return judge_http(seen, HttpPolicy(datetime.now(UTC), timedelta(days=365)))

    return asyncio.run(look())


def found(report: CaseReport) -> set[str]:
    return {finding.case for finding in report.findings}


@pytest.mark.parametrize("case", sorted(HOSTS))
def test_a_case_is_caught_at_its_lab_host(case: str, tmp_path: Path) -> None:
    report = judged(HOSTS[case], tmp_path)
    assert case in found(report), report.facts()
    assert found(report) <= {case} | BESIDE.get(case, set()), report.facts()


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_every_kind_of_a_case_is_caught(name: str, tmp_path: Path) -> None:
    case, host = VARIANTS[name]
    report = judged(host, tmp_path)
    assert case in found(report), report.facts()
    assert found(report) <= {case} | BESIDE.get(name, set()), report.facts()


def test_a_healthy_host_has_no_case(tmp_path: Path) -> None:
    report = judged(HEALTHY, tmp_path)
    assert set(report.verdicts().values()) == {"ok"}, report.facts()


def test_a_host_that_never_answers_is_unknown_and_never_fine(tmp_path: Path) -> None:
    verdicts = judged(HEALTHY, tmp_path, secure=silent).verdicts()
    assert {verdicts[case] for case in ("H01", "H07", "H14", "H18", "H19", "H21", "H22")} == {"unknown"}


def test_every_case_of_the_document_has_a_lab_host() -> None:
    assert {case.id for case in HTTP_CASES} == set(HOSTS)
