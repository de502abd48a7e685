"""DNS: what one authoritative server says, over UDP, and over TCP when the answer does not fit."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import cast

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.SOA
import dns.rdtypes.ANY.TXT

from golive.dns.observation_answer import DnsObservation
from golive.dns.profile import Nameserver
from golive.net.address import named, split_endpoint
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
        target = f"{nameserver.name} [{named(address.ip, address.port)}]"
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
        wanted = dns.rdatatype.from_text(type)
        sets = [entry for entry in answer.answer if entry.rdtype == wanted]
        return DnsObservation(
            server=nameserver.name,
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
        self, nameservers: Sequence[Nameserver], name: str, type: str
    ) -> tuple[DnsObservation, ...]:
        """Ask every server, side by side, and return the answers of those that answer.

        A server that is dead is a case of its own (D05), and no wrong answer.

        Raises:
            TransportError: no server answers; the first one's error.
            ProtocolError: a server answers with what is no DNS message.
        """
        asked = (self.query(server, name, type) for server in nameservers)
        found = await asyncio.gather(*asked, return_exceptions=True)
        answers = tuple(answer for answer in found if isinstance(answer, DnsObservation))
        failures = [failure for failure in found if isinstance(failure, BaseException)]
        for failure in failures:
            if not answers or not isinstance(failure, TransportError):
                raise failure
        return answers


def _text(data: dns.rdata.Rdata) -> str:
    if data.rdtype == dns.rdatatype.TXT:
        strings = cast(dns.rdtypes.ANY.TXT.TXT, data).strings
        return b"".join(strings).decode("utf-8", errors="replace")
    if data.rdtype == dns.rdatatype.CAA:
        return data.to_text()
    return " ".join(part.rstrip(".").lower() or "." for part in data.to_text().split(" "))
