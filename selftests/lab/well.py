"""Everything about a real server that is well: certificates, protocols and HTTP, judged together."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from golive.http.probe import HttpSurveyor
from golive.http.profile import HttpRequirements
from golive.http.rules import HttpPolicy, judge_http, strangers
from golive.net.access import Access
from golive.net.errors import ConnectFailed, ProbeError
from golive.net.http import HttpProbe
from golive.rules.cases import CaseReport
from golive.tls.probe import TlsProbe
from golive.tls.probe_certificates import HostCertificateProbe
from golive.tls.probe_protocols import ProtocolProbe
from golive.tls.rules_certificates import CertificatePolicy, judge_certificates
from golive.tls.rules_protocols import judge_protocols
from golive.tls.suites import CIPHER_PROFILES
from rehearsal.lab.authority import HOST, rsa_key
from rehearsal.lab.certificate_hosts import Lab
from selftests.examples.probe_loopback import access_to
from selftests.lab.family import LabHost
from selftests.lab.real_servers import SERVERS, Ports, RealServer

LAB = Lab()
STRICT = CIPHER_PROFILES["mozilla-intermediate-5.7"]


def look_at(server: RealServer, folder: Path, *, rsa: bool) -> list[CaseReport]:
    """Start the server with an RSA or ECDSA certificate, and judge everything about it."""
    host = LAB.healthy(key=rsa_key(2048)) if rsa else LAB.healthy()
    certificate = host.write(folder)
    roots = folder / "roots.pem"
    roots.write_bytes(host.trusted.certificate.public_bytes(Encoding.PEM))

    async def look() -> list[CaseReport]:
        async with server.running(certificate, folder) as ports:
            return await survey(ports, roots, strict=server.strict, http=server.serves_http)

    return asyncio.run(look())


async def survey(
    ports: Ports, roots: Path, *, strict: bool = False, http: bool = True, tolerant: bool = False
) -> list[CaseReport]:
    """Look at one host of loopback from every side, side by side.

    Args:
        ports: where it listens.
        roots: what its clients trust.
        strict: also ask for what Mozilla's intermediate profile does not allow.
        http: whether it has pages of its own.
        tolerant: leave a family out whose look fails as a whole, as at a server with no session to offer.
    """
    places = {f"{HOST}:443": (f"127.0.0.1:{ports.secure}",)}
    if ports.plain:
        places[f"{HOST}:80"] = (f"127.0.0.1:{ports.plain}",)
    access = access_to(places, roots=roots, hosts=(HOST,), deadline=5.0)
    client = HttpProbe(access)
    looks = [
        _certificates(access, roots),
        _protocols(access, strict),
        *([_http(access, client)] if http else []),
    ]
    try:
        found = await asyncio.gather(*looks, return_exceptions=True)
    finally:
        await client.aclose()
    for failure in found:
        if isinstance(failure, BaseException) and not (tolerant and isinstance(failure, ProbeError)):
            raise failure
    return [report for reports in found if isinstance(reports, list) for report in reports]


async def _certificates(access: Access, roots: Path) -> list[CaseReport]:
    tls = TlsProbe(access.book, access.contexts)
    seen = await HostCertificateProbe(access.book, tls, _no_list, _now).observe_all(HOST)
    return [judge_certificates(seen, CertificatePolicy(_now(), _trusted(roots), public=False))]


async def _protocols(access: Access, strict: bool) -> list[CaseReport]:
    probe = ProtocolProbe(access.book, access.contexts, allowed=STRICT if strict else None)
    return [judge_protocols(await probe.survey_all(HOST))]


async def _http(access: Access, client: HttpProbe) -> list[CaseReport]:
    surveyor = HttpSurveyor(client, access.book)
    seen = await surveyor.survey_all(HOST, HttpRequirements().unexposed_paths, strangers(HOST))
    return [judge_http(one, HttpPolicy(_now(), timedelta(days=365))) for one in seen]


def _trusted(roots: Path) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(roots.read_bytes()))


async def _no_list(_: str) -> bytes:
    raise ConnectFailed("connection refused", target="crl.audotics.test:80", phase="connect")


def _now() -> datetime:
    return datetime.now(UTC)


def _together(server: RealServer, rsa: bool, folder: Path) -> CaseReport:
    reports = look_at(server, folder, rsa=rsa)
    cases = [case for report in reports for case in report.cases]
    findings = [finding for report in reports for finding in report.findings]
    unknown = [entry for report in reports for entry in report.unknown]
    return CaseReport(server.name, cases, findings, unknown)


REAL_HOSTS = tuple(
    LabHost("", f"{server.title()}, {'RSA' if rsa else 'ECDSA'}", partial(_together, server, rsa))
    for server in SERVERS
    if server.program
    for rsa in (True, False)
)
"""Every real server that is installed here, with each kind of certificate."""
