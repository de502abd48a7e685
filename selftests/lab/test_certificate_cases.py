"""Certificate cases: each is caught at a lab host that has it; a healthy host has none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from golive.environment.profile import Network, Trust
from golive.expect.cases import CaseReport
from golive.expect.tls_certificates import (
    CERTIFICATE_CASES,
    CertificatePolicy,
    judge_certificates,
    lifetime_limit,
    name_matches,
)
from golive.probes.addresses import AddressBook
from golive.probes.errors import ConnectFailed
from golive.probes.tls import TlsProbe
from golive.probes.tls_context import TlsContexts
from golive.probes.tls_host_certificate import HostCertificateProbe
from rehearsal.lab.authority import HOST
from rehearsal.lab.certificate_hosts import CertificateHost, Lab
from rehearsal.lab.serving import serving
from selftests.lab.openssl import PROGRAM, s_server

LAB = Lab()
BESIDE = {"T01": {"T22"}, "T02": set(), "T05": {"T06"}, "T24": set(), "T26": {"T25"}, "T17": set()}


async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads a request and closes."""
    await reader.read(1000)


@asynccontextmanager
async def served(host: CertificateHost, folder: Path) -> AsyncIterator[tuple[str, ...]]:
    async with AsyncExitStack() as stack:
        if host.staple is not None:
            file = folder / "staple.der"
            file.write_bytes(host.staple)
            pem = host.write(folder)
            port = await stack.enter_async_context(s_server(pem, "-status_file", str(file)))
            yield (f"127.0.0.1:{port}",)
            return
        leaves = [None] if host.second_address is None else [None, host.second_address]
        ports = [
            await stack.enter_async_context(serving(session, host.context(folder, leaf))) for leaf in leaves
        ]
        yield tuple(f"127.0.0.1:{port}" for port in ports)


def judged(host: CertificateHost, folder: Path, *, public: bool = False, listed: bool = True) -> CaseReport:
    roots = folder / "roots.pem"
    roots.write_bytes(host.trusted.certificate.public_bytes(Encoding.PEM))

    async def fetch(_: str) -> bytes:
        if not listed or host.revocations is None:
            raise ConnectFailed("connection refused", target="crl.audotics.test:80", phase="connect")
        return host.revocations

    async def look() -> CaseReport:
        async with served(host, folder) as addresses:
            network = Network(addresses={f"{HOST}:443": addresses}, connect_deadline=timedelta(seconds=1))
            book = AddressBook(network)
            tls = TlsProbe(book, TlsContexts(Trust(roots=roots)), deadline=5)
            probe = HostCertificateProbe(book, tls, fetch, lambda: datetime.now(UTC))
            seen = await probe.observe_all(HOST)
        policy = CertificatePolicy(datetime.now(UTC), (host.trusted.certificate,), public=public)
        return judge_certificates(seen, policy)

    return asyncio.run(look())


def found(report: CaseReport) -> set[str]:
    return {finding.case for finding in report.findings}


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
