"""DNS: what one authoritative server says, over UDP, and over TCP when the answer does not fit."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from time import perf_counter
from typing import cast

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.SOA
import dns.rdtypes.ANY.TXT

from golive.dns.observation_answer import DnsObservation
from golive.dns.profile import Nameserver
from golive.net.address import Address, named, split_endpoint
from golive.net.addresses import AddressBook
from golive.net.deadline import Deadline
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    ProtocolError,
    TransportError,
)

_DEADLINE = 3.0
_MOST_ANSWERS = 25
_ASKED_AT_ONCE = 4
_CUTS = 3
"""Zones below the asked server's that a question is followed through."""
_TOP = 2
"""Labels of a top-level domain, the root's among them: no server refers down to one."""
_PAYLOAD = 1232
"""EDNS buffer size (RFC 6891, 6.2.5) that avoids fragments."""


class DnsProbe:
    """Asks authoritative servers, without recursion.

    Args:
        book: addresses of servers that the profile names by host name.
        deadline: seconds for one question, both transports together.
    """

    def __init__(self, book: AddressBook, *, deadline: float = _DEADLINE) -> None:
        self._book = book
        self._deadline = deadline

    async def query(self, nameserver: Nameserver, name: str, type: str) -> DnsObservation:
        """Ask one server one question.

        Args:
            nameserver: of the profile; the first address of its name is asked.
            name: the owner name, with or without the final dot.
            type: record type, such as ``A`` or ``SOA``.

        Raises:
            DeadlineExceeded: no answer, which over UDP also covers a closed or filtered port.
            ConnectFailed, ConnectionLost: over TCP.
            ProtocolError: the answer is no DNS message, or not to this question.
            Refused: by the guard, before the question is sent.
        """
        host, port = split_endpoint(nameserver.address)
        self._book.permit(host, port)
        address = (await self._book.resolve(host, port))[0]
        return await self._ask(nameserver.name, address, name, type, _CUTS)

    async def _ask(self, server: str, address: Address, name: str, type: str, cuts: int) -> DnsObservation:
        target = f"{server} [{named(address.ip, address.port)}]"
        question = dns.message.make_query(name, type, use_edns=0, payload=_PAYLOAD)
        question.flags &= ~dns.flags.RD
        started = perf_counter()
        try:
            async with Deadline(self._deadline):
                answer, by_tcp = await dns.asyncquery.udp_with_fallback(
                    question, address.ip, port=address.port
                )
        except (TimeoutError, dns.exception.Timeout):
            message = f"no answer within {self._deadline:g} s"
            raise DeadlineExceeded(message, target=target, phase="query") from None
        except ConnectionRefusedError:
            raise ConnectFailed("connection refused", target=target, phase="connect") from None
        except (EOFError, OSError):
            raise ConnectionLost(
                "the connection broke before the answer", target=target, phase="query"
            ) from None
        except (dns.exception.DNSException, ValueError, IndexError):
            raise ProtocolError(
                "the answer is not a DNS message to this question", target=target, phase="query"
            ) from None
        elapsed = (perf_counter() - started) * 1000
        for below in _referred(answer, name) if cuts else ():
            # The name lies in a zone of its own: its servers are asked, as every resolver does.
            for place in await self._book.servers(below.glue or below.name):
                return await self._ask(below.name, place, name, type, cuts - 1)
        wanted = dns.rdatatype.from_text(type)
        sets = [entry for entry in answer.answer if entry.rdtype == wanted]
        return DnsObservation(
            server=server,
            address=address,
            name=name.rstrip(".").lower(),
            type=dns.rdatatype.to_text(wanted),
            rcode=dns.rcode.to_text(answer.rcode()),
            authoritative=bool(answer.flags & dns.flags.AA),
            values=tuple(sorted(_text(data) for entry in sets for data in entry)),
            aliases=tuple(
                _text(data)
                for entry in answer.answer
                if entry.rdtype == dns.rdatatype.CNAME and wanted != dns.rdatatype.CNAME
                for data in entry
            ),
            ttl=min((entry.ttl for entry in sets), default=None),
            transport="tcp" if by_tcp else "udp",
            elapsed_ms=elapsed,
        )

    async def query_each(
        self, nameservers: Sequence[Nameserver], name: str, type: str, *, whole: Iterable[str] = ()
    ) -> tuple[DnsObservation, ...]:
        """Ask every server, side by side, and return the answers of those that answer.

        A server that is dead is a case of its own (D05), and no wrong answer.

        Args:
            nameservers: of the profile.
            name: the owner name.
            type: record type.
            whole: the values that there are: a server that gives a part of them is asked again, since it may
                give another part each time.

        Raises:
            TransportError: no server answers; the first one's error.
            ProtocolError: a server answers with what is no DNS message.
        """
        wanted = {_plain(type, value) for value in whole}
        asked = (self._query_whole(server, name, type, wanted) for server in nameservers)
        found = await asyncio.gather(*asked, return_exceptions=True)
        answers = tuple(answer for answer in found if isinstance(answer, DnsObservation))
        failures = [failure for failure in found if isinstance(failure, BaseException)]
        for failure in failures:
            if not answers or not isinstance(failure, TransportError):
                raise failure
        return answers

    async def _query_whole(
        self, nameserver: Nameserver, name: str, type: str, wanted: Set[str]
    ) -> DnsObservation:
        first = await self.query(nameserver, name, type)
        found, answers = {_plain(type, value): value for value in first.values}, [first]
        while found and found.keys() < wanted and len(answers) < _MOST_ANSWERS:
            asked = [self.query(nameserver, name, type) for _ in range(_ASKED_AT_ONCE)]
            more = await asyncio.gather(*asked, return_exceptions=True)
            # What was lost tells nothing, and takes nothing back of what the server said before.
            heard = [answer for answer in more if isinstance(answer, DnsObservation)]
            for failure in more:
                if isinstance(failure, BaseException) and not isinstance(failure, TransportError):
                    raise failure
            if not heard:
                break
            answers += heard
            found = {_plain(type, value): value for answer in answers for value in answer.values}
        return replace(
            first,
            values=tuple(sorted(found.values())),
            asked=len(answers),
            rotates=len({answer.values for answer in answers}) > 1,
        )


