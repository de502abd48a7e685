"""A question to a DNS server and its reply, with what went wrong on the way."""

from collections.abc import Iterable
from dataclasses import dataclass

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from golive.net.address import Address
from golive.net.masking import masked_text

PAYLOAD = 1232
"""EDNS buffer size (RFC 6891, 6.2.5) that avoids fragments."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how."""

    name: str
    """With or without the final dot."""
    type: str
    transport: str = "udp"
    """``udp``, with TCP after a truncated answer; ``tcp``; or ``datagram``, UDP alone."""
    edns: bool = True
    signatures: bool = True
    """The DO flag, which asks for DNSSEC records; needs EDNS."""
    recursive: bool = False
    unchecked: bool = False
    """The CD flag: the resolver passes on what it could not validate."""

    def message(self) -> dns.message.Message:
        """Return it as a message."""
        query = dns.message.make_query(
            self.name,
            self.type,
            use_edns=0 if self.edns else None,
            want_dnssec=self.edns and self.signatures,
            payload=PAYLOAD if self.edns else None,
        )
        query.flags = dns.flags.Flag(0)
        if self.recursive:
            query.flags |= dns.flags.RD
        if self.unchecked:
            query.flags |= dns.flags.CD
        return query


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, or the word for why there is none."""

    question: Question
    server: str
    address: Address
    error: str = ""
    """Empty, or ``silent``, ``refused``, ``unreachable``, ``broken`` or ``malformed``."""
    rcode: str = ""
    authoritative: bool = False
    recursion: bool = False
    """The RA flag: the server offers recursion."""
    validated: bool = False
    """The AD flag: a resolver says that it validated."""
    edns: bool = False
    answer: tuple[dns.rrset.RRset, ...] = ()
    authority: tuple[dns.rrset.RRset, ...] = ()
    additional: tuple[dns.rrset.RRset, ...] = ()
    extended: tuple[str, ...] = ()
    """Extended errors (RFC 8914)."""
    elapsed_ms: float = 0.0

    @property
    def where(self) -> str:
        """Question and server, for messages."""
        return f"{self.question.type} {self.question.name} at {self.server} [{self.address}]"

    @property
    def answered(self) -> bool:
        """Whether a message came back."""
        return not self.error

    @property
    def word(self) -> str:
        """What came back, in a word."""
        return self.error or self.rcode

    def records(self, name: str, type: str) -> dns.rrset.RRset | None:
        """Return the answer's record set of that name and type."""
        wanted = dns.rdatatype.from_text(type)
        owner = dns.name.from_text(name)
        return next((each for each in self.answer if each.rdtype == wanted and each.name == owner), None)

    def of_type(self, type: str) -> tuple[str, ...]:
        """Return every record of a type in the answer, whoever owns it, sorted, as text."""
        wanted = dns.rdatatype.from_text(type)
        return texts(each for each in self.answer if each.rdtype == wanted)


def texts(sets: Iterable[dns.rrset.RRset]) -> tuple[str, ...]:
    """Return records as sorted text: names in lower case without final dot, other data as it is."""
    return tuple(sorted(rdata_text(each.rdtype, data.to_text()) for each in sets for data in each))


def rdata_text(kind: dns.rdatatype.RdataType, text: str) -> str:
    """Return one record's data as it is compared and shown."""
    if kind in (dns.rdatatype.NS, dns.rdatatype.CNAME, dns.rdatatype.A, dns.rdatatype.AAAA):
        return text.rstrip(".").lower() or "."
    return masked_text(text)
