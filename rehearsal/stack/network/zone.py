"""What an authoritative server says about one zone, from a plan of records.

It answers with the authoritative bit, refers below delegations, signs where it has keys, proves by
NSEC what is not there, refuses every other name and zone transfers, never recurses, understands EDNS
and truncates what does not fit into a datagram.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.NSEC
import dns.rrset
from dns.rdatatype import RdataType

from rehearsal.stack.network.zone_keys import ZoneKeys
from rehearsal.stack.plan import NameserverPlan

PLAIN_UDP_BYTES = 512
LARGEST_UDP_BYTES = 1232
HEADER_BYTES = 12
LONGEST_CHASE = 12
UNREADABLE = (dns.exception.DNSException, struct.error, ValueError, IndexError, KeyError, AttributeError)

Sets = dict[tuple[dns.name.Name, RdataType], dns.rrset.RRset]


class Zone:
    """Answers questions from one server's records; `origin` is the zone's name without final dot."""

    def __init__(self, origin: str, server: NameserverPlan, keys: ZoneKeys | None = None) -> None:
        self.origin = dns.name.from_text(origin)
        self.plan = server
        self.keys = keys if server.signed else None
        self._started = datetime.now(UTC)
        self._sets = self._record_sets()
        self._names = sorted({name for name, _ in self._sets})
        self._signatures: dict[tuple[dns.name.Name, RdataType], dns.rrset.RRset] = {}
        self._changed = {
            (dns.name.from_text(host), dns.rdatatype.from_text(kind)): value
            for (host, kind), value in server.changed_after_signing.items()
        }

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The reply to `message` in wire format; None for what is too broken to answer."""
        if len(message) < HEADER_BYTES or message[2] & 0x80:
            return None
        try:
            query = dns.message.from_wire(message)
            if not query.question:
                return None
            if query.opcode() != dns.opcode.QUERY:
                return _only_code(message, dns.rcode.NOTIMP)
            if query.edns >= 0 and not self.plan.answers_edns:
                return None
            return self._packed(query, self.reply(query), datagram)
        except UNREADABLE:
            return _only_code(message, dns.rcode.FORMERR)

    def reply(self, query: dns.message.Message) -> dns.message.Message:
        """The reply to a question."""
        reply = dns.message.make_response(query, our_payload=LARGEST_UDP_BYTES)
        reply.flags &= ~dns.flags.RD
        question = query.question[0]
        name, kind = question.name, question.rdtype
        ours = name.is_subdomain(self.origin) and question.rdclass == dns.rdataclass.IN
        if self.plan.recursive:
            reply.flags |= dns.flags.RA
        if not self.plan.serves_zone or (not ours and not self.plan.recursive):
            reply.set_rcode(dns.rcode.REFUSED)
        elif not ours:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif kind in (RdataType.AXFR, RdataType.IXFR):
            self._transfer(reply)
        else:
            self._answer_ours(name, kind, reply, signed=bool(query.ednsflags & dns.flags.DO))
        return reply

    def _packed(self, query: dns.message.Message, reply: dns.message.Message, datagram: bool) -> bytes:
        largest = 65535
        if datagram:
            asked = query.payload if query.edns >= 0 else 0
            largest = max(PLAIN_UDP_BYTES, min(asked, LARGEST_UDP_BYTES))
        try:
            return bytes(reply.to_wire(max_size=largest))
        except dns.exception.TooBig:
            reply.answer, reply.authority, reply.additional = [], [], []
            reply.flags |= dns.flags.TC
            return bytes(reply.to_wire(max_size=largest))

    def _transfer(self, reply: dns.message.Message) -> None:
        if not self.plan.gives_transfers:
            reply.set_rcode(dns.rcode.REFUSED)
            return
        reply.flags |= dns.flags.AA
        soa = self._sets[self.origin, RdataType.SOA]
        rest = [entry for entry in self._sets.values() if entry is not soa]
        # As a list of copies: the closing SOA is an entry of its own.
        reply.answer = [soa, *rest, dns.rrset.from_rdata(soa.name, soa.ttl, soa[0])]

    def _answer_ours(
        self, name: dns.name.Name, kind: RdataType, reply: dns.message.Message, signed: bool
    ) -> None:
        cut = self._cut_above(name)
        if cut is not None and not (kind == RdataType.DS and name == cut):
            self._refer(cut, reply)
            return
        reply.flags |= dns.flags.AA
        for _ in range(LONGEST_CHASE):
            source = self._source(name)
            if source is None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
                break
            kinds = [each for each in self._kinds(source) if kind in (each, RdataType.ANY)]
            alias = self._sets.get((source, RdataType.CNAME))
            if not kinds and alias is not None:
                kinds = [RdataType.CNAME]
            for each in kinds:
                self._add(reply.answer, name, source, each, signed)
            if kinds != [RdataType.CNAME] or kind in (RdataType.CNAME, RdataType.ANY) or alias is None:
                break
            name = alias[0].target
            if not name.is_subdomain(self.origin) or any(entry.name == name for entry in reply.answer):
                return
        if (
            not any(entry.rdtype in (kind, RdataType.CNAME) for entry in reply.answer)
            and kind != RdataType.ANY
        ):
            self._deny(name, reply, signed)

    def _refer(self, cut: dns.name.Name, reply: dns.message.Message) -> None:
        names = self._sets[cut, RdataType.NS]
        reply.authority.append(names)
        for data in names:
            for kind in (RdataType.A, RdataType.AAAA):
                glue = self._sets.get((data.target, kind))
                if glue is not None:
                    reply.additional.append(glue)

    def _deny(self, name: dns.name.Name, reply: dns.message.Message, signed: bool) -> None:
        self._add(reply.authority, self.origin, self.origin, RdataType.SOA, signed)
        if signed and self.keys is not None:
            for proof in dict.fromkeys((self._at_or_before(name), self._at_or_before(self._wildcard(name)))):
                following = self._names[(self._names.index(proof) + 1) % len(self._names)]
                entry = self._nsec(proof, following)
                reply.authority += [entry, self._signature(entry)]

    def _add(
        self,
        section: list[dns.rrset.RRset],
        name: dns.name.Name,
        source: dns.name.Name,
        kind: RdataType,
        signed: bool,
    ) -> None:
        entry = self._sets[source, kind]
        if (source, kind) in self._changed:
            changed = self._changed[source, kind]
            section.append(dns.rrset.from_text(name, entry.ttl, "IN", kind.name, changed))
        else:
            section.append(_renamed(entry, name))
        if signed and self.keys is not None:
            section.append(_renamed(self._signature(entry), name))

    def _signature(self, entry: dns.rrset.RRset) -> dns.rrset.RRset:
        assert self.keys is not None
        key = (entry.name, entry.rdtype)
        if key not in self._signatures:
            end = self._started + self.plan.signatures_end
            self._signatures[key] = self.keys.signature(entry, self._started, end)
        return self._signatures[key]

    def _source(self, name: dns.name.Name) -> dns.name.Name | None:
        """The owner whose records answer for a name: itself, or a wildcard; None when it does not exist."""
        if any(known.is_subdomain(name) for known in self._names):
            return name
        wildcard = self._wildcard(name)
        return wildcard if wildcard in self._names else None

    def _wildcard(self, name: dns.name.Name) -> dns.name.Name:
        encloser = name
        while encloser != self.origin and not any(known.is_subdomain(encloser) for known in self._names):
            encloser = encloser.parent()
        return dns.name.Name((b"*", *encloser.labels))

    def _cut_above(self, name: dns.name.Name) -> dns.name.Name | None:
        while name != self.origin:
            if (name, RdataType.NS) in self._sets:
                return name
            name = name.parent()
        return None

    def _kinds(self, name: dns.name.Name) -> list[RdataType]:
        return [kind for owner, kind in self._sets if owner == name]

    def _at_or_before(self, name: dns.name.Name) -> dns.name.Name:
        return max((known for known in self._names if known <= name), default=self._names[-1])

    def _nsec(self, name: dns.name.Name, following: dns.name.Name) -> dns.rrset.RRset:
        kinds = " ".join(kind.name for kind in (*self._kinds(name), RdataType.RRSIG, RdataType.NSEC))
        return dns.rrset.from_text(name, self.plan.soa_times[3], "IN", "NSEC", f"{following} {kinds}")

    def _record_sets(self) -> Sets:
        sets: Sets = {}
        origin = self.origin.to_text()
        below = origin.removeprefix(".")
        primary = self.plan.primary or f"ns1.{below}"
        numbers = " ".join(str(number) for number in (self.plan.serial, *self.plan.soa_times))
        soa = f"{primary} hostmaster.{below} {numbers}"
        texts = [(origin, self.plan.soa_ttl, "SOA", soa)]
        texts += [(each.name, each.ttl, each.kind, each.value) for each in self.plan.records]
        for name, ttl, kind, value in texts:
            made = dns.rrset.from_text(name, ttl, "IN", kind, value)
            known = sets.setdefault((made.name, made.rdtype), made)
            known.add(made[0], ttl)
        if self.keys is not None:
            sets[self.origin, RdataType.DNSKEY] = self.keys.key_set()
        return sets


def _renamed(entry: dns.rrset.RRset, name: dns.name.Name) -> dns.rrset.RRset:
    if entry.name == name:
        return entry
    copied = dns.rrset.RRset(name, entry.rdclass, entry.rdtype, entry.covers)
    copied.update(entry)  # type: ignore[no-untyped-call]  # the one method that dnspython left without types
    return copied


def _only_code(message: bytes, code: int) -> bytes:
    """An answer with nothing but the sender's id and a code, as RFC 1035 wants for what cannot be read."""
    return message[:2] + bytes([0x80 | (message[2] & 0x78), code]) + bytes(8)
