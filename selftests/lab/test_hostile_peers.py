"""Hostile peers: each look ends within its deadline, with a typed error, in bounded memory."""

import asyncio
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from golive.http.probe import HttpSurveyor
from golive.http.rules import HttpPolicy, judge_http
from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ConnectFailed, DeadlineExceeded, ProbeError, ProtocolError, TlsFailed
from golive.net.http import HttpProbe
from golive.net.tls.context import TlsContexts
from golive.profile.profile import Network, Trust
from golive.tls.hello import TLS12, Offer
from golive.tls.hello_answer import LARGEST_ANSWER
from golive.tls.probe_hello import HelloProbe
from golive.tls.probe_protocols import ProtocolProbe
from golive.tls.probe_sessions import look_inside, renegotiates
from golive.tls.rules_protocols import judge_protocols
from golive.tls.suites import AEAD_ECDHE
from rehearsal.lab.authority import HOST
from rehearsal.lab.certificate_hosts import Lab
from rehearsal.lab.hello_server import HelloServer
from rehearsal.lab.serving import Handler, dripping, flooding, saying, serving, silent
from selftests.examples.probe_loopback import access_to

DEADLINE = 0.4
RECORD = b"\x16\x03\x03\x40\x00" + b"\x0b\x03\xff\xf0" + b"\0" * 0x3FFC
HEAD = b"HTTP/1.1 200 OK\r\n"

PEERS: dict[str, tuple[Handler, type[ProbeError]]] = {
    "never answers": (silent, DeadlineExceeded),
    "a byte a second": (dripping(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76"), DeadlineExceeded),
    "a chain of 1,000": (
        HelloServer(frozenset({TLS12}), certificates=(b"\x30" * 1200,) * 1000),
        ProtocolError,
    ),
    "a chain of 1,000 small ones": (
        HelloServer(frozenset({TLS12}), certificates=(b"\x30\0",) * 1000),
        ProtocolError,
    ),
    "endless records": (flooding(RECORD, b"\x16\x03\x03\x40\x00" + b"\0" * 0x4000), ProtocolError),
    "garbage": (saying(b"\x00\x01 nobody speaks this\r\n" * 20), TlsFailed),
    "plain HTTP": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), TlsFailed),
    "a hello cut short": (saying(b"\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03"), TlsFailed),
    "a length that lies": (saying(b"\x16\x03\x03\x00\x04\x02\xff\xff\xff"), ProtocolError),
}


@pytest.mark.parametrize("name", sorted(PEERS))
def test_an_offer_ends_with_a_typed_error_in_time_and_memory(name: str) -> None:
    handler, expected = PEERS[name]

    async def look() -> None:
        async with serving(handler) as port:
            probe = HelloProbe(deadline=DEADLINE)
            offer = Offer(TLS12, AEAD_ECDHE, server_name=HOST)
            await probe.offer(HOST, 443, Address("127.0.0.1", port), offer)

    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(expected):
            asyncio.run(look())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - started < DEADLINE + 3
    assert peak < 64 * LARGEST_ANSWER  # the lab server sends from the same process


@pytest.mark.parametrize("name", sorted(PEERS))
def test_sessions_and_surveys_end_in_time_too(name: str) -> None:
    handler, _ = PEERS[name]

    async def look() -> None:
        async with serving(handler) as port:
            address = Address("127.0.0.1", port)
            inside, again = await asyncio.gather(
                look_inside(HOST, address, deadline=DEADLINE), renegotiates(HOST, address, deadline=DEADLINE)
            )
            assert (inside, again) == (None, None)
            book = AddressBook(Network(connect_deadline=timedelta(seconds=1)))
            survey = await ProtocolProbe(book, TlsContexts(Trust()), deadline=DEADLINE).survey(
                HOST, 443, address
            )
            assert "ok" not in {judge_protocols([survey]).verdicts()[case] for case in ("P01", "P04", "P08")}

    started = time.perf_counter()
    asyncio.run(look())
    assert time.perf_counter() - started < 3 * DEADLINE + 4


def test_nobody_there_is_a_failed_connection() -> None:
    with pytest.raises(ConnectFailed):
        asyncio.run(HelloProbe().offer(HOST, 443, Address("127.0.0.1", 1), Offer(TLS12, AEAD_ECDHE)))


HTTP_PEERS: dict[str, Handler] = {
    "never answers": silent,
    "a byte a second": dripping(HEAD),
    "an endless header": flooding(HEAD, b"X-Filler: " + b"x" * 1000 + b"\r\n"),
    "a body of 10 GB": flooding(HEAD + b"Content-Length: 10000000000\r\n\r\n", b"x" * 65536),
    "garbage": saying(b"\x00\x01 nobody speaks this\r\n" * 20),
}


@pytest.mark.parametrize("name", sorted(HTTP_PEERS))
def test_an_http_survey_ends_in_time_and_calls_nothing_fine(name: str, tmp_path: Path) -> None:
    host = Lab().healthy()
    roots = tmp_path / "roots.pem"
    roots.write_bytes(host.trusted.certificate.public_bytes(Encoding.PEM))

    async def look() -> dict[str, str]:
        async with (
            serving(HTTP_PEERS[name], host.context(tmp_path)) as secure,
            serving(HTTP_PEERS[name]) as plain,
        ):
            places = {f"{HOST}:443": (f"127.0.0.1:{secure}",), f"{HOST}:80": (f"127.0.0.1:{plain}",)}
            access = access_to(places, roots=roots, hosts=(HOST,), deadline=DEADLINE)
            http = HttpProbe(access, body_cap=100_000)
            try:
                (seen,) = await HttpSurveyor(http, access.book).survey_all(HOST, ("/.env",), ("null",))
            finally:
                await http.aclose()
        return judge_http(seen, HttpPolicy(datetime.now(UTC), timedelta(days=365))).verdicts()

    started = time.perf_counter()
    verdicts = asyncio.run(look())
    assert {verdicts[case] for case in ("H01", "H08", "H14", "H18", "H19", "H21", "H22")} == {"unknown"}
    assert time.perf_counter() - started < 4 * DEADLINE + 4
