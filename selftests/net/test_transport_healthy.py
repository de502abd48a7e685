"""Servers that keep to the standards and look unusual: every answer is read whole, and nobody is accused."""

import asyncio
import ssl

import pytest
from h2.events import Event, StreamEnded
from h2.settings import SettingCodes

from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.incidents import Incidents, current_incidents
from golive.tls.probe import TlsProbe
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import HOST, Pki, access_to
from selftests.examples.transport_peers import (
    OK,
    PLAIN,
    SECURE,
    H2Peer,
    H2Script,
    Heard,
    answers,
    client,
    http1,
    http2,
)

pytestmark = pytest.mark.usefixtures("writing")

KEPT = b"Connection: keep-alive\r\n"
UNUSUAL = {  # head and body
    "chunked, with an extension and a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n",
        b"2;ext=1\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n",
    ),
    "names in upper case, no reason": (b"HTTP/1.1 200 \r\nCONTENT-LENGTH: 2\r\nETAG:x\r\n\r\n", b"{}"),
    "HTTP/1.0 that keeps on": (b"HTTP/1.0 200 OK\r\n" + KEPT + b"Content-Length: 2\r\n\r\n", b"{}"),
    "hints first": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK[:-2], b"{}"),
    "continue, though nobody asked": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK[:-2], b"{}"),
    "a length said twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n", b"{}"),
    "a long head": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000 + b"\r\nContent-Length: 2\r\n\r\n", b"{}"),
}


async def every(probe: HttpProbe, url: str) -> list[HttpObservation]:
    """Ask in every way, side by side and one after the other."""
    side_by_side = [
        probe.get(url),
        probe.post(url, json={"a": 1}),
        probe.request("HEAD", url),
        probe.get(url),
    ]
    found = await asyncio.gather(*side_by_side)
    return [*found, await probe.put(url, content=b"x" * 100_000), await probe.get(url)]


def all_read(handler: Handler, url: str, trust: Pki | None = None) -> set[int]:
    incidents = Incidents()

    async def run() -> set[int]:
        current_incidents.set(incidents)
        async with client(handler, trust) as (probe, _):
            return {seen.status for seen in await every(probe, url)}

    statuses = asyncio.run(run())
    assert not incidents.retries
    return statuses


@pytest.mark.parametrize(("head", "body"), UNUSUAL.values(), ids=UNUSUAL)
@pytest.mark.parametrize("pieces", [1, 100], ids=["at once", "in a hundred pieces"])
def test_unusual_answers_over_http1_are_read(head: bytes, body: bytes, pieces: int) -> None:
    heard = Heard()

    async def piecewise(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        sent = head if heard.methods[-1] == "HEAD" else head + body
        size = max(1, len(sent) // pieces)
        for begin in range(0, len(sent), size):
            writer.write(sent[begin : begin + size])
            await writer.drain()
            await asyncio.sleep(0)
        return True

    assert all_read(http1(piecewise, heard), PLAIN) == {200}


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"],
    ids=["204", "304"],
)
def test_answers_without_a_body_end_with_their_head(answer: bytes) -> None:
    async def short(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer)
        return True

    assert all_read(http1(short, Heard()), PLAIN) == {int(answer.split()[1])}


async def padded(peer: H2Peer, event: Event) -> None:
    if isinstance(event, StreamEnded):
        peer.connection.send_headers(event.stream_id, [(":status", "200")])
        peer.connection.send_data(event.stream_id, b"{", pad_length=200)
        peer.connection.send_data(event.stream_id, b"}", end_stream=True, pad_length=3)


async def pinging(peer: H2Peer, event: Event) -> None:
    if isinstance(event, StreamEnded):
        peer.connection.ping(b"12345678")
        peer.connection.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 100_000})
        peer.answer(event.stream_id)


async def hinting(peer: H2Peer, event: Event) -> None:
    if isinstance(event, StreamEnded):
        peer.connection.send_headers(event.stream_id, [(":status", "103"), ("link", "</a.css>")])
        peer.answer(event.stream_id)


