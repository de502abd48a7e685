"""The TLS probe: chains as sent, verification in words, versions that are really asked for."""

import asyncio
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.net.address import Address
from golive.net.errors import ConnectFailed, DeadlineExceeded, TlsFailed
from golive.tls.observation import TlsObservation, TlsVersion, TlsVersionObservation
from golive.tls.probe import TlsProbe
from rehearsal.lab.authority import root
from rehearsal.lab.serving import Handler, serving, silent
from selftests.examples.probe_loopback import HOST, Pki, access_to, answering, garbage, server_context


async def look(trust: Pki, context: ssl.SSLContext | None, handler: Handler = answering()) -> TlsObservation:  # noqa: B008
    async with serving(handler, context) as port:
        access = access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots)
        return await TlsProbe(access.book, access.contexts, deadline=0.5).observe(HOST)


async def offer(
    context: ssl.SSLContext | None, version: TlsVersion, handler: Handler
) -> TlsVersionObservation:
    async with serving(handler, context) as port:
        access = access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)})
        return await TlsProbe(access.book, access.contexts, deadline=0.5).accepts(HOST, 443, version)


def test_a_healthy_chain_is_seen_as_sent(trust: Pki) -> None:
    seen = asyncio.run(look(trust, trust.context()))
    assert seen.verified
    assert (seen.verify_error, seen.verify_code, seen.version) == ("", None, "TLSv1.3")
    assert [certificate.subject for certificate in seen.chain] == [f"CN={HOST}", "CN=Test Intermediate"]
    assert seen.chain_complete
    leaf = seen.leaf
    assert (leaf.dns_names, leaf.key, leaf.signature_hash) == ((HOST,), "EC secp256r1", "sha256")
    assert leaf.not_after.tzinfo is UTC
    assert timedelta(days=89) < leaf.not_after - datetime.now(UTC) < timedelta(days=90)
    assert seen.chain[1].is_authority
    assert seen.facts()["verified"] is True


@pytest.mark.parametrize(
    ("case", "words", "sent"),
    [
        ("wrong host", "hostname does not match", 2),
        ("expired", "certificate expired", 2),
        ("not yet", "certificate not yet valid", 2),
        ("missing", "issuer unknown or intermediate missing", 1),
        ("untrusted", "issuer unknown", 2),
    ],
)
def test_a_refused_chain_is_seen_too(tmp_path: Path, trust: Pki, case: str, words: str, sent: int) -> None:
    issuer = root("Stranger") if case == "untrusted" else trust.intermediate
    context = server_context(
        tmp_path,
        issuer,
        "other.audotics.test" if case == "wrong host" else HOST,
        starts_in=timedelta(days={"expired": -9, "not yet": 9}.get(case, -1)),
        lifetime=timedelta(days=3),
        sent=() if case == "missing" else (issuer,),
    )
    seen = asyncio.run(look(trust, context))
    assert not seen.verified
    assert seen.verify_error.startswith(words)
    assert seen.verify_code is not None
    assert len(seen.chain) == sent


def test_every_address_is_observed(trust: Pki) -> None:
    async def attempt() -> tuple[TlsObservation, ...]:
        async with serving(answering(), trust.context()) as one, serving(answering(), trust.context()) as two:
            where = (f"127.0.0.1:{one}", f"127.0.0.1:{two}")
            access = access_to({f"{HOST}:443": where}, roots=trust.roots)
            return await TlsProbe(access.book, access.contexts).observe_all(HOST)

    seen = asyncio.run(attempt())
    assert len({observation.address for observation in seen}) == 2


def test_a_silent_server_meets_the_deadline(trust: Pki) -> None:
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"no complete TLS handshake within 0\.5 s"):
        asyncio.run(look(trust, None, silent))
    assert time.monotonic() - started < 1.2


def test_garbage_is_no_tls(trust: Pki) -> None:
    with pytest.raises(TlsFailed, match="does not speak TLS"):
        asyncio.run(look(trust, None, garbage))


def test_a_closed_port_is_refused(trust: Pki) -> None:
    access = access_to({}, roots=trust.roots)
    probe = TlsProbe(access.book, access.contexts)
    with pytest.raises(ConnectFailed, match="connection refused"):
        asyncio.run(probe.observe(HOST, 443, address=Address("127.0.0.1", 1)))


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
def test_each_version_is_really_offered(trust: Pki, version: TlsVersion) -> None:
    only = {
        "TLSv1": ssl.TLSVersion.TLSv1,
        "TLSv1.1": ssl.TLSVersion.TLSv1_1,
        "TLSv1.2": ssl.TLSVersion.TLSv1_2,
        "TLSv1.3": ssl.TLSVersion.TLSv1_3,
    }[version]
    context = trust.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = only
    context.minimum_version = only
    seen = asyncio.run(offer(context, version, answering()))
    assert seen.accepted
    assert seen.cipher


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2"])
def test_a_refused_version_is_an_observation(trust: Pki, version: TlsVersion) -> None:
    context = trust.context()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    seen = asyncio.run(offer(context, version, answering()))
    assert not seen.accepted
    assert seen.refusal


def test_a_port_without_tls_refuses_no_version() -> None:
    with pytest.raises(TlsFailed, match="does not speak TLS"):
        asyncio.run(offer(None, "TLSv1.2", garbage))