@dataclass(frozen=True, slots=True)
class _Below:
    """A server of a zone below, and its address where the referral has it."""

    name: str
    glue: str


def _referred(answer: dns.message.Message, name: str) -> list[_Below]:
    """Whom a referral names (RFC 1034, 4.3.2); those with an address first, and nobody who leads up."""
    if answer.flags & dns.flags.AA or answer.answer or answer.rcode() != dns.rcode.NOERROR:
        return []
    owner = dns.name.from_text(name)
    glue = {entry.name: entry[0].to_text() for entry in answer.additional if entry.rdtype == dns.rdatatype.A}
    found = [
        _Below(data.target.to_text().rstrip(".").lower(), glue.get(data.target, ""))
        for entry in answer.authority
        if entry.rdtype == dns.rdatatype.NS and owner.is_subdomain(entry.name) and len(entry.name) > _TOP
        for data in entry
    ]
    return sorted(found, key=lambda one: not one.glue)


def _plain(type: str, value: str) -> str:
    return value.strip('"') if type == "TXT" else value.rstrip(".").lower()


def _text(data: dns.rdata.Rdata) -> str:
    if data.rdtype == dns.rdatatype.TXT:
        strings = cast(dns.rdtypes.ANY.TXT.TXT, data).strings
        return b"".join(strings).decode("utf-8", errors="replace")
    if data.rdtype == dns.rdatatype.CAA:
        return data.to_text()
    return " ".join(part.rstrip(".").lower() or "." for part in data.to_text().split(" "))
