"""The DNS probe, against a small authoritative server."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from golive.dns.observation_answer import DnsObservation
from golive.dns.probe import DnsProbe
from golive.dns.profile import Nameserver
from golive.net.addresses import AddressBook
from golive.net.errors import DeadlineExceeded, ProtocolError, TransportError
from golive.profile.profile import Network

Answer = Callable[[dns.message.Message], bytes]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._answer(dns.message.from_wire(data))
        if reply:
            self._transport.sendto(reply, addr)


@asynccontextmanager
async def name_server(by_udp: Answer, by_tcp: Answer | None = None) -> AsyncIterator[Nameserver]:
    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        reply = (by_tcp or by_udp)(dns.message.from_wire(question))
        writer.write(len(reply).to_bytes(2, "big") + reply)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(over_tcp, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Server(by_udp), local_addr=("127.0.0.1", port)
    )
    try:
        yield Nameserver(name="ns1.audotics.test", address=f"127.0.0.1:{port}")
    finally:
        transport.close()
        server.close()


def zone(*records: str, authoritative: bool = True, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> Answer:
    def answer(question: dns.message.Message) -> bytes:
        reply = dns.message.make_response(question)
        reply.set_rcode(rcode)
        if authoritative:
            reply.flags |= dns.flags.AA
        for record in records:
            name, kind, *values = record.split("|")
            reply.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *values))
        return reply.to_wire()

    return answer


def ask(answer: Answer, kind: str, tcp: Answer | None = None, deadline: float = 0.4) -> DnsObservation:
    async def attempt() -> DnsObservation:
        async with name_server(answer, tcp) as server:
            return await DnsProbe(AddressBook(Network()), deadline=deadline).query(
                server, "Audotics.test", kind
            )

    return asyncio.run(attempt())


def test_addresses_are_sorted_and_authority_is_seen() -> None:
    seen = ask(zone("audotics.test.|A|192.0.2.9|192.0.2.1"), "A")
    assert (seen.values, seen.authoritative, seen.rcode, seen.ttl) == (
        ("192.0.2.1", "192.0.2.9"),
        True,
        "NOERROR",
        300,
    )
    assert (seen.name, seen.transport) == ("audotics.test", "udp")
    assert seen.facts()["values"] == ["192.0.2.1", "192.0.2.9"]


@pytest.mark.parametrize(
    ("record", "kind", "value"),
    [
        ("audotics.test.|MX|10 Mail.Audotics.test.", "MX", "10 mail.audotics.test"),
        ('audotics.test.|TXT|"v=spf1 " "-all"', "TXT", "v=spf1 -all"),
        ('audotics.test.|CAA|0 issue "letsencrypt.org"', "CAA", '0 issue "letsencrypt.org"'),
    ],
)
def test_values_are_normal(record: str, kind: str, value: str) -> None:
    assert ask(zone(record), kind).values == (value,)


def test_a_serial_and_an_alias_are_read() -> None:
    assert ask(zone("audotics.test.|SOA|ns1. admin. 2026112201 1 1 1 1"), "SOA").serial == 2026112201
    seen = ask(zone("audotics.test.|CNAME|edge.audotics.test."), "A")
    assert (seen.values, seen.aliases, seen.serial) == ((), ("edge.audotics.test",), None)


def test_a_refusal_and_missing_authority_are_observations() -> None:
    seen = ask(zone(authoritative=False, rcode=dns.rcode.REFUSED), "A")
    assert (seen.rcode, seen.authoritative, seen.values, seen.ttl) == ("REFUSED", False, (), None)


def test_a_truncated_answer_is_asked_for_over_tcp() -> None:
    def truncated(question: dns.message.Message) -> bytes:
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    seen = ask(truncated, "A", tcp=zone("audotics.test.|A|192.0.2.1"))
    assert (seen.transport, seen.values) == ("tcp", ("192.0.2.1",))


def test_silence_meets_the_deadline() -> None:
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"no answer within 0\.2 s — ns1\.audotics\.test"):
        ask(lambda _: b"", "A", deadline=0.2)
    assert time.monotonic() - started < 1


def test_garbage_is_a_protocol_error() -> None:
    with pytest.raises(ProtocolError, match="not a DNS message"):
        ask(lambda question: question.id.to_bytes(2, "big") + b"\xff" * 30, "A")


def test_a_dead_server_leaves_the_answers_of_the_others() -> None:
    async def ask(*, all_dead: bool) -> tuple[DnsObservation, ...]:
        async with name_server(zone("audotics.test.|A|192.0.2.1")) as alive:
            dead = Nameserver(name="ns2.audotics.test", address="127.0.0.1:9")
            servers = (dead, dead) if all_dead else (dead, alive)
            probe = DnsProbe(AddressBook(Network()), deadline=0.5)
            return await probe.query_each(servers, "audotics.test", "A")

    (answer,) = asyncio.run(ask(all_dead=False))
    assert answer.values == ("192.0.2.1",)
    with pytest.raises(TransportError):
        asyncio.run(ask(all_dead=True))


def test_a_server_that_answers_nonsense_is_no_dead_server() -> None:
    async def ask() -> None:
        async with (
            name_server(zone("audotics.test.|A|192.0.2.1")) as alive,
            name_server(lambda question: question.to_wire()[:2] + b"\x84\x00\x00\x01\xff\xff") as liar,
        ):
            probe = DnsProbe(AddressBook(Network()), deadline=0.5)
            await probe.query_each((alive, liar), "audotics.test", "A")

    with pytest.raises(ProtocolError):
        asyncio.run(ask())


def test_a_server_that_loses_a_further_question_is_still_judged_by_its_first_answer() -> None:
    asked = 0
    known = zone("audotics.test.|A|192.0.2.1")

    def once(question: dns.message.Message) -> bytes:
        nonlocal asked
        asked += 1
        return known(question) if asked == 1 else b""

    async def look() -> tuple[DnsObservation, ...]:
        async with name_server(once) as lossy, name_server(zone("audotics.test.|A|192.0.2.2")) as other:
            probe = DnsProbe(AddressBook(Network()), deadline=0.2)
            return await probe.query_each(
                [lossy, other], "audotics.test", "A", whole=["192.0.2.1", "192.0.2.2"]
            )

    assert [seen.values for seen in asyncio.run(look())] == [("192.0.2.1",), ("192.0.2.2",)]
