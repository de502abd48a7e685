"""Whatever moment a check is cancelled at, its connection and its place among them are given back."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from golive.core.outcome import Blind
from golive.net.access import Access
from golive.net.errors import ProbeError
from golive.net.limits import HostLimits
from golive.profile.profile import Limit, Limits
from golive.realtime.probe_websocket import WebSocketProbe
from rehearsal.lab.serving import Handler, silent
from selftests.examples.probe_loopback import HOST, Pki, hanging_up
from selftests.examples.transport_peers import OK, PLAIN, SECURE, Heard, answers, client, http1, http2, in_use

pytestmark = pytest.mark.usefixtures("writing")

STEPS = 40
"""Turns of the event loop, which a request on loopback takes at most."""


async def _slowly(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
    for byte in OK:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    return True


def over(kind: str, trust: Pki) -> tuple[Handler, str, Pki | None, tuple[str, ...]]:
    heard = Heard()
    if kind == "HTTP/2":
        return http2(answers, heard), SECURE, trust, ("h2",)
    secure = kind == "HTTP/1.1 over TLS"
    return http1(_slowly, heard), SECURE if secure else PLAIN, trust if secure else None, ("http/1.1",)


@pytest.mark.parametrize("kind", ["HTTP/1.1", "HTTP/1.1 over TLS", "HTTP/2"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_is_cancelled_at_any_moment_leaves_nothing_behind(
    trust: Pki, kind: str, method: str
) -> None:
    """With one connection allowed, anything that is not given back blocks the next request."""

    async def run() -> None:
        handler, url, trusted, protocols = over(kind, trust)
        body = b"x" * 200_000 if method == "POST" else None
        for turns in range(STEPS):
            async with client(handler, trusted, protocols=protocols, connections=1) as (probe, access):
                for round_ in range(2):
                    task = asyncio.create_task(probe.request(method, url, content=body))
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    # A connection in the making ends in its own turn.
                    await _until(lambda: in_use(access) == 0)
                    assert (await probe.request(method, url, content=body, deadline=3.0)).status == 200, (
                        turns,
                        round_,
                    )
                assert in_use(access) == 0

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("cancelled", [range(1), range(5), range(3, 7), range(9)])
def test_those_who_wait_go_on_when_others_are_cancelled(trust: Pki, kind: str, cancelled: range) -> None:
    """The one that makes the connection which all wait for may be among them."""

    async def run() -> None:
        handler, url, trusted, protocols = over(kind, trust)
        for turns in range(0, STEPS, 3):
            async with client(handler, trusted, protocols=protocols, connections=1) as (probe, access):
                tasks = [asyncio.create_task(probe.get(url)) for _ in range(10)]
                for _ in range(turns):
                    await asyncio.sleep(0)
                for number in cancelled:
                    tasks[number].cancel()
                found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
                left = [seen for number, seen in enumerate(found) if number not in cancelled]
                assert {getattr(seen, "status", seen) for seen in left} == {200}
                await _until(lambda: in_use(access) == 0)

    asyncio.run(run())


@pytest.mark.parametrize("secure", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_a_request_may_come_at_any_moment_of_anothers_connection(trust: Pki, secure: bool) -> None:
    """A loop that never lets go holds every check; the alarm ends the test where the loop cannot."""

    async def run() -> None:
        handler, url, trusted, protocols = over("HTTP/2" if secure else "HTTP/1.1 over TLS", trust)
        for turns in range(STEPS):
            async with client(handler, trusted, protocols=protocols, connections=3) as (probe, _):
                tasks = []
                for _ in range(4):
                    tasks.append(asyncio.create_task(probe.get(url)))
                    for _ in range(turns):
                        await asyncio.sleep(0)
                assert {seen.status for seen in await asyncio.gather(*tasks)} == {200}

    def ring(_signal: int, _frame: object) -> None:
        raise AssertionError("the event loop stood still")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(100)
    try:
        asyncio.run(run())
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("handler", [silent, hanging_up], ids=["silent", "hanging up"])
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_a_failure_gives_back_what_it_held(trust: Pki, handler: Handler, secure: bool) -> None:
    async def run() -> None:
        trusted, url = (trust, SECURE) if secure else (None, PLAIN)
        async with client(handler, trusted, connections=2, deadline=0.2) as (probe, access):
            for method in ("GET", "POST"):
                with pytest.raises(ProbeError):
                    await probe.request(method, url)
            await _until(lambda: in_use(access) == 0)

    asyncio.run(run())


def test_a_websocket_that_is_cancelled_in_its_handshake_gives_back_its_connection() -> None:
    async def run() -> None:
        for turns in range(25):
            async with client(silent, connections=1) as (_, access):
                task = asyncio.create_task(WebSocketProbe(access).open(PLAIN))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await _until(lambda: in_use(access) == 0)

    asyncio.run(run())


def test_sockets_that_stand_and_requests_share_one_limit(trust: Pki) -> None:
    """One connection is left to requests, for who holds sockets may need an answer before they let go."""

    async def run() -> None:
        heard = Heard()
        async with client(http2(answers, heard), trust, connections=3) as (probe, access):
            await probe.get(SECURE)
            async with _standing(access, 2):
                third = asyncio.create_task(_standing(access, 1).__aenter__())
                await asyncio.sleep(0.05)
                assert not third.done()
                assert (await probe.post(SECURE, content=b"{}")).status == 200
                assert not third.done()
            await asyncio.wait_for(third, 1)
            assert heard.connections == 1

    asyncio.run(run())


@pytest.mark.parametrize("moment", range(6))
def test_waiting_for_a_connection_can_be_cancelled_at_any_moment(moment: int) -> None:
    async def run() -> None:
        limits = HostLimits(Limits(default=Limit(connections=1)))
        order: list[int] = []

        async def hold(number: int) -> None:
            async with limits.connection(HOST):
                order.append(number)
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(hold(number)) for number in range(6)]
        for _ in range(moment):
            await asyncio.sleep(0)
        tasks[2].cancel()
        tasks[4].cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert [number for number in order if number not in (2, 4)] == [0, 1, 3, 5]
        assert limits.slots(HOST).in_use == 0

    asyncio.run(run())


def test_a_limit_that_leaves_nothing_free_is_the_suites_own() -> None:
    async def run() -> None:
        limits = HostLimits(Limits(default=Limit(connections=1)), patience=0.05)
        async with limits.connection(HOST):
            with pytest.raises(Blind, match="the suite's own limit"):
                async with limits.connection(HOST):
                    pass
        async with limits.connection(HOST):
            pass

    asyncio.run(run())


@asynccontextmanager
async def _standing(access: Access, count: int) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(access.limits.connection(HOST))
        yield


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not is_so():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)
