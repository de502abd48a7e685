"""HTTP/2 servers that refuse, reset, go away or break the protocol: what is repeated, and what accuses."""

import asyncio
from collections.abc import Iterator

import pytest
from h2.errors import ErrorCodes
from h2.events import Event, RequestReceived, StreamEnded
from h2.settings import SettingCodes

from golive.core.outcome import Blind
from golive.net.errors import ConnectionLost, DeadlineExceeded, ProtocolError
from golive.net.http import HttpProbe
from golive.net.incidents import Incidents, current_incidents
from rehearsal.lab.serving import serving
from selftests.examples.probe_loopback import HOST, Pki, access_to
from selftests.examples.transport_peers import (
    OK,
    SECURE,
    H2Peer,
    H2Script,
    Heard,
    answers,
    client,
    http1,
    http2,
    in_use,
)

pytestmark = pytest.mark.usefixtures("writing")

Seen = list[object]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(autouse=True)
def incidents() -> Iterator[Incidents]:
    """Of the check that the test stands for."""
    found = Incidents()
    token = current_incidents.set(found)
    yield found
    current_incidents.reset(token)


def ask(
    trust: Pki,
    script: H2Script,
    heard: Heard,
    *groups: tuple[str, ...],
    settings: dict[SettingCodes, int] | None = None,
    hello: bool = True,
    opens_windows: bool = True,
    connections: int = 16,
    deadline: float = 5.0,
    **options: object,
) -> Seen:
    """Send each group of requests side by side, group after group; return statuses, or what was raised."""

    async def run() -> Seen:
        found: Seen = []
        handler = http2(script, heard, settings=settings, hello=hello, opens_windows=opens_windows)
        async with client(handler, trust, connections=connections, deadline=deadline) as (probe, access):
            for methods in groups:
                asked = (probe.request(method, SECURE, **options) for method in methods)  # type: ignore[arg-type]
                for seen in await asyncio.gather(*asked, return_exceptions=True):
                    found.append(seen if isinstance(seen, BaseException) else seen.status)
            assert in_use(access) == 0
        return found

    return asyncio.run(run())


def kinds(seen: Seen) -> Seen:
    return [type(one) if isinstance(one, BaseException) else one for one in seen]


def test_requests_with_and_without_a_body_share_one_connection(trust: Pki, heard: Heard) -> None:
    seen = ask(trust, answers, heard, ("GET", "POST", "PUT") * 20, ("POST",) * 20, content=b"{}")
    assert seen == [200] * 80
    assert heard.connections == 1


def test_a_server_that_goes_away_before_it_looked_is_asked_again_over_a_new_connection(
    trust: Pki, heard: Heard, incidents: Incidents
) -> None:
    """RFC 9113, 6.8: streams above the last one that it names were not acted upon."""

    async def leaving(peer: H2Peer, event: Event) -> bool | None:
        if isinstance(event, StreamEnded) and peer.number == 1 and event.stream_id > 1:
            peer.go_away(1)
            return True
        return await answers(peer, event)

    assert ask(trust, leaving, heard, ("POST",), ("POST",)) == [200, 200]
    assert heard.requests == [(1, "POST"), (1, "POST"), (2, "POST")]
    assert not incidents.retries


def test_what_a_server_that_goes_away_still_answers_is_read(trust: Pki, heard: Heard) -> None:
    """As nginx does after keepalive_requests, and every server on a reload."""

    async def leaving(peer: H2Peer, event: Event) -> None:
        if isinstance(event, StreamEnded):
            peer.go_away(event.stream_id)
            await asyncio.sleep(0.05)
            peer.answer(event.stream_id)

    assert ask(trust, leaving, heard, ("POST",), ("GET",), ("POST",)) == [200] * 3
    assert heard.methods == ["POST", "GET", "POST"]
    assert heard.connections == 3


def test_a_refused_stream_is_sent_again_whatever_it_does(
    trust: Pki, heard: Heard, incidents: Incidents
) -> None:
    """RFC 9113, 8.7."""

    async def refusing_once(peer: H2Peer, event: Event) -> None:
        if isinstance(event, StreamEnded):
            if len(heard.requests) == 1:
                peer.connection.reset_stream(event.stream_id, ErrorCodes.REFUSED_STREAM)
            else:
                peer.answer(event.stream_id)

    assert ask(trust, refusing_once, heard, ("POST",), content=b"{}") == [200]
    assert heard.methods == ["POST", "POST"]
    assert not incidents.retries


