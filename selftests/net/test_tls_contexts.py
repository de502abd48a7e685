"""What golive's own clients speak, whoever built the Python that they run on."""

import ssl

import pytest

from golive.net.tls.context import TlsContexts
from golive.profile.profile import Trust


@pytest.fixture(params=["http", "http1", "observing"])
def context(request: pytest.FixtureRequest) -> ssl.SSLContext:
    verifying: ssl.SSLContext = getattr(TlsContexts(Trust()), request.param)
    return verifying


def test_no_suite_is_offered_that_browsers_refuse(context: ssl.SSLContext) -> None:
    """Debian's Python speaks SHA-1 suites of itself: an edge with nothing better passed there."""
    offered = {suite["name"]: suite["description"] for suite in context.get_ciphers()}
    assert offered
    assert not [name for name, words in offered.items() if "Mac=SHA1" in words]
    assert not [name for name in offered if not name.startswith(("TLS_", "ECDHE-", "DHE-"))]


def test_nothing_older_than_tls_1_2_is_spoken(context: ssl.SSLContext) -> None:
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_certificates_are_verified(context: ssl.SSLContext) -> None:
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
