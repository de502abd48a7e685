"""Every probe against every hostile peer: a typed error in time, in bounded memory, that counts as failed."""

import asyncio
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from golive.core.outcome import Blind, Outcome
from golive.dns.probe import DnsProbe
from golive.dns.profile import Nameserver
from golive.net.access import Access
from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ProbeError, TlsFailed
from golive.net.http import HttpProbe
from golive.net.tls.context import TlsContexts
from golive.plugin.reporting.outcomes import judge
from golive.profile.profile import Network, Trust
from golive.realtime.probe_socketio import SocketIoProbe
from golive.realtime.probe_websocket import WebSocketProbe
from golive.tls.hello import TLS12, Offer
from golive.tls.probe import TlsProbe
from golive.tls.probe_hello import HelloProbe
from golive.tls.suites import AEAD_ECDHE
from rehearsal.lab.authority import HOST
from rehearsal.lab.certificate_hosts import Lab
from rehearsal.lab.dns_hostile import LIES, lying
from rehearsal.lab.hostile import INSTEAD_OF_TLS, OVER_TLS, long_chain
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import access_to

DEADLINE = 0.6
SLACK = 3.0
MOST_BYTES = 32 * 1024 * 1024
URL = f"https://{HOST}"
LAB = Lab()
SECURE = LAB.healthy()

Look = Callable[[Access], Awaitable[object]]


async def http(access: Access) -> object:
    probe = HttpProbe(access)
    try:
        return await probe.get(f"{URL}/")
    finally:
        await probe.aclose()


async def web_socket(access: Access) -> object:
    async with await WebSocketProbe(access).open(URL.replace("https", "wss")) as socket:
        return await socket.receive(deadline=DEADLINE)


async def engine_io(access: Access) -> object:
    return await WebSocketProbe(access).engine_io(URL)


async def socket_io(access: Access) -> object:
    return await SocketIoProbe(access, URL).connect(None)


async def socket_io_without_polling(access: Access) -> object:
    return await SocketIoProbe(access, URL).connect(None, transports=("websocket",))


async def tls(access: Access) -> object:
    return await TlsProbe(access.book, access.contexts, deadline=DEADLINE).observe(HOST)


async def tls_versions(access: Access) -> object:
    seen = await TlsProbe(access.book, access.contexts, deadline=DEADLINE).accepts(HOST, 443, "TLSv1.2")
    if not seen.accepted:  # a handshake that breaks is a refusal, and a refusal is no error of its own
        raise TlsFailed(seen.refusal, target=seen.target)
    return seen


async def hello(access: Access) -> object:
    (address,) = await access.book.resolve(HOST, 443)
    offer = Offer(TLS12, AEAD_ECDHE, server_name=HOST)
    return await HelloProbe(deadline=DEADLINE).offer(HOST, 443, address, offer)


APPLICATIONS: dict[str, Look] = {
    "http": http,
    "websocket": web_socket,
    "engine.io": engine_io,
    "socket.io": socket_io,
    "socket.io, WebSocket alone": socket_io_without_polling,
}
EVERY: dict[str, Look] = {**APPLICATIONS, "tls": tls, "tls versions": tls_versions, "own hello": hello}


def failure_of(look: Look, folder: Path, handler: Handler, context: object) -> ProbeError:
    """What the look ended with; its time and memory are held to their bounds."""
    roots = folder / "roots.pem"
    roots.write_bytes(SECURE.trusted.certificate.public_bytes(Encoding.PEM))

    async def attempt() -> None:
        async with serving(handler, context) as port:  # type: ignore[arg-type]
            places = {f"{HOST}:443": (f"127.0.0.1:{port}",)}
            access = access_to(places, roots=roots, hosts=(HOST,), deadline=DEADLINE)
            await look(access)

    tracemalloc.start()
    began = time.perf_counter()
    try:
        with pytest.raises(ProbeError) as caught:
            asyncio.run(attempt())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # An attempt that is repeated, and a goodbye, have deadlines of their own.
    assert time.perf_counter() - began < 3 * DEADLINE + SLACK
    assert peak < MOST_BYTES, f"{peak} bytes"
    return caught.value


PAIRS = [
    (name, peer)
    for name in sorted(APPLICATIONS)
    for peer in sorted(OVER_TLS)
    # To a plain request that peer's answer is a whole one, with another status.
    if (name, peer) != ("http", "a message of 10 GB")
]


@pytest.mark.parametrize(("name", "peer"), PAIRS)
def test_a_hostile_answer_is_a_failure_in_time_and_memory(name: str, peer: str, tmp_path: Path) -> None:
    error = failure_of(APPLICATIONS[name], tmp_path, OVER_TLS[peer], SECURE.context(tmp_path))
    assert error.target
    assert judge(error, in_setup=False).outcome is Outcome.FAILED


@pytest.mark.parametrize("peer", sorted(INSTEAD_OF_TLS))
@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_hostile_handshake_is_a_failure_in_time_and_memory(name: str, peer: str, tmp_path: Path) -> None:
    error = failure_of(EVERY[name], tmp_path, INSTEAD_OF_TLS[peer], None)
    assert HOST in error.target
    assert judge(error, in_setup=False).outcome is Outcome.FAILED


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_chain_of_1000_certificates_is_a_failure_in_time_and_memory(name: str, tmp_path: Path) -> None:
    context = long_chain(SECURE.leaf, tmp_path)
    error = failure_of(EVERY[name], tmp_path, OVER_TLS["never answers"], context)
    assert judge(error, in_setup=False).outcome is Outcome.FAILED


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_resolver_that_lies_leaves_the_suite_blind(lie: str) -> None:
    """A resolver is the suite's own: that it lies says nothing of the target."""

    async def attempt() -> None:
        async with lying(LIES[lie]) as port:
            network = Network.model_validate(
                {"resolver": f"127.0.0.1:{port}", "connect_deadline": f"{DEADLINE * 1000:.0f} ms"}
            )
            await TlsProbe(AddressBook(network), TlsContexts(Trust())).observe("liar.test")

    began = time.perf_counter()
    with pytest.raises((Blind, ProbeError)):
        asyncio.run(attempt())
    assert time.perf_counter() - began < 3 * DEADLINE + SLACK


def test_a_server_of_the_zone_that_is_not_there_meets_the_deadline() -> None:
    async def attempt() -> None:
        silent = Address("127.0.0.1", 9)
        server = Nameserver(name="silent", address=str(silent))
        await DnsProbe(AddressBook(Network()), deadline=DEADLINE).query(server, "lab.test", "A")

    began = time.perf_counter()
    with pytest.raises(ProbeError) as caught:
        asyncio.run(attempt())
    assert judge(caught.value, in_setup=False).outcome is Outcome.FAILED
    assert time.perf_counter() - began < DEADLINE + SLACK
