"""HTTP/1.1 servers that end connections, or answer, at the wrong moment: what is repeated, what accuses."""

import asyncio
from collections.abc import Iterator

import pytest

from golive.net.errors import ConnectionLost, DeadlineExceeded
from golive.net.http import HttpProbe
from golive.net.incidents import Incidents, current_incidents
from selftests.examples.transport_peers import OK, PLAIN, Heard, Http1Script, client, http1

pytestmark = pytest.mark.usefixtures("writing")


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
    script: Http1Script,
    heard: Heard,
    *methods: str,
    pause: float = 0.05,
    reads_bodies: bool = True,
    deadline: float = 5.0,
    **options: object,
) -> list[int | str]:
    """Send requests one after the other; return their statuses, or the name of what was raised."""

    async def run() -> list[int | str]:
        found: list[int | str] = []
        handler = http1(script, heard, reads_bodies=reads_bodies)
        async with client(handler, deadline=deadline) as (probe, _):
            for method in methods:
                found.append(await _status(probe, method, options))
                await asyncio.sleep(pause)
        return found

    return asyncio.run(run())


async def _status(probe: HttpProbe, method: str, options: dict[str, object]) -> int | str:
    try:
        return (await probe.request(method, PLAIN, **options)).status  # type: ignore[arg-type]
    except ConnectionLost as error:
        return type(error).__name__


def says(answer: bytes, *, keeps: bool = True) -> Http1Script:
    async def script(_c: int, _n: int, _r: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer)
        return keeps

    return script


def test_a_server_that_ends_each_connection_without_a_word_is_asked_again_and_lost_nothing(
    heard: Heard, incidents: Incidents
) -> None:
    assert ask(says(OK, keeps=False), heard, "GET", "POST", "GET", "DELETE") == [200] * 4
    assert (heard.connections, heard.methods) == (4, ["GET", "POST", "GET", "DELETE"])
    assert not incidents.retries


def test_a_server_that_ends_a_kept_connection_as_it_is_used_again_loses_nothing(
    heard: Heard, incidents: Incidents
) -> None:
    """It may: the request has no effect, and a browser sends it again (RFC 9110, 9.2.2)."""

    async def once(_c: int, number: int, _r: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if number == 1:
            writer.write(OK)
        return number == 1

    assert ask(once, heard, "GET", "GET") == [200, 200]
    assert heard.requests == [(1, "GET"), (1, "GET"), (2, "GET")]
    assert not incidents.retries


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_has_an_effect_never_follows_another_over_http1(heard: Heard, method: str) -> None:
    """Whether it met the end of a kept connection or was done, nobody could tell."""
    assert ask(says(OK), heard, "GET", method, method) == [200] * 3
    assert [connection for connection, _ in heard.requests] == [1, 2, 3]


def test_what_only_reads_follows_what_has_an_effect(heard: Heard) -> None:
    assert ask(says(OK), heard, "POST", "GET", "GET") == [200] * 3
    assert heard.connections == 1


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Enc",
        b"",
    ],
    ids=["after the head", "within the body", "within a chunk", "within the head", "before a word"],
)
def test_an_answer_that_is_cut_off_each_time_accuses(heard: Heard, cut: bytes, incidents: Incidents) -> None:
    assert ask(says(cut, keeps=False), heard, "GET") == ["ConnectionLost"]
    assert heard.methods == ["GET", "GET"]
    assert len(incidents.retries) == 1
    heard.requests.clear()
    assert ask(says(cut, keeps=False), heard, "POST") == ["ConnectionLost"]
    assert heard.methods == ["POST"]


