"""Observations made by hand, for the expectations' tests."""

import json
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from golive.browser.observation import PageObservation
from golive.dns.observation_answer import DnsObservation
from golive.net.address import Address
from golive.net.http_observation import HttpObservation, Timings
from golive.realtime.observation import RealtimeEvent, RealtimeObservation
from golive.tls.certificate import Certificate
from golive.tls.observation import TlsObservation, TlsVersionObservation

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = Address("127.0.0.1", 4001)


def answer(
    body: JsonValue | bytes = b"",
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    url: str = "https://api.audotics.test/health",
) -> HttpObservation:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    times = Timings(1.0, 2.0, 3.0, 4.0)
    return HttpObservation(
        "GET", url, ADDRESS, status, "HTTP/2", headers, raw, times, host="api.audotics.test", port=443
    )


def certificate(*names: str, days_left: float = 60, subject: str = "CN=leaf") -> Certificate:
    return Certificate(
        subject=subject,
        issuer="CN=Test Intermediate",
        dns_names=names or ("api.audotics.test",),
        ip_names=(),
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=days_left),
        key="EC secp256r1",
        key_bits=256,
        signature_hash="sha256",
        serial="1f",
        fingerprint="00",
        is_authority=False,
        for_servers=True,
    )


def handshake(*chain: Certificate, error: str = "", host: str = "api.audotics.test") -> TlsObservation:
    return TlsObservation(
        host=host,
        port=443,
        address=ADDRESS,
        verified=not error,
        verify_error=error,
        verify_code=10 if error else None,
        version="TLSv1.3",
        cipher="TLS_AES_256_GCM_SHA384",
        alpn="h2",
        chain=chain or (certificate(),),
        chain_complete=True,
        elapsed_ms=5.0,
    )


def offered(*, accepted: bool) -> TlsVersionObservation:
    return TlsVersionObservation(
        "api.audotics.test",
        443,
        ADDRESS,
        "TLSv1.2",
        accepted,
        "X" if accepted else "",
        "" if accepted else "no",
    )


def records(
    *values: str, type: str = "A", rcode: str = "NOERROR", authoritative: bool = True, server: str = "ns1"
) -> DnsObservation:
    return DnsObservation(
        server=server,
        address=Address("127.0.0.1", 5300 + len(server)),
        name="audotics.test",
        type=type,
        rcode=rcode,
        authoritative=authoritative,
        values=values,
        aliases=(),
        ttl=300,
        transport="udp",
        elapsed_ms=1.0,
    )


def connection(
    *events: RealtimeEvent,
    connected: bool = True,
    opened_at: float = 0.0,
    observed_at: float = 12.0,
    dropped: int = 0,
) -> RealtimeObservation:
    return RealtimeObservation(
        url="https://api.audotics.test",
        host="api.audotics.test",
        port=443,
        who="member",
        protocol="socket.io",
        transport="websocket",
        upgraded=True,
        connect_ms=5.0,
        connected=connected,
        opened_at=opened_at,
        observed_at=observed_at,
        events=events,
        dropped=dropped,
        transcript="",
    )


def page(**changes: object) -> PageObservation:
    values: dict[str, object] = {
        "url": "https://audotics.test/",
        "status": 200,
        "first_byte_ms": 10.0,
        "dom_ms": 50.0,
        "load_ms": 90.0,
        "largest_paint_ms": 70.0,
        "layout_shift": 0.0,
        "requests": 3,
        "hosts": ("api.audotics.test", "audotics.test"),
        "console_errors": (),
        "page_errors": (),
        "failed_requests": (),
        "error_responses": (),
        "refused": (),
        "insecure": (),
        "telling": (),
        "websockets": 0,
        "frames_sent": 0,
        "frames_received": 0,
        "messages_received": 0,
    }
    return PageObservation(**(values | changes))  # type: ignore[arg-type]
