"""Answers that come before the request is complete: they count, and nothing is ever sent twice for them."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from rehearsal.lab.h2_serving import Answered, Answering, Asked, negotiated
from rehearsal.lab.serving import serving
from selftests.examples.probe_loopback import HOST, Pki, access_to

URL = f"https://{HOST}/search"

pytestmark = pytest.mark.usefixtures("writing")


def test_an_answer_that_comes_before_the_body_is_read_and_the_request_is_sent_once(trust: Pki) -> None:
    asked: list[str] = []

    def refusing(request: Asked) -> Answered:
        asked.append(request.path)
        return Answered(401, body=b"{}")

    async def early() -> int:
        async with _serving_both(refusing, trust) as port:
            probe = HttpProbe(access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots))
            try:
                return (await probe.post(URL, content=b"x" * 2_000_000, deadline=3.0)).status
            finally:
                await probe.aclose()

    assert asyncio.run(early()) == 401
    assert asked == ["/search"]


def test_a_body_that_is_refused_for_its_size_gets_its_answer(trust: Pki) -> None:
    seen = asyncio.run(_request(trust, "POST", content=b"x" * 200_000))
    assert (seen.status, seen.body) == (413, b"{}")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_carries_a_body_is_sent_over_http2_too(trust: Pki, method: str) -> None:
    assert asyncio.run(_request(trust, method)).http_version == "HTTP/2"


def test_nothing_with_a_body_follows_another_over_its_connection(trust: Pki) -> None:
    """A server may end the connection after an early answer, and say nothing of it."""
    opened: list[str] = []

    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append("connection")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def twice() -> list[int]:
        async with serving(refusing) as port:
            probe = HttpProbe(access_to({f"{HOST}:80": (f"127.0.0.1:{port}",)}, roots=trust.roots))
            try:
                return [(await probe.request("POST", f"http://{HOST}/search")).status for _ in range(2)]
            finally:
                await probe.aclose()

    assert asyncio.run(twice()) == [403, 403]
    assert len(opened) == 2


async def _request(trust: Pki, method: str, content: bytes | None = None) -> HttpObservation:
    async with _serving_both(lambda _: Answered(413, body=b"{}"), trust) as port:
        probe = HttpProbe(access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots))
        try:
            return await probe.request(method, URL, content=content, deadline=3.0)
        finally:
            await probe.aclose()


def _serving_both(answering: Answering, trust: Pki) -> AbstractAsyncContextManager[int]:
    context = trust.context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return serving(negotiated(answering), context)