def test_an_answer_408_on_an_idle_connection_is_nobodys(heard: Heard) -> None:
    async def impatient(_c: int, _n: int, _r: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(OK)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return False

    assert ask(impatient, heard, "GET", "GET", pause=0.2) == [200, 200]
    assert heard.connections == 2


def test_an_answer_408_to_a_request_on_a_kept_connection_is_that_connections(heard: Heard) -> None:
    """RFC 9110, 15.5.9: the client may repeat the request on a new connection."""

    async def late(connection: int, number: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        timed_out = connection == 1 and number == 2
        writer.write(
            b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            if timed_out
            else OK
        )
        return not timed_out

    assert ask(late, heard, "GET", "GET") == [200, 200]
    assert heard.requests == [(1, "GET"), (1, "GET"), (2, "GET")]


def test_an_answer_408_on_a_connection_of_its_own_is_the_answer(heard: Heard) -> None:
    timed_out = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert ask(says(timed_out, keeps=False), heard, "POST") == [408]
    assert heard.methods == ["POST"]


@pytest.mark.parametrize("announces", [b"Connection: close\r\n", b""], ids=["announced", "unannounced"])
def test_an_early_413_is_read_and_the_request_is_sent_once(heard: Heard, announces: bytes) -> None:
    refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n" + announces + b"\r\n"
    sent = ask(says(refusal, keeps=False), heard, "POST", reads_bodies=False, content=b"x" * 5_000_000)
    assert sent == [413]
    assert heard.methods == ["POST"]


def test_connection_close_is_kept_to(heard: Heard, incidents: Incidents) -> None:
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    assert ask(says(closing), heard, "GET", "GET", pause=0) == [200, 200]
    assert heard.connections == 2
    assert not incidents.retries


@pytest.mark.parametrize(
    ("said", "connections"), [(b"timeout=1", 2), (b"timeout=0", 2), (b"timeout=5, max=99", 1), (b"x", 1)]
)
def test_an_announced_end_of_idleness_is_kept_to(heard: Heard, said: bytes, connections: int) -> None:
    answer = b"HTTP/1.1 200 OK\r\nKeep-Alive: " + said + b"\r\nContent-Length: 2\r\n\r\n{}"
    assert ask(says(answer), heard, "GET", "GET", pause=0.6) == [200, 200]
    assert heard.connections == connections


@pytest.mark.parametrize(("answer", "seen"), [(b"HTTP/1.1 200 OK\r\n\r\n{}", 200), (b"", "ConnectionLost")])
def test_a_connection_that_is_closed_in_one_direction_ends_the_answer(
    heard: Heard, answer: bytes, seen: int | str
) -> None:
    async def half(_c: int, _n: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer)
        writer.write_eof()
        await reader.read()
        return False

    assert ask(half, heard, "GET") == [seen]


def test_a_trickle_is_ended_by_the_deadline(heard: Heard) -> None:
    async def trickling(_c: int, _n: int, _r: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.02)

    with pytest.raises(DeadlineExceeded, match=r"within 0\.3 s \(read\)"):
        ask(trickling, heard, "GET", deadline=0.3)


def test_what_comes_beyond_the_declared_length_is_never_the_next_answer(heard: Heard) -> None:
    smuggled = OK + b"HTTP/1.1 500 Poison\r\nContent-Length: 0\r\n\r\n"

    async def both(connection: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        writer.write(smuggled if connection == 1 else OK)
        return True

    assert ask(both, heard, "GET", "GET", pause=0) == [200, 200]
    assert heard.connections == 2


def test_http_1_0_is_read_to_the_end_of_its_connection(heard: Heard) -> None:
    async def run() -> tuple[str, bytes]:
        async with client(http1(says(b"HTTP/1.0 200 OK\r\n\r\nold", keeps=False), heard)) as (probe, _):
            await probe.get(PLAIN)
            seen = await probe.get(PLAIN)
            return seen.http_version, seen.body

    assert asyncio.run(run()) == ("HTTP/1.0", b"old")
    assert heard.connections == 2


@pytest.mark.parametrize("interim", [b"100 Continue", b"103 Early Hints"])
def test_interim_answers_are_not_the_answer_nor_its_first_byte(heard: Heard, interim: bytes) -> None:
    async def hinting(_c: int, _n: int, _r: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 " + interim + b"\r\nLink: </a.css>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.write(OK)
        return True

    async def run() -> tuple[int, float]:
        async with client(http1(hinting, heard)) as (probe, _):
            seen = await probe.post(PLAIN, content=b"{}")
            return seen.status, seen.timings.first_byte_ms

    status, first_byte_ms = asyncio.run(run())
    assert status == 200
    assert first_byte_ms >= 190
