"""Stand-in for a recursive resolver: answers from the rehearsal's own zones, and validates signatures.

It walks nothing and caches nothing; what it lacks is of no account to those who ask about the zone.
"""

from __future__ import annotations

import dns.dnssec
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from rehearsal.stack.network.zone import HEADER_BYTES, LARGEST_UDP_BYTES, UNREADABLE, Zone
from rehearsal.stack.plan import NameserverPlan, ResolverPlan

BOGUS = dns.edns.EDEOption(dns.edns.EDECode.DNSSEC_BOGUS, "signature does not fit")


class Resolver:
    """Answers as the first running server does; SERVFAIL for what is bogus, unless told not to check."""

    def __init__(self, plan: ResolverPlan, zones: list[Zone]) -> None:
        self.plan = NameserverPlan(plan.name, [], 0)
        self._zones = zones
        self._remembered = {
            (dns.name.from_text(host), dns.rdatatype.from_text(kind)): value
            for (host, kind), value in plan.remembered.items()
        }

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The reply in wire format; None for what cannot be read."""
        if len(message) < HEADER_BYTES or message[2] & 0x80:
            return None
        try:
            query = dns.message.from_wire(message)
            reply = self._reply(query)
            return bytes(reply.to_wire(max_size=LARGEST_UDP_BYTES if datagram else 65535))
        except UNREADABLE:
            return None

    def _reply(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        zone = next((each for each in self._zones if each.plan.running and each.plan.serves_zone), None)
        unchecked = bool(query.flags & dns.flags.CD)
        reply = dns.message.make_response(query, recursion_available=True, our_payload=LARGEST_UDP_BYTES)
        remembered = self._remembered.get((question.name, question.rdtype))
        if remembered is not None:
            entry = dns.rrset.from_text(question.name, 300, "IN", question.rdtype.name, remembered)
            reply.answer.append(entry)
            return reply
        if zone is None or not question.name.is_subdomain(zone.origin):
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply
        inner = dns.message.make_query(question.name, question.rdtype, want_dnssec=True)
        found = zone.reply(inner)
        if not unchecked and zone.keys is not None and not _valid(zone, found):
            reply.set_rcode(dns.rcode.SERVFAIL)
            reply.use_edns(0, options=[BOGUS])
            return reply
        reply.set_rcode(found.rcode())
        reply.answer, reply.authority = found.answer, found.authority
        return reply


def _valid(zone: Zone, found: dns.message.Message) -> bool:
    assert zone.keys is not None
    keys: dict[dns.name.Name, dns.node.Node | dns.rdataset.Rdataset] = {zone.origin: zone.keys.key_set()}
    for entry in found.answer:
        if entry.rdtype == dns.rdatatype.RRSIG:
            continue
        signatures = next(
            (each for each in found.answer if each.name == entry.name and each.covers == entry.rdtype), None
        )
        if signatures is None:
            return False
        try:
            dns.dnssec.validate(entry, signatures, keys, policy=dns.dnssec.allow_all_policy)
        except (dns.exception.DNSException, ValueError, AttributeError, TypeError):
            return False
    return True
