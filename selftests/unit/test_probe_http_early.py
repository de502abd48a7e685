"""Answers that come before the request is complete: they count, over HTTP/2 as over HTTP/1.1."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from golive.probes.http import HttpProbe
from golive.probes.http_observation import HttpObservation
from golive.probes.http_transport import GuardedTransport
from rehearsal.lab.h2_serving import Answered, negotiated
from rehearsal.lab.serving import serving
from selftests.unit.probe_loopback import HOST, Pki, access_to

URL = f"https://{HOST}/search"

pytestmark = pytest.mark.usefixtures("writing")


class Slowly(httpx.AsyncByteStream):
    """A body that is sent only after the server has answered."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await asyncio.sleep(0.2)
        yield b"{}"


async def refused_while_sending(trust: Pki) -> tuple[int, bytes]:
    """What a POST is answered that is refused by its headers, while others share its connection."""
    async with serving(negotiated(lambda _: Answered(401, body=b"{}")), over_http2(trust)) as port:
        transport = GuardedTransport(access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots))

        async def send(request: httpx.Request) -> httpx.Response:
            answer = await transport.handle_async_request(request)
            await answer.aread()
            return answer

        slow = httpx.Request("POST", URL, headers={"host": HOST, "content-length": "2"}, stream=Slowly())
        sending = asyncio.create_task(send(slow))
        # Whoever shares the connection reads from it, and so learns that the stream was closed.
        while not sending.done():
            assert (await send(httpx.Request("GET", URL))).extensions["http_version"] == b"HTTP/2"
        await transport.aclose()
    answer = await sending
    return answer.status_code, answer.extensions["http_version"]


def over_http2(trust: Pki) -> ssl.SSLContext:
    context = trust.context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def test_a_stream_that_is_closed_while_the_request_is_sent_is_asked_again(trust: Pki) -> None:
    assert asyncio.run(refused_while_sending(trust)) == (401, b"HTTP/1.1")


def test_a_body_that_is_refused_for_its_size_gets_its_answer(trust: Pki) -> None:
    async def refused() -> HttpObservation:
        async with serving(negotiated(lambda _: Answered(413, body=b"{}")), over_http2(trust)) as port:
            access = access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots)
            probe = HttpProbe(access)
            try:
                return await probe.request("POST", URL, content=b"x" * 200_000, deadline=3.0)
            finally:
                await probe.aclose()

    seen = asyncio.run(refused())
    assert (seen.status, seen.body) == (413, b"{}")