def test_a_server_that_refuses_every_stream_is_accused(trust: Pki, heard: Heard) -> None:
    async def refusing(peer: H2Peer, event: Event) -> None:
        if isinstance(event, StreamEnded):
            peer.connection.reset_stream(event.stream_id, ErrorCodes.REFUSED_STREAM)

    (error,) = ask(trust, refusing, heard, ("GET",))
    assert isinstance(error, ConnectionLost)
    assert "REFUSED_STREAM" in error.message
    assert 2 <= len(heard.requests) <= 5


@pytest.mark.parametrize(
    "code", [ErrorCodes.INTERNAL_ERROR, ErrorCodes.CANCEL, ErrorCodes.ENHANCE_YOUR_CALM, 0xBEEF]
)
def test_a_stream_that_is_reset_accuses_and_only_what_reads_is_sent_again(
    trust: Pki, heard: Heard, code: int
) -> None:
    async def resetting(peer: H2Peer, event: Event) -> None:
        if isinstance(event, StreamEnded):
            peer.raw(b"\x00\x00\x04\x03\x00" + event.stream_id.to_bytes(4, "big") + code.to_bytes(4, "big"))

    assert kinds(ask(trust, resetting, heard, ("GET",), ("POST",))) == [ConnectionLost] * 2
    assert heard.methods == ["GET", "GET", "POST"]


def test_a_server_that_takes_one_stream_at_a_time_gets_no_more(trust: Pki, heard: Heard) -> None:
    most = 0

    async def counting(peer: H2Peer, event: Event) -> None:
        nonlocal most
        if isinstance(event, RequestReceived):
            most = max(most, len(peer.streams) - len(peer.ended - {event.stream_id}))
        await answers(peer, event)

    settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    assert ask(trust, counting, heard, ("GET", "POST") * 15, settings=settings, connections=3) == [200] * 30
    assert heard.connections <= 3
    assert most <= 1


def test_a_connection_that_dies_loses_all_its_requests_and_counts_once(
    trust: Pki, heard: Heard, incidents: Incidents
) -> None:
    async def dying(peer: H2Peer, event: Event) -> bool | None:
        if peer.number == 1 and len(peer.streams) >= 4:
            peer.writer.transport.abort()
            return True
        return None if peer.number == 1 else await answers(peer, event)

    seen = ask(trust, dying, heard, ("GET", "GET", "GET", "GET", "POST"))
    assert kinds(seen)[:4] == [200] * 4
    assert {retry.lost for retry in incidents.retries} == {1}
    # Whose fault the end was, and whether it was done, nobody can tell.
    assert isinstance(seen[4], Blind)
    assert heard.methods.count("POST") <= 1


def test_a_connection_that_all_wait_for_and_that_fails_counts_once(
    trust: Pki, heard: Heard, incidents: Incidents
) -> None:
    """Five checks that one refused handshake sends back are one connection lost, not five."""
    handshakes = 0
    over_h2 = http2(answers, heard)

    async def run() -> set[int]:
        nonlocal handshakes
        context = trust.context()
        context.set_alpn_protocols(["h2"])

        async def first_refused(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal handshakes
            handshakes += 1
            if handshakes == 1:
                await reader.read(1)
                writer.transport.abort()
                return
            await writer.start_tls(context)
            await over_h2(reader, writer)

        async with serving(first_refused) as port:
            access = access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots, deadline=5.0)
            probe = HttpProbe(access)
            try:
                return {seen.status for seen in await asyncio.gather(*(probe.get(SECURE) for _ in range(5)))}
            finally:
                await probe.aclose()

    assert asyncio.run(run()) == {200}
    assert handshakes == 2
    assert {retry.lost for retry in incidents.retries} == {1}
    assert len(incidents.retries) == 5


def test_what_has_an_effect_and_dies_with_a_shared_connection_is_blind(trust: Pki, heard: Heard) -> None:
    async def dying(peer: H2Peer, event: Event) -> bool | None:
        if isinstance(event, StreamEnded) and event.stream_id > 1:
            peer.writer.transport.abort()
            return True
        return await answers(peer, event)

    seen = ask(trust, dying, heard, ("GET",), ("POST",))
    assert kinds(seen) == [200, Blind]
    assert "whether this one was done is unknown" in str(seen[1])
    assert heard.methods == ["GET", "POST"]


def test_what_has_an_effect_and_dies_with_its_own_connection_accuses(trust: Pki, heard: Heard) -> None:
    async def dying(_peer: H2Peer, event: Event) -> bool | None:
        return isinstance(event, StreamEnded)

    assert kinds(ask(trust, dying, heard, ("POST",))) == [ConnectionLost]
    assert heard.methods == ["POST"]


