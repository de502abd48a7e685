"""The HTTP probe, against servers that behave and servers that do not."""

import asyncio
import gzip
import socket
import ssl
import time
from pathlib import Path

import pytest

from golive.net.address import Address
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    NameNotFound,
    ProbeError,
    ProtocolError,
    Refused,
    TlsFailed,
)
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.profile import Limit, Limits
from golive.profile.secrets import Secret
from rehearsal.lab.authority import root
from rehearsal.lab.serving import Handler, serving, silent
from selftests.examples.probe_loopback import (
    CANARY,
    HOST,
    Pki,
    access_to,
    answering,
    dripping,
    endless_body,
    endless_headers,
    garbage,
    hanging_up,
    server_context,
)

PLAIN = f"http://{HOST}/health"
SECURE = f"https://{HOST}/health"


async def fetch(
    handler: Handler,
    url: str = PLAIN,
    *,
    trust: Pki | None = None,
    context: ssl.SSLContext | None = None,
    **options: object,
) -> HttpObservation:
    async with serving(handler, context) as port:
        name = f"{HOST}:{443 if url.startswith('https') else 80}"
        probe = HttpProbe(access_to({name: (f"127.0.0.1:{port}",)}, roots=trust.roots if trust else None))
        try:
            return await probe.request(str(options.pop("method", "GET")), url, **options)  # type: ignore[arg-type]
        finally:
            await probe.aclose()


