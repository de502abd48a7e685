"""From the root, or from the profile's start servers, down to the zone's delegation."""

import asyncio
from collections.abc import Sequence

import dns.name
import dns.rdatatype
import dns.rrset

from golive.core.outcome import Blind
from golive.dns.exchange import exchange
from golive.dns.observation import Delegation
from golive.dns.profile import Nameserver
from golive.dns.reply import Question, Reply, texts
from golive.net.address import Address, split_endpoint
from golive.net.addresses import AddressBook
from golive.net.errors import TransportError

ROOT_HINTS = (
    ("a.root-servers.net", "198.41.0.4"),
    ("b.root-servers.net", "170.247.170.2"),
    ("f.root-servers.net", "192.5.5.241"),
    ("j.root-servers.net", "192.58.128.30"),
    ("k.root-servers.net", "193.0.14.129"),
    ("m.root-servers.net", "202.12.27.33"),
)
_STEPS = 12
_SIDE_BY_SIDE = 3
_TRIED = 9
_CUTS = 3
"""Zones below the zone that a question is followed through."""

Where = tuple[str, Address]


class Walk:
    """Finds delegations; asks without recursion.

    Args:
        book: addresses, with the profile's overrides.
        start: servers to begin at; none means the root's.
        deadline: seconds for one question.
    """

    def __init__(self, book: AddressBook, start: Sequence[Nameserver], deadline: float) -> None:
        self._book = book
        self._start = start
        self._deadline = deadline

    async def delegation(self, zone: str) -> Delegation:
        """Return how ``zone`` is delegated; trouble is part of the answer.

        Raises:
            Blind: the suite's own resolver fails.
            Refused: a server has an address that is not public, and that the profile does not name.
        """
        target = dns.name.from_text(zone)
        servers = await self._beginning()
        known = dns.name.root
        for step in range(_STEPS):
            reply, ours = await self._first(servers, Question(zone, "NS"), target)
            if reply is None:
                asked = ", ".join(f"{name} [{address}]" for name, address in servers[:_SIDE_BY_SIDE])
                trouble = f"no server of {known} answers ({asked})"
                return Delegation(zone, trouble=trouble, asked=step > 0)
            if ours is not None:
                return await self._delegated(zone, reply, ours)
            deeper = _referral(reply, target, known)
            if deeper is None:
                return Delegation(zone, trouble=f"{reply.where} says {reply.rcode} and delegates nothing")
            known = deeper.name
            servers = await self._addresses_of(deeper, reply)
        return Delegation(zone, trouble=f"no delegation after {_STEPS} referrals")

    async def beyond(self, reply: Reply) -> Reply | None:
        """Ask what was asked of the zone below, to which a reply refers; None where it refers to none.

        Raises:
            Refused: as `delegation`.
        """
        found: Reply | None = None
        known = dns.name.root
        for _ in range(_CUTS):
            asked = found or reply
            target = dns.name.from_text(asked.question.name)
            deeper = None if asked.answer or asked.rcode != "NOERROR" else _referral(asked, target, known)
            if asked.authoritative or deeper is None:
                break
            known = deeper.name
            tried = (await self._addresses_of(deeper, asked))[:_SIDE_BY_SIDE]
            found = Reply(asked.question, "a server of the zone below", asked.address, error="silent")
            for name, address in tried:
                found = await exchange(asked.question, name, address, self._deadline)
                if found.answered:
                    break
        return found

    async def _beginning(self) -> list[Where]:
        found: list[Where] = []
        for server in self._start:
            self._book.permit(*split_endpoint(server.address))
            addresses = await self._book.resolve(*split_endpoint(server.address))
            found += [(server.name, address) for address in addresses]
        if not self._start:
            for name, ip in ROOT_HINTS:
                found += [(name, address) for address in await self._book.servers(ip)]
        return found

    async def _first(
        self, servers: list[Where], question: Question, target: dns.name.Name
    ) -> tuple[Reply | None, dns.rrset.RRset | None]:
        """The first useful answer, a few servers at a time; with the zone's NS records if it has them."""
        fallback: Reply | None = None
        # Each server may lose one question: a few servers are asked again before more of them are.
        tried = servers[:_SIDE_BY_SIDE] + servers[:_TRIED]
        for begin in range(0, len(tried), _SIDE_BY_SIDE):
            asked = [
                asyncio.ensure_future(exchange(question, name, address, self._deadline))
                for name, address in tried[begin : begin + _SIDE_BY_SIDE]
            ]
            try:
                for finished in asyncio.as_completed(asked):
                    reply = await finished
                    ours = _names(reply, target)
                    if ours is not None or _referral(reply, target, None) is not None:
                        return reply, ours
                    if reply.answered:
                        fallback = reply
            finally:
                for task in asked:
                    task.cancel()
                await asyncio.gather(*asked, return_exceptions=True)
        return fallback, None

    async def _delegated(self, zone: str, reply: Reply, names: dns.rrset.RRset) -> Delegation:
        ds = await exchange(Question(zone, "DS"), reply.server, reply.address, self._deadline)
        if ds.error == "silent":
            ds = await exchange(Question(zone, "DS"), reply.server, reply.address, self._deadline)
        found = ds.records(zone, "DS")
        return Delegation(
            zone,
            parent=f"{reply.server} [{reply.address}]",
            names=texts([names]),
            glue=_glue(reply, names),
            ds=tuple(found or ()),
            ds_asked=ds.rcode in ("NOERROR", "NXDOMAIN"),
        )

    async def _addresses_of(self, names: dns.rrset.RRset, reply: Reply) -> list[Where]:
        glue = _glue(reply, names)
        found: list[Where] = []
        for name, ips in glue.items():
            for ip in ips:
                found += [(name, address) for address in await self._book.servers(ip)]
        if not found:
            for name in texts([names])[:_SIDE_BY_SIDE]:
                try:
                    found += [(name, address) for address in await self._book.servers(name)]
                except (TransportError, Blind):
                    continue
        # IPv4 first: a network without IPv6 would spend its deadlines on addresses that it cannot reach.
        return sorted(found, key=lambda where: ":" in where[1].ip)


def _names(reply: Reply, zone: dns.name.Name) -> dns.rrset.RRset | None:
    for entry in (*reply.answer, *reply.authority):
        if entry.rdtype == dns.rdatatype.NS and entry.name == zone:
            return entry
    return None


def _referral(reply: Reply, zone: dns.name.Name, known: dns.name.Name | None) -> dns.rrset.RRset | None:
    """NS records of a domain between ``known`` and ``zone``; nothing that leads up or aside."""
    for entry in reply.authority:
        if entry.rdtype != dns.rdatatype.NS or not zone.is_subdomain(entry.name):
            continue
        deeper = known is None or (entry.name.is_subdomain(known) and entry.name != known)
        if deeper and entry.name != dns.name.root:
            return entry
    return None


def is_referral(reply: Reply) -> bool:
    """Whether a server sends whoever asks on to the servers of a zone below (RFC 1034, 4.3.2)."""
    if reply.authoritative or reply.answer or reply.rcode != "NOERROR":
        return False
    return _referral(reply, dns.name.from_text(reply.question.name), None) is not None


def _glue(reply: Reply, names: dns.rrset.RRset) -> dict[str, tuple[str, ...]]:
    glue: dict[str, tuple[str, ...]] = {}
    for name in texts([names]):
        owner = dns.name.from_text(name)
        here = [
            entry
            for entry in reply.additional
            if entry.name == owner and entry.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
        ]
        if here:
            glue[name] = texts(here)
    return glue
