"""What a survey of a zone saw: plain facts, from the delegation to the resolvers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, cast

import dns.rdata
import dns.rdtypes.ANY.SOA
import dns.rrset
from pydantic import JsonValue

from golive.dns.reply import Reply, texts
from golive.net.address import Address

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Delegation:
    """How the zone's parent delegates it."""

    zone: str
    parent: str = ""
    """The server that delegated; empty when none did."""
    names: tuple[str, ...] = ()
    """Names of the zone's servers, as the parent gives them; lower case, no final dot."""
    glue: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Server name to the addresses that the parent sends along."""
    ds: tuple[dns.rdata.Rdata, ...] = ()
    ds_asked: bool = False
    """Whether the parent answered the question for the DS at all."""
    trouble: str = ""
    """Why there is no delegation, one sentence; empty when there is one."""
    asked: bool = True
    """Whether the parent was reached at all."""


@dataclass(frozen=True, slots=True)
class Server:
    """One address of one of the zone's servers, and everything that it answered."""

    name: str
    address: Address
    soa: Reply
    """SOA over UDP with EDNS."""
    soa_plain: Reply
    """SOA over UDP without EDNS."""
    soa_tcp: Reply
    recursion: Reply | None = None
    """A name that is nobody's, with recursion desired."""
    transfer: Reply | None = None
    replies: Mapping[tuple[str, str], Reply] = field(default_factory=dict)
    """(name, type) to answer; the three above are not in it."""
    again: Mapping[tuple[str, str], tuple[Reply, ...]] = field(default_factory=dict)
    """Further answers, where the first ones of several servers or of a resolver differ: they may rotate."""
    delegated: frozenset[tuple[str, str]] = frozenset()
    """Questions of which the answer is that of a zone below, to which this server refers."""

    @property
    def where(self) -> str:
        """The server, with its address."""
        return f"{self.name} [{self.address}]"

    @property
    def openings(self) -> tuple[Reply, Reply, Reply]:
        """The three answers to the SOA question."""
        return (self.soa, self.soa_plain, self.soa_tcp)

    @property
    def alive(self) -> bool:
        """Whether anything at all came back."""
        return any(reply.answered or reply.error == "malformed" for reply in self.openings)

    @property
    def unreachable(self) -> bool:
        """Whether this machine has no way to the address, as to IPv6 from a network without it."""
        return all(reply.error == "unreachable" for reply in self.openings)

    @property
    def serial(self) -> int | None:
        """The zone's serial number here."""
        found = self.soa_record
        return int(found.serial) if found is not None else None

    @property
    def soa_record(self) -> dns.rdtypes.ANY.SOA.SOA | None:
        """The SOA, when the server answered with it and with authority."""
        for reply in self.openings:
            found = reply.records(reply.question.name, "SOA") if reply.authoritative else None
            for record in found or ():
                return cast(dns.rdtypes.ANY.SOA.SOA, record)
        return None

    def all_replies(self) -> Iterator[Reply]:
        """Every answer of the zone itself, with its signatures."""
        yield self.soa
        yield from (reply for what, reply in self.replies.items() if what not in self.delegated)

    def answers(self, what: tuple[str, str]) -> tuple[Reply, ...]:
        """Return every answer to a question that is one: the first, and further ones."""
        first = self.replies.get(what)
        return tuple(reply for reply in (first, *self.again.get(what, ())) if reply and reply.answered)


@dataclass(frozen=True, slots=True)
class ServerName:
    """A name of one of the zone's servers."""

    name: str
    addresses: tuple[str, ...] = ()
    alias: str = ""
    unknown: bool = False
    """Whether this machine's own resolver failed."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a name's aliases lead."""

    name: str
    targets: tuple[str, ...]
    end: str
    """``addresses``, ``nothing``, ``loop`` or ``unknown``."""
    beside: tuple[str, ...] = ()
    """Types of records that stand beside an alias, as ``www.shop.test MX``."""


@dataclass(frozen=True, slots=True)
class ResolverView:
    """One resolver's answers; ``unchecked`` repeats what failed, without validation."""

    name: str
    address: Address
    replies: Mapping[tuple[str, str], Reply]
    unchecked: Mapping[tuple[str, str], Reply]


@dataclass(frozen=True, slots=True)
class ZoneSurvey:
    """Everything seen of a zone."""

    kind: ClassVar[str] = "dns"

    zone: str
    hosts: tuple[str, ...]
    """Public names in the zone that users, or machines, look up."""
    delegation: Delegation
    servers: tuple[Server, ...]
    names: Mapping[str, ServerName]
    chains: tuple[Chain, ...]
    resolvers: tuple[ResolverView, ...]
    primary: ServerName | None
    """The SOA's MNAME, looked up."""
    stray: str
    """A name below the zone that nobody declared, asked of every server."""
    elapsed_ms: float

    @property
    def title(self) -> str:
        """The zone."""
        return f"zone {self.zone} from its delegation"

    @property
    def speaking(self) -> tuple[Server, ...]:
        """The servers that answer for the zone with authority."""
        return tuple(server for server in self.servers if server.serial is not None)

    def reply(self, name: str, type: str) -> Reply | None:
        """Return the first speaking server's answer."""
        found = (server.replies.get((name, type)) for server in self.speaking)
        return next((reply for reply in found if reply is not None and reply.answered), None)

    def records(self, name: str, type: str) -> dns.rrset.RRset | None:
        """Return the zone's record set, from the first server that speaks."""
        reply = self.reply(name, type)
        return reply.records(name, type) if reply else None

    def child_names(self) -> tuple[str, ...]:
        """Return the names of the zone's servers as the zone itself gives them."""
        found = self.records(self.zone, "NS")
        return texts([found]) if found else ()

    def facts(self) -> dict[str, JsonValue]:
        """The zone in short."""
        return {
            "delegated by": self.delegation.parent or self.delegation.trouble,
            "servers": {
                server.where: f"serial {server.serial}" if server.serial else server.soa.word
                for server in self.servers[:_SHOWN]
            },
            "DS at the parent": len(self.delegation.ds),
            "signed": self.records(self.zone, "DNSKEY") is not None,
            "aliases": {chain.name: [*chain.targets, chain.end] for chain in self.chains[:_SHOWN]},
            "resolvers": [f"{view.name} [{view.address}]" for view in self.resolvers[:_SHOWN]],
            "questions": sum(len(server.replies) + 5 for server in self.servers if server.alive),
            "ms": round(self.elapsed_ms, 1),
        }
