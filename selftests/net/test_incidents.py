"""Connections that break are tried again where that is safe, and counted; a 429 explains what rests on it."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable, Iterator

import pytest

from golive.core.outcome import Blind
from golive.net.access import Access
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    HandshakeRefused,
    ProbeError,
    Refused,
    TlsFailed,
    TransportError,
)
from golive.net.http import HttpProbe
from golive.net.incidents import (
    ConnectionTally,
    Incidents,
    PutOff,
    current_incidents,
    is_lost,
    unless_put_off,
)
from golive.realtime.probe_websocket import WebSocketProbe
from golive.tls.probe import TlsProbe
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import HOST, Pki, access_to, answering, hanging_up

WHERE = f"{HOST}:443"


@pytest.fixture
def heard() -> Iterator[Incidents]:
    """Of the check that the test stands for."""
    incidents = Incidents()
    token = current_incidents.set(incidents)
    yield incidents
    current_incidents.reset(token)


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a machine does that has lost it: RST, not FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def in_front_of(port: int, *, resets: Callable[[int], bool]) -> Handler:
    """Resets connections as they are accepted, by their number from 1; passes the others on."""
    number = 0

    async def passing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal number
        number += 1
        if resets(number):
            reset(writer)
            return
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(passing(reader, back), passing(there, writer), return_exceptions=True)

    return handle


def with_access(
    work: Callable[[Access], object],
    resets: Callable[[int], bool],
    trust: Pki,
    handler: Handler | None = None,
) -> object:
    """Do ``work`` at a TLS server of which some connections are reset before the handshake."""

    async def done() -> object:
        context: ssl.SSLContext = trust.context()
        async with (
            serving(handler or answering(), context) as port,
            serving(in_front_of(port, resets=resets)) as front,
        ):
            access = access_to({WHERE: (f"127.0.0.1:{front}",)}, roots=trust.roots)
            return await work(access)  # type: ignore[misc]

    return asyncio.run(done())


def the_first(number: int) -> bool:
    return number == 1


def each(number: int) -> bool:
    return number > 0


async def _send(access: Access, method: str) -> int:
    probe = HttpProbe(access)
    try:
        return (await probe.request(method, f"https://{HOST}/", json={} if method == "POST" else None)).status
    finally:
        await probe.aclose()


@pytest.mark.usefixtures("writing")
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
def test_what_was_never_sent_is_sent_over_a_new_connection(trust: Pki, heard: Incidents, method: str) -> None:
    assert with_access(lambda access: _send(access, method), the_first, trust) == 200
    (retry,) = heard.retries
    assert (retry.where, retry.lost, retry.connections) == (WHERE, 1, 1)
    assert "closed the connection during the handshake" in str(retry.facts()["error"])


@pytest.mark.usefixtures("writing", "heard")
def test_what_breaks_again_is_an_error(trust: Pki) -> None:
    with pytest.raises(TlsFailed, match="closed the connection during the handshake"):
        with_access(lambda access: _send(access, "POST"), each, trust)


@pytest.mark.usefixtures("writing", "heard")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_may_have_been_done_is_not_sent_again(trust: Pki, method: str) -> None:
    requests = 0

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await hanging_up(reader, writer)

    with pytest.raises(ConnectionLost):
        with_access(lambda access: _send(access, method), lambda _: False, trust, counting)
    assert requests == 1


def test_a_handshake_that_is_looked_at_is_made_once_more(trust: Pki, heard: Incidents) -> None:
    async def look(access: Access) -> bool:
        return (await TlsProbe(access.book, access.contexts, tally=access.tally).observe(HOST)).verified

    assert with_access(look, the_first, trust) is True
    assert len(heard.retries) == 1


def test_a_version_is_refused_only_by_who_refuses_it_twice(trust: Pki) -> None:
    async def offer(access: Access) -> bool:
        return (await TlsProbe(access.book, access.contexts).accepts(HOST, 443, "TLSv1.3")).accepted

    assert with_access(offer, the_first, trust) is True
    assert with_access(offer, each, trust) is False


def test_a_websocket_shakes_hands_once_more(trust: Pki, heard: Incidents) -> None:
    async def shake(access: Access) -> int | None:
        try:
            await WebSocketProbe(access).open(f"wss://{HOST}/socket")
        except HandshakeRefused as refusal:
            return refusal.status
        return None

    # The server answers 200, which is no WebSocket: it was asked, and that is the point.
    assert with_access(shake, the_first, trust) == 200
    assert len(heard.retries) == 1


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (ConnectFailed("connection refused", target=WHERE, phase="connect"), True),
        (ConnectionLost("the connection broke", target=WHERE, phase="read"), True),
        (TlsFailed("certificate expired", target=WHERE, code=10), False),
        (TlsFailed("the server refuses the handshake", target=WHERE), False),
    ],
    ids=["refused", "broke", "certificate", "alert"],
)
def test_only_a_broken_connection_is_tried_again(error: TransportError, lost: bool) -> None:
    assert is_lost(error) is lost


def test_what_one_connection_carried_is_lost_once() -> None:
    tally = ConnectionTally(together=60)
    tally.opened(WHERE)
    broke = ConnectionLost("the connection broke", target=WHERE, phase="read")
    assert [tally.lose(WHERE, broke, stood=True).lost for _ in range(8)] == [1] * 8
    assert tally.lose(WHERE, broke, stood=False).lost == 2


TITLE = f"GET https://{HOST}/users/me, put off by 429"
PUT_OFF = PutOff(TITLE, "1800")


def test_an_answer_429_explains_what_names_it_or_stumbles_over_it() -> None:
    heard = Incidents(put_off=[PUT_OFF])
    for failure in (
        AssertionError(f"wrong status: expected 200 — {TITLE}"),
        KeyError("items"),
        TypeError("None"),
    ):
        assert heard.put_off_in(failure) is PUT_OFF


def test_an_answer_429_explains_nothing_else() -> None:
    """A forged token that was let in is an accusation, whatever became of the next one."""
    heard = Incidents(put_off=[PUT_OFF])
    let_in = AssertionError(f"a forged token: observed 200, it is let in — GET https://{HOST}/users/me")
    refused = Refused("refused", target=WHERE, remedy="allow it")
    for failure in (let_in, refused, Blind("no browser", remedy="install one")):
        assert heard.put_off_in(failure) is None
    assert Incidents().put_off_in(KeyError("items")) is None


def test_whatever_a_page_shows_rests_on_its_answer_429() -> None:
    page = PutOff(f"https://{HOST}/users/me", "1800", is_of_a_page=True)
    assert (
        Incidents(put_off=[page]).put_off_in(AssertionError("playlist: expected one, observed none")) is page
    )


def test_a_handshake_refused_with_429_is_put_off() -> None:
    def refused(status: int) -> ProbeError:
        return HandshakeRefused("refused", target=WHERE, status=status, reason="")

    assert Incidents().put_off_in(refused(429)) is not None
    assert Incidents().put_off_in(refused(401)) is None


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("1800", "in 1800 s"),
        ("Mon, 30 Nov 2026 12:00:00 GMT", "after Mon, 30 Nov"),
        ("", "when the limit ends"),
    ],
    ids=["seconds", "a date", "not said"],
)
def test_the_remedy_says_when_to_come_again(after: str, words: str) -> None:
    assert f"run it again {words}" in PutOff(TITLE, after).blind().remedy


def test_what_prepares_checks_is_put_off_too() -> None:
    limited = answering(status="429 Too Many Requests", headers=("Retry-After: 90",))

    async def prepared() -> None:
        async with serving(limited) as port:
            probe = HttpProbe(access_to({f"{HOST}:80": (f"127.0.0.1:{port}",)}))
            answer = await probe.get(f"http://{HOST}/users/me")
            await probe.aclose()
            raise AssertionError(f"wrong status — {answer.title}")

    with pytest.raises(Blind) as blind:
        asyncio.run(unless_put_off(prepared()))  # type: ignore[arg-type]
    assert "in 90 s" in blind.value.remedy