def test_an_answer_that_breaks_the_protocol_is_found_among_those_beside_it(trust: Pki, heard: Heard) -> None:
    """The connection has to end over it; the others are asked again, and only the guilty one is accused."""

    async def lying(peer: H2Peer, event: Event) -> None:
        if not isinstance(event, StreamEnded):
            return
        if heard.methods[-1] == "OPTIONS":
            head = [(":status", "200"), ("content-length", "5")]
            peer.connection.send_headers(event.stream_id, head)
            peer.connection.send_data(event.stream_id, b"too long for that", end_stream=True)
        elif peer.number > 1:
            peer.answer(event.stream_id)

    seen = ask(trust, lying, heard, ("GET", "GET", "GET", "OPTIONS"))
    assert kinds(seen) == [200, 200, 200, ProtocolError]


def test_a_server_that_wants_http1_is_spoken_to_so(trust: Pki, heard: Heard) -> None:
    """RFC 9113, 7: HTTP_1_1_REQUIRED."""

    async def refusing(peer: H2Peer, event: Event) -> None:
        if isinstance(event, StreamEnded):
            peer.connection.reset_stream(event.stream_id, ErrorCodes.HTTP_1_1_REQUIRED)

    async def plainly(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        writer.write(OK)
        return True

    over_h2, over_http1 = http2(refusing, heard), http1(plainly, heard)

    async def either(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        await (over_h2 if chosen == "h2" else over_http1)(reader, writer)

    async def run() -> list[str]:
        async with client(either, trust) as (probe, _):
            return [(await probe.post(SECURE, content=b"{}")).http_version for _ in range(2)]

    assert asyncio.run(run()) == ["HTTP/1.1", "HTTP/1.1"]


def test_a_server_that_never_says_its_settings_is_late_and_not_the_suite(trust: Pki, heard: Heard) -> None:
    async def nothing(_peer: H2Peer, _event: Event) -> None:
        return None

    seen = ask(trust, nothing, heard, ("GET", "GET", "POST"), hello=False, deadline=0.5)
    assert kinds(seen) == [DeadlineExceeded] * 3


def test_a_body_waits_for_the_window_that_the_server_opens(trust: Pki, heard: Heard) -> None:
    received: list[int] = []

    async def slowly(peer: H2Peer, event: Event) -> None:
        length = getattr(event, "flow_controlled_length", 0)
        if length:
            received.append(length)
        await answers(peer, event)

    settings = {SettingCodes.INITIAL_WINDOW_SIZE: 1000}
    seen = ask(trust, slowly, heard, ("POST", "PUT"), settings=settings, content=b"x" * 50_000)
    assert seen == [200, 200]
    assert sum(received) == 100_000


@pytest.mark.parametrize("status", [401, 413])
def test_an_answer_before_the_body_counts_and_the_connection_goes_on(
    trust: Pki, heard: Heard, status: int
) -> None:
    """RFC 9113, 8.1; the window is never opened, so the body could not be sent."""

    async def early(peer: H2Peer, event: Event) -> None:
        if isinstance(event, RequestReceived):
            peer.answer(event.stream_id, status=status)

    settings = {SettingCodes.INITIAL_WINDOW_SIZE: 10}
    body = b"x" * 50_000
    seen = ask(
        trust,
        early,
        heard,
        *(("POST",), ("GET",), ("POST",)),
        settings=settings,
        opens_windows=False,
        content=body,
    )
    assert seen == [status] * 3
    assert (heard.connections, len(heard.requests)) == (1, 3)


def test_a_body_that_is_too_large_ends_its_stream_and_no_other(trust: Pki, heard: Heard) -> None:
    async def large(peer: H2Peer, event: Event) -> None:
        if not isinstance(event, StreamEnded):
            return
        if heard.methods[-1] != "OPTIONS":
            peer.answer(event.stream_id)
            return
        peer.connection.send_headers(event.stream_id, [(":status", "200")])
        for _ in range(200):
            size = min(peer.connection.local_flow_control_window(event.stream_id), 16_384)
            if size:
                peer.connection.send_data(event.stream_id, bytes(size))

    async def run() -> Seen:
        async with client(http2(large, heard), trust) as (probe, _):
            probe._body_cap = 10_000
            found = await asyncio.gather(
                probe.request("GET", SECURE),
                probe.request("OPTIONS", SECURE),
                probe.request("POST", SECURE),
                return_exceptions=True,
            )
            return [*found, await probe.get(SECURE)]

    first, large_one, post, after = asyncio.run(run())
    assert isinstance(large_one, ProtocolError)
    assert "larger than 10000 bytes" in large_one.message
    assert {one.status for one in (first, post, after)} == {200}  # type: ignore[attr-defined]
    assert heard.connections == 1
