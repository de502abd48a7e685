"""Authoritative DNS servers over UDP and TCP, each with its own copy of the zone.

A server answers for its zone with the authoritative bit, refuses every other name and zone
transfers, never recurses, understands EDNS and truncates what does not fit into a datagram.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import cast

from dnslib import CLASS, OPCODE, QTYPE, RCODE, RR, SOA, DNSError, DNSRecord, EDNSOption

from rehearsal.stack.plan import NameserverPlan, Record
from rehearsal.stack.ports import LOOPBACK

PLAIN_UDP_BYTES = 512
LARGEST_UDP_BYTES = 1232
IDLE_SECONDS = 5.0
HEADER_BYTES = 12
SOA_TIMES = (7200, 900, 1209600, 300)
"""Refresh, retry, expire and negative TTL, in seconds."""

Answerer = Callable[[bytes], bytes | None]


class Zone:
    """Answers questions from one server's records; `origin` is the zone's name without final dot."""

    def __init__(self, origin: str, server: NameserverPlan) -> None:
        self.origin = f"{origin}."
        self._records = server.records
        self._soa = RR(
            self.origin,
            QTYPE.SOA,
            ttl=3600,
            rdata=SOA(f"ns1.{self.origin}", f"hostmaster.{self.origin}", (server.serial, *SOA_TIMES)),
        )

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The reply to `message` in wire format; None for what is too broken to answer."""
        try:
            query = DNSRecord.parse(message)
        except (DNSError, struct.error, IndexError, ValueError):
            return _format_error(message)
        if query.header.qr or not query.questions:
            return None
        reply = query.reply(ra=0, aa=0)
        largest = PLAIN_UDP_BYTES
        for option in query.ar:
            if option.rtype == QTYPE.OPT:
                largest = max(PLAIN_UDP_BYTES, min(option.rclass, LARGEST_UDP_BYTES))
                reply.add_ar(_edns())
        self._fill(query, reply)
        packed = bytes(reply.pack())
        if datagram and len(packed) > largest:
            packed = bytes(reply.truncate().pack())
        return packed

    def _fill(self, query: DNSRecord, reply: DNSRecord) -> None:
        name = str(query.q.qname).lower()
        kind = QTYPE.get(query.q.qtype)
        ours = name == self.origin or name.endswith(f".{self.origin}")
        if query.header.opcode != OPCODE.QUERY:
            reply.header.rcode = RCODE.NOTIMP
        elif not ours or query.q.qclass != CLASS.IN or kind in ("AXFR", "IXFR"):
            reply.header.rcode = RCODE.REFUSED
        else:
            reply.header.aa = 1
            self._answer_ours(name, str(kind), reply)

    def _answer_ours(self, name: str, kind: str, reply: DNSRecord) -> None:
        here = [record for record in self._records if record.name == name]
        if name == self.origin and kind in ("SOA", "ANY"):
            reply.add_answer(self._soa)
        for record in here:
            if kind in (record.kind, "ANY") or record.kind == "CNAME":
                reply.add_answer(*_resource(record))
        if not reply.rr:
            below = any(record.name.endswith(f".{name}") for record in self._records)
            if not here and not below and name != self.origin:
                reply.header.rcode = RCODE.NXDOMAIN
            reply.add_auth(self._soa)


class NameserverListener:
    """One running server; both transports on one port of loopback."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._datagrams: asyncio.DatagramTransport | None = None
        self._streams: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen on `port`. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._streams = await asyncio.start_server(self._serve_stream, LOOPBACK, port)
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(lambda message: self._zone.answer(message, datagram=True)),
            local_addr=(LOOPBACK, port),
        )

    async def stop(self) -> None:
        """Stop listening."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._streams is not None:
            self._streams.close()

    async def _serve_stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    reply = self._zone.answer(await reader.readexactly(length))
                    if reply is None:
                        return
                    writer.write(struct.pack("!H", len(reply)) + reply)
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer: Answerer) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._answer(data)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


def _resource(record: Record) -> list[RR]:
    return RR.fromZone(f"{record.name} {record.ttl} IN {record.kind} {record.value}")  # type: ignore[no-any-return]


def _edns() -> RR:
    return RR(".", QTYPE.OPT, rclass=LARGEST_UDP_BYTES, ttl=0, rdata=list[EDNSOption]())


def _format_error(message: bytes) -> bytes | None:
    """FORMERR with the sender's id, as RFC 1035 wants, when there is at least a header of a query."""
    if len(message) < HEADER_BYTES or message[2] & 0x80:
        return None
    return message[:2] + bytes([0x80, RCODE.FORMERR]) + bytes(8)
