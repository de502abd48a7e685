"""DNS: what one authoritative server says, over UDP, and over TCP when the answer does not fit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import ClassVar, cast

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.SOA
import dns.rdtypes.ANY.TXT
from pydantic import JsonValue

from golive.dns.profile import Nameserver
from golive.net.addresses import Address, AddressBook, named, split_endpoint
from golive.net.deadline import Deadline
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    ProtocolError,
    TransportError,
)
from golive.net.masking import shown_text

_DEADLINE = 3.0
_PAYLOAD = 1232
"""EDNS buffer size (RFC 6891, 6.2.5) that avoids fragments."""


@dataclass(frozen=True, slots=True)
class DnsObservation:
    """One answer (RFC 1035, 4.1; flags as RFC 1035, 4.1.1)."""

    kind: ClassVar[str] = "dns"

    server: str
    """The server's name in the profile."""
    address: Address
    name: str
    type: str
    rcode: str
    """``NOERROR``, ``NXDOMAIN``, ``REFUSED``, ``SERVFAIL`` …"""
    authoritative: bool
    """The AA flag."""
    values: tuple[str, ...]
    """Records of the asked type, sorted; names in lower case without final dot, TXT without quotes."""
    aliases: tuple[str, ...]
    """Targets of the CNAME records in the answer, in its order."""
    ttl: int | None
    """The lowest TTL of the records in seconds; None without records."""
    transport: str
    """``udp``, or ``tcp`` after a truncated answer."""
    elapsed_ms: float

    @property
    def title(self) -> str:
        """Question and server."""
        return f"{self.type} {self.name} at {self.target}"

    @property
    def target(self) -> str:
        """The server, with its address."""
        return f"{self.server} [{self.address}]"

    @property
    def serial(self) -> int | None:
        """The zone's serial number (RFC 1035, 3.3.13) when an SOA was asked for and answered."""
        return int(self.values[0].split()[2]) if self.type == "SOA" and self.values else None

    def facts(self) -> dict[str, JsonValue]:
        """Everything: DNS data is public."""
        return {
            "rcode": self.rcode,
            "authoritative": self.authoritative,
            "values": [shown_text(value) for value in self.values[:50]],
            "aliases": list(self.aliases[:10]),
            "ttl": self.ttl,
            "serial": self.serial,
            "transport": self.transport,
            "ms": round(self.elapsed_ms, 2),
        }


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