async def with_trailers(peer: H2Peer, event: Event) -> None:
    if isinstance(event, StreamEnded):
        peer.connection.send_headers(event.stream_id, [(":status", "200")])
        peer.connection.send_data(event.stream_id, b"{}")
        peer.connection.send_headers(event.stream_id, [("x-sum", "1")], end_stream=True)


async def with_a_long_head(peer: H2Peer, event: Event) -> None:
    """Over several frames (CONTINUATION)."""
    if isinstance(event, StreamEnded):
        head = [(":status", "200"), *((f"x-{number}", "y" * 400) for number in range(60))]
        peer.connection.send_headers(event.stream_id, head, end_stream=True)


async def without_a_body(peer: H2Peer, event: Event) -> None:
    if isinstance(event, StreamEnded):
        peer.connection.send_headers(event.stream_id, [(":status", "200")], end_stream=True)


async def graceful(peer: H2Peer, event: Event) -> None:
    """Tells first that it will go away, answers what it has, and goes (RFC 9113, 6.8)."""
    if isinstance(event, StreamEnded):
        peer.go_away(2**31 - 1)
        peer.answer(event.stream_id)


@pytest.mark.parametrize(
    "script",
    [padded, pinging, hinting, with_trailers, with_a_long_head, without_a_body, graceful],
    ids=lambda script: script.__name__,
)
def test_unusual_answers_over_http2_are_read(trust: Pki, script: H2Script) -> None:
    async def scripted(peer: H2Peer, event: Event) -> bool | None:
        is_head = peer.methods.get(getattr(event, "stream_id", 0)) == "HEAD"
        return await (without_a_body if is_head else script)(peer, event)

    heard = Heard()
    assert all_read(http2(scripted, heard), SECURE, trust) == {200}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("resumes", [True, False])
def test_sessions_are_resumed_where_the_server_lets_it(
    trust: Pki, version: ssl.TLSVersion, resumes: bool
) -> None:
    """And never by probes that look at handshakes."""
    context = trust.context()
    context.set_alpn_protocols(["http/1.1"])
    context.minimum_version = context.maximum_version = version
    if not resumes:
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
    resumed: list[bool] = []

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        resumed.append(bool(writer.get_extra_info("ssl_object").session_reused))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async def run() -> list[int]:
        async with serving(closing, context) as port:
            access = access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots)
            probe = HttpProbe(access)
            try:
                seen = [(await probe.get(SECURE)).status for _ in range(3)]
            finally:
                await probe.aclose()
            await TlsProbe(access.book, access.contexts).observe(HOST)
        return seen

    assert asyncio.run(run()) == [200] * 3
    # A server without tickets may still know sessions of TLS 1.2 by their number.
    if resumes or version is ssl.TLSVersion.TLSv1_3:
        assert resumed[:3] == [False, resumes, resumes]
    assert not any(resumed[3:])


def test_many_requests_to_one_host_shake_hands_once(trust: Pki) -> None:
    heard = Heard()

    async def run() -> set[int]:
        async with client(http2(answers, heard), trust) as (probe, _):
            asked = [probe.request(("GET", "POST")[n % 2], SECURE) for n in range(200)]
            return {seen.status for seen in await asyncio.gather(*asked)}

    assert asyncio.run(run()) == {200}
    assert heard.connections <= 2  # 100 streams each


def test_a_server_of_http1_gets_as_many_connections_as_may_be_and_keeps_them() -> None:
    heard = Heard()

    async def slowly(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(0.01)
        writer.write(OK)
        return True

    async def run() -> None:
        async with client(http1(slowly, heard), connections=7) as (probe, _):
            for _ in range(2):
                await asyncio.gather(*(probe.get(PLAIN) for _ in range(40)))

    asyncio.run(run())
    assert heard.connections == 7
