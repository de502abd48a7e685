"""The certificate family: lab hosts served, looked at and judged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from golive.net.addresses import AddressBook
from golive.net.errors import ConnectFailed
from golive.net.tls.context import TlsContexts
from golive.profile.profile import Network, Trust
from golive.rules.cases import CaseReport
from golive.tls.observation_certificates import HostCertificate
from golive.tls.probe import TlsProbe
from golive.tls.probe_certificates import HostCertificateProbe
from golive.tls.rules_certificates import CERTIFICATE_CASES, CertificatePolicy, judge_certificates
from rehearsal.lab.authority import HOST
from rehearsal.lab.certificate_hosts import CertificateHost, Lab
from rehearsal.lab.serving import serving
from selftests.lab.family import Family, LabHost
from selftests.lab.openssl import s_server

LAB = Lab()


async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads a request and closes."""
    await reader.read(1000)


@asynccontextmanager
async def served(host: CertificateHost, folder: Path) -> AsyncIterator[tuple[str, ...]]:
    """Serve a host at each of its addresses."""
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


def seen_at(host: CertificateHost, folder: Path, *, listed: bool = True) -> tuple[HostCertificate, ...]:
    """What every address of a host shows."""
    roots = folder / "roots.pem"
    roots.write_bytes(host.trusted.certificate.public_bytes(Encoding.PEM))

    async def fetch(_: str) -> bytes:
        if not listed or host.revocations is None:
            raise ConnectFailed("connection refused", target="crl.audotics.test:80", phase="connect")
        return host.revocations

    async def look() -> tuple[HostCertificate, ...]:
        async with served(host, folder) as addresses:
            network = Network(addresses={f"{HOST}:443": addresses}, connect_deadline=timedelta(seconds=1))
            book = AddressBook(network)
            tls = TlsProbe(book, TlsContexts(Trust(roots=roots)), deadline=5)
            probe = HostCertificateProbe(book, tls, fetch, lambda: datetime.now(UTC))
            return await probe.observe_all(HOST)

    return asyncio.run(look())


def judged(host: CertificateHost, folder: Path, *, public: bool = False, listed: bool = True) -> CaseReport:
    """Every case of a host, now."""
    seen = seen_at(host, folder, listed=listed)
    return judge_certificates(
        seen, CertificatePolicy(datetime.now(UTC), (host.trusted.certificate,), public=public)
    )


def _look(case: str, folder: Path) -> CaseReport:
    return judged(LAB.host(case), folder, public=case == "T29")


def _forged(folder: Path) -> CaseReport:
    return judged(LAB.forged_staple(), folder)


STAPLED = ("T19", "T20")
"""Cases whose host is openssl s_server: no other server here staples."""
FAMILY = Family(
    "Certificates",
    CERTIFICATE_CASES,
    [
        LabHost(
            case,
            "openssl s_server with a staple" if case in STAPLED else "a TLS server whose chain is minted so",
            partial(_look, case),
        )
        for case in LAB.cases()
    ]
    + [LabHost("T20", "a staple that a stranger signed", _forged)],
    [LabHost("", "a leaf of 90 days under an intermediate", lambda folder: judged(LAB.healthy(), folder))],
)
