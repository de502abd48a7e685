"""The certificates of a run: good ones verify, planned defects are really there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from rehearsal.faults import named
from rehearsal.stack.network.certificates import Authorities, CertificateStore
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, PUBLIC_HOSTS, healthy_plan
from rehearsal.stack.run_directory import RunDirectory


@pytest.fixture
def run_directory(tmp_path: Path) -> Iterator[RunDirectory]:
    run = RunDirectory(tmp_path)
    yield run
    run.remove()


def minted(run: RunDirectory, *faults: str) -> CertificateStore:
    plan = healthy_plan()
    for fault in named(faults):
        fault.apply(plan)
    return Authorities(run).mint(plan.leaves)


def verify(store: CertificateStore, host: str) -> None:
    leaf, *sent = x509.load_pem_x509_certificates(store.by_host[host].chain.read_bytes())
    roots = Store(x509.load_pem_x509_certificates(store.root.read_bytes()))
    PolicyBuilder().store(roots).build_server_verifier(x509.DNSName(host)).verify(leaf, sent)


@pytest.mark.parametrize("host", PUBLIC_HOSTS)
def test_a_healthy_certificate_verifies_against_the_root_of_the_run(
    run_directory: RunDirectory, host: str
) -> None:
    verify(minted(run_directory), host)


def test_a_healthy_certificate_lives_ninety_days(run_directory: RunDirectory) -> None:
    store = minted(run_directory)
    leaf = x509.load_pem_x509_certificates(store.by_host[APP_HOST].chain.read_bytes())[0]
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=90)


def test_private_keys_are_readable_by_their_owner_only(run_directory: RunDirectory) -> None:
    for served in minted(run_directory).by_host.values():
        assert served.key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("fault", "host"),
    [
        ("tls.expired", API_HOST),
        ("tls.wrong-host", API_HOST),
        ("tls.untrusted-root", APP_HOST),
        ("tls.missing-intermediate", CDN_HOST),
        ("tls.not-yet-valid", APP_HOST),
    ],
)
def test_a_defect_makes_exactly_its_host_fail(run_directory: RunDirectory, fault: str, host: str) -> None:
    store = minted(run_directory, fault)
    with pytest.raises(VerificationError):
        verify(store, host)
    for other in set(PUBLIC_HOSTS) - {host}:
        verify(store, other)


def test_the_nearly_expired_certificate_is_valid_for_six_more_days(run_directory: RunDirectory) -> None:
    store = minted(run_directory, "tls.nearly-expired")
    verify(store, CDN_HOST)
    leaf = x509.load_pem_x509_certificates(store.by_host[CDN_HOST].chain.read_bytes())[0]
    left = leaf.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=5, hours=23) < left <= timedelta(days=6)
