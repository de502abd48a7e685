"""Handshakes, protocols and certificates of hosts, as checks look at them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from golive.net.access import Access
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.profile.profile import Profile
from golive.tls.profile import TLS

if TYPE_CHECKING:
    from golive.tls.probe import TlsProbe
    from golive.tls.probe_certificates import HostCertificateProbe
    from golive.tls.probe_protocols import ProtocolProbe
    from golive.tls.rules_certificates import CertificatePolicy


@pytest.fixture(scope="session")
def tls(access: Access, now: Callable[[], datetime]) -> "TlsProbe":
    """Looks at handshakes."""
    from golive.tls.probe import TlsProbe

    return TlsProbe(access.book, access.contexts, now=now, tally=access.tally)


@pytest.fixture(scope="session")
def tls_protocols(access: Access, profile: Profile) -> "ProtocolProbe":
    """Sees what an address accepts, also what OpenSSL refuses to speak."""
    from golive.tls.probe_protocols import ProtocolProbe
    from golive.tls.suites import CIPHER_PROFILES

    return ProtocolProbe(access.book, access.contexts, allowed=CIPHER_PROFILES.get(TLS.of(profile).ciphers))


@pytest.fixture(scope="session")
def host_certificates(
    access: Access, tls: "TlsProbe", http: HttpProbe, now: Callable[[], datetime]
) -> "HostCertificateProbe":
    """Sees certificates from every side."""
    from golive.tls.probe_certificates import HostCertificateProbe

    async def fetch(url: str) -> bytes:
        access.guard.admit_revocation(url)
        answer = await http.get(url)
        if answer.status != 200:
            raise ProtocolError(f"the list is answered by {answer.status}", target=answer.title, phase="read")
        return answer.body

    return HostCertificateProbe(access.book, tls, fetch, now)


@pytest.fixture(scope="session")
def certificate_policy(profile: Profile, now: Callable[[], datetime]) -> "CertificatePolicy":
    """What the profile asks of certificates; with roots of its own the hosts are not public."""
    from cryptography import x509

    from golive.tls.rules_certificates import CertificatePolicy

    roots = profile.trust.roots
    return CertificatePolicy(
        now(),
        tuple(x509.load_pem_x509_certificates(roots.read_bytes())) if roots else (),
        requirements=TLS.of(profile),
        public=roots is None,
    )