async def answering_late_by_the_suites_own_fault(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Blocks the loop that the probe runs on, too; then answers."""
    await reader.readuntil(b"\r\n\r\n")
    time.sleep(0.6)  # noqa: ASYNC251 - blocking is what is tested
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def test_an_answer_that_the_suite_itself_was_too_late_to_read_is_read():
    """The loop stood still for twice the deadline; the target answered as soon as it was let."""
    assert asyncio.run(fetch(answering_late_by_the_suites_own_fault, deadline=0.3)).status == 200


def test_an_answer_is_observed_whole() -> None:
    seen = asyncio.run(fetch(answering(b'{"status":"ok","n":1}')))
    assert (seen.status, seen.http_version, seen.json()) == (200, "HTTP/1.1", {"status": "ok", "n": 1})
    assert seen.address is not None
    assert seen.address.ip == "127.0.0.1"
    assert seen.timings.connect_ms is not None
    assert seen.timings.tls_ms is None
    assert 0 < seen.timings.first_byte_ms <= seen.elapsed_ms
    assert seen.facts()["body"] == {"status": "ok", "n": "number"}
    assert not seen.attempts


def test_tls_keeps_the_public_name_behind_a_mapped_address(trust: Pki) -> None:
    seen = asyncio.run(fetch(answering(), SECURE, trust=trust, context=trust.context()))
    assert seen.status == 200
    assert seen.timings.tls_ms is not None
    assert seen.target.startswith(f"{HOST}:443 [127.0.0.1:")


@pytest.mark.parametrize("handler", [silent, dripping], ids=["never answers", "a byte at a time"])
def test_a_deadline_is_hard(handler: Handler) -> None:
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"no complete answer within 0\.3 s") as failure:
        asyncio.run(fetch(handler, deadline=0.3))
    assert time.monotonic() - started < 1.0
    assert failure.value.target.startswith(f"{HOST}:80")


def test_endless_headers_are_cut_off() -> None:
    with pytest.raises(ProtocolError, match="not valid HTTP"):
        asyncio.run(fetch(endless_headers, deadline=2.0))


def test_an_endless_body_is_cut_off() -> None:
    with pytest.raises(ProtocolError, match="larger than 2097152 bytes"):
        asyncio.run(fetch(endless_body, deadline=3.0))


def test_a_compression_bomb_is_cut_off() -> None:
    bomb = gzip.compress(b"0" * 30_000_000)
    with pytest.raises(ProtocolError, match="larger than"):
        asyncio.run(fetch(answering(bomb, headers=("Content-Encoding: gzip",)), deadline=3.0))


def test_a_compressed_body_is_decoded() -> None:
    seen = asyncio.run(fetch(answering(gzip.compress(b'{"a":1}'), headers=("Content-Encoding: gzip",))))
    assert seen.json() == {"a": 1}


def test_garbage_is_named_and_never_quoted() -> None:
    with pytest.raises(ProtocolError, match="not valid HTTP") as failure:
        asyncio.run(fetch(garbage))
    assert CANARY not in str(failure.value)


def test_a_lost_connection_is_retried_once_and_recorded() -> None:
    requests = 0

    async def second_time_lucky(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await (hanging_up if requests == 1 else answering())(reader, writer)

    seen = asyncio.run(fetch(second_time_lucky))
    assert [attempt.error for attempt in seen.attempts] == ["ConnectionLost"]
    assert "failed attempts" in seen.facts()


@pytest.mark.usefixtures("writing")
def test_a_post_is_never_sent_twice() -> None:
    requests = 0

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await hanging_up(reader, writer)

    with pytest.raises(ConnectionLost):
        asyncio.run(fetch(counting, method="POST", json={"a": 1}))
    assert requests == 1


def test_a_refused_connection_names_every_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def attempt() -> None:
            probe = HttpProbe(access_to({f"{HOST}:80": (f"127.0.0.1:{port}", f"127.0.0.2:{port}")}))
            try:
                await probe.get(PLAIN)
            finally:
                await probe.aclose()

        with pytest.raises(ConnectFailed, match="connection refused") as failure:
            asyncio.run(attempt())
    assert f"[127.0.0.1:{port}]" in str(failure.value)
    assert f"[127.0.0.2:{port}]" in str(failure.value)


def test_a_name_that_does_not_exist_is_said_so() -> None:
    async def attempt() -> None:
        probe = HttpProbe(access_to({}, hosts=("nowhere.invalid",), deadline=2.0))
        await probe.get("http://nowhere.invalid/")

    with pytest.raises(ProbeError) as failure:
        asyncio.run(attempt())
    assert isinstance(failure.value, NameNotFound | DeadlineExceeded)


def test_the_next_address_is_tried_and_one_can_be_pinned() -> None:
    async def attempt() -> tuple[HttpObservation, HttpObservation]:
        async with serving(answering(b'{"n":1}')) as one, serving(answering(b'{"n":2}')) as two:
            probe = HttpProbe(
                access_to({f"{HOST}:80": ("127.0.0.1:1", f"127.0.0.1:{one}", f"127.0.0.1:{two}")})
            )
            try:
                return await probe.get(PLAIN), await probe.get(PLAIN, address=Address("127.0.0.1", two))
            finally:
                await probe.aclose()

    first, pinned = asyncio.run(attempt())
    assert (first.json(), pinned.json()) == ({"n": 1}, {"n": 2})


@pytest.mark.parametrize(
    ("words", "options", "trusted"),
    [
        ("hostname does not match", {"host": "other.audotics.test"}, True),
        ("certificate expired", {"expired": True}, True),
        ("issuer unknown or intermediate missing", {"sends": False}, True),
        ("issuer unknown", {}, False),
    ],
    ids=["wrong host", "expired", "intermediate missing", "untrusted"],
)
def test_certificates_are_verified_and_refusals_said_in_words(
    tmp_path: Path, trust: Pki, words: str, options: dict[str, object], trusted: bool
) -> None:
    from datetime import timedelta

    issuer = trust.intermediate if trusted else root("Stranger")
    context = server_context(
        tmp_path,
        issuer,
        str(options.get("host", HOST)),
        starts_in=timedelta(days=-9 if options.get("expired") else -1),
        lifetime=timedelta(days=3),
        sent=(issuer,) if options.get("sends", True) else (),
    )

    with pytest.raises(TlsFailed, match=words):
        asyncio.run(fetch(answering(), SECURE, trust=trust, context=context))


def test_garbage_instead_of_tls_is_said_so(trust: Pki) -> None:
    with pytest.raises(TlsFailed, match="does not speak TLS"):
        asyncio.run(fetch(garbage, SECURE, trust=trust))


def test_a_server_that_demands_a_client_certificate_is_a_failed_transport(trust: Pki) -> None:
    context = trust.context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(trust.roots)

    with pytest.raises((TlsFailed, ConnectionLost)):  # the alert races with the connection's end
        asyncio.run(fetch(answering(), SECURE, trust=trust, context=context))


def test_redirects_are_observed_and_not_followed() -> None:
    requests = 0

    async def looping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await answering(b"", status="302 Found", headers=(f"Location: {PLAIN}?token={CANARY}",))(
            reader, writer
        )

    seen = asyncio.run(fetch(looping))
    assert (seen.status, requests) == (302, 1)
    assert CANARY not in repr(seen.facts())


def test_cookies_are_observed_and_never_kept() -> None:
    received: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            received.append(await reader.readuntil(b"\r\n\r\n"))
            cookie = f"Set-Cookie: sid={CANARY}; Path=/; Secure; SameSite=None"
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{cookie}\r\n\r\n".encode())

    async def attempt() -> HttpObservation:
        async with serving(handle) as port:
            probe = HttpProbe(access_to({f"{HOST}:80": (f"127.0.0.1:{port}",)}))
            try:
                await probe.get(PLAIN)
                return await probe.get(PLAIN)
            finally:
                await probe.aclose()

    seen = asyncio.run(attempt())
    assert b"cookie" not in received[1].lower()
    (cookie,) = seen.cookies()
    assert (cookie.name, cookie.value.reveal(), cookie.has("secure"), cookie.attribute("samesite")) == (
        "sid",
        CANARY,
        True,
        "None",
    )
    assert seen.facts()["headers"]["set-cookie"].startswith("sid=***; Path=/; Secure")  # type: ignore[index,union-attr,call-overload]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[NaN]", b"\xff", b"[" * 100_000], ids=["empty", "cut", "NaN", "not UTF-8", "deep"]
)
def test_a_body_that_is_no_json_is_a_protocol_error(body: bytes) -> None:
    seen = asyncio.run(fetch(answering(body)))
    with pytest.raises(ProtocolError, match="the body is"):
        seen.json()
    seen.facts()


@pytest.mark.usefixtures("writing")
def test_the_canary_never_shows() -> None:
    echo = f'{{"accessToken":"{CANARY}","message":"you sent {CANARY}","nested":[{{"password":"{CANARY}"}}]}}'
    headers = (
        "Content-Type: application/json",
        f"Authorization: Bearer {CANARY}",
        f"X-Token: {CANARY}",
        f"ETag: {CANARY}",
        f"Set-Cookie: sid={CANARY}; Secure",
        f"Location: https://{HOST}/?code={CANARY}&state={CANARY}",
    )
    seen = asyncio.run(
        fetch(
            answering(echo.encode(), headers=headers),
            f"{PLAIN}?access_token={CANARY}",
            method="POST",
            json={"password": CANARY, "email": Secret(CANARY)},
            token=Secret(CANARY),
            cookies={"sid": CANARY},
            headers={"X-Api-Key": CANARY},
        )
    )
    shown = repr((seen.facts(), seen.title, seen.target, seen, str(seen)))
    assert CANARY not in shown
    assert CANARY in seen.url


def test_the_canary_never_shows_in_errors() -> None:
    for handler in (garbage, silent, hanging_up):
        with pytest.raises(ProbeError) as failure:
            asyncio.run(fetch(handler, f"{PLAIN}?token={CANARY}", token=CANARY, headers={"X-Key": CANARY}))
        assert CANARY not in str(failure.value)
        assert CANARY not in repr(failure.value)


def test_a_reading_check_cannot_post() -> None:
    with pytest.raises(Refused, match="declares effect 'read'"):
        asyncio.run(fetch(answering(), method="POST", json={}))


def test_the_hosts_limits_hold_across_checks() -> None:
    current = highest = 0

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal current, highest
        while True:
            await reader.readuntil(b"\r\n\r\n")
            current += 1
            highest = max(highest, current)
            await asyncio.sleep(0.02)
            current -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def attempt(limit: Limit, requests: int) -> float:
        async with serving(slow) as port:
            probe = HttpProbe(
                access_to({f"{HOST}:80": (f"127.0.0.1:{port}",)}, limits=Limits(default=limit), deadline=2)
            )
            started = time.monotonic()
            await asyncio.gather(*(probe.get(PLAIN) for _ in range(requests)))
            await probe.aclose()
            return time.monotonic() - started

    asyncio.run(attempt(Limit(connections=3, requests_per_second=1000), 20))
    assert highest == 3
    assert asyncio.run(attempt(Limit(connections=16, requests_per_second=5), 8)) >= 1.0
