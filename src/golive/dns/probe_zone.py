"""A survey of one zone: delegation, every server, aliases and resolvers, side by side."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import perf_counter

from golive.core.outcome import Blind
from golive.dns.exchange import exchange
from golive.dns.observation import Delegation, ResolverView, Server, ServerName, ZoneSurvey
from golive.dns.probe_again import ask_again
from golive.dns.probe_aliases import follow
from golive.dns.probe_delegation import Walk, is_referral
from golive.dns.profile import Dns, Nameserver
from golive.dns.reply import Question, Reply
from golive.net.address import Address, split_endpoint
from golive.net.addresses import AddressBook
from golive.net.errors import NameNotFound, TransportError

STRAY = "golive-no-such-name"
_FOREIGN = "golive-no-such-name.invalid"
_SIDE_BY_SIDE = 24
_TRIES = 2
_SERVERS = 26
"""Addresses of servers that are asked; more than thirteen names have in practice."""
_SERVER_SECONDS = 4.5
_HOST_TYPES = ("A", "AAAA", "HTTPS", "CAA")


class ZoneSurveyor:
    """Surveys zones.

    Args:
        book: addresses, with the profile's overrides.
    """

    def __init__(self, book: AddressBook) -> None:
        self._book = book

    async def survey(self, target: Dns, hosts: Iterable[str]) -> ZoneSurvey:
        """Look at everything once.

        Args:
            target: the profile's zone.
            hosts: public host names; those outside of the zone are left out.

        Raises:
            Blind: neither the delegation nor any declared server could be asked.
        """
        started = perf_counter()
        zone = target.zone.rstrip(".").lower()
        deadline = target.bounds.question_deadline.total_seconds()
        named = [host.rstrip(".").lower() for host in hosts]
        named += [
            record.name.rstrip(".").lower()
            for record in target.records
            if record.type in ("A", "AAAA", "CNAME")
        ]
        ours = tuple(dict.fromkeys(name for name in named if name == zone or name.endswith(f".{zone}")))
        resolving = asyncio.ensure_future(self._resolvers(target.resolvers, ours, zone, deadline))
        try:
            walk = Walk(self._book, target.start, deadline)
            delegation = await walk.delegation(zone)
            names = await self._names(delegation, target)
            servers = await self._servers(names, zone, ours, target, deadline)
            names, servers = await self._undelegated(names, servers, zone, ours, target, deadline)
            servers = await _with_zones_below(servers, walk)
            resolvers = await resolving
            servers = await ask_again(servers, resolvers, deadline)
            # Those that understand EDNS first: the rest is asked of the first one, with EDNS.
            speaking = sorted(
                (server for server in servers if server.serial is not None),
                key=lambda server: not server.soa.edns,
            )
            asked = dict.fromkeys((zone, f"www.{zone}", *ours))
            chains = await follow(asked, speaking, self._book, zone, deadline)
            primary = await self._primary(speaking, zone)
        finally:
            resolving.cancel()
            await asyncio.gather(resolving, return_exceptions=True)
        return ZoneSurvey(
            zone=zone,
            hosts=ours,
            delegation=delegation,
            servers=tuple(servers),
            names={name.name: name for name in names},
            chains=chains,
            resolvers=resolvers,
            primary=primary,
            stray=f"{STRAY}.{zone}",
            elapsed_ms=(perf_counter() - started) * 1000,
        )

    async def _names(self, delegation: Delegation, target: Dns) -> list[ServerName]:
        if delegation.names:
            return list(
                await asyncio.gather(
                    *(self._name(name, delegation.glue.get(name, ())) for name in delegation.names)
                )
            )
        if not target.nameservers and not delegation.asked:
            raise Blind(
                f"the zone's delegation cannot be seen: {delegation.trouble}",
                remedy="let this machine send DNS questions (port 53), or set targets.dns.start",
            )
        return [await self._name(server.name, ()) for server in target.nameservers]

    async def _name(self, name: str, glue: tuple[str, ...]) -> ServerName:
        if glue:
            return ServerName(name, glue)
        try:
            found = await self._book.resolve(name, 53)
        except NameNotFound:
            return ServerName(name)
        except (TransportError, Blind):
            return ServerName(name, unknown=True)
        return ServerName(name, tuple(address.ip for address in found))

    async def _servers(
        self, names: Sequence[ServerName], zone: str, hosts: Sequence[str], target: Dns, deadline: float
    ) -> list[Server]:
        declared = {server.name.rstrip(".").lower(): server for server in target.nameservers}
        where: list[tuple[str, Address]] = []
        for name in names:
            if not name.addresses and name.name in declared:
                endpoint = split_endpoint(declared[name.name].address)
                self._book.permit(*endpoint)
                addresses = await self._book.resolve(*endpoint)
                where += [(name.name, address) for address in addresses]
            for ip in name.addresses:
                where += [(name.name, address) for address in await self._book.servers(ip)]
        inside = [name.name for name in names if name.name.endswith(f".{zone}")]
        questions = _questions(zone, hosts, inside, target)
        asked = (
            _server(name, at, zone, questions, deadline) for name, at in list(dict.fromkeys(where))[:_SERVERS]
        )
        return list(await asyncio.gather(*asked))

    async def _undelegated(
        self,
        names: list[ServerName],
        servers: list[Server],
        zone: str,
        hosts: Sequence[str],
        target: Dns,
        deadline: float,
    ) -> tuple[list[ServerName], list[Server]]:
        """Add servers that only the zone itself names, and what the zone says of its servers' names."""
        said = {
            name: [reply for server in servers if (reply := server.replies.get((name, "A")))]
            for name in (each.name for each in names)
        }
        known = [_with_alias(name, said[name.name]) for name in names]
        speaking = [server for server in servers if server.serial is not None]
        extra: list[ServerName] = []
        for server in speaking[:1]:
            reply = server.replies.get((zone, "NS"))
            for name in reply.of_type("NS") if reply else ():
                if all(name != each.name for each in known):
                    extra.append(await self._declared_by_zone(name, server, zone, deadline))
        more = await self._servers(extra, zone, hosts, target, deadline) if extra else []
        return known + extra, servers + more

    async def _declared_by_zone(self, name: str, server: Server, zone: str, deadline: float) -> ServerName:
        if not name.endswith(f".{zone}"):
            return await self._name(name, ())
        reply = await exchange(Question(name, "A"), server.name, server.address, deadline)
        return _with_alias(ServerName(name, reply.of_type("A")), [reply])

    async def _primary(self, speaking: Sequence[Server], zone: str) -> ServerName | None:
        if not speaking:
            return None
        soa = speaking[0].soa_record
        name = soa.mname.to_text().rstrip(".").lower()  # type: ignore[union-attr]
        if not name:
            return ServerName("")
        if name == zone or name.endswith(f".{zone}"):
            server = speaking[0]
            asked = (
                exchange(Question(name, kind), server.name, server.address, 1.0) for kind in ("A", "AAAA")
            )
            replies = await asyncio.gather(*asked)
            found = tuple(
                value for reply in replies for kind in ("A", "AAAA") for value in reply.of_type(kind)
            )
            return ServerName(name, found, unknown=not all(reply.answered for reply in replies))
        return await self._name(name, ())

    async def _resolvers(
        self, resolvers: Sequence[Nameserver], hosts: Sequence[str], zone: str, deadline: float
    ) -> tuple[ResolverView, ...]:
        wanted = [(host, kind) for host in hosts for kind in ("A", "AAAA")] + [(zone, "SOA")]

        async def view(resolver: Nameserver) -> ResolverView:
            endpoint = split_endpoint(resolver.address)
            self._book.permit(*endpoint)
            address = (await self._book.resolve(*endpoint))[0]
            gate = asyncio.Semaphore(_SIDE_BY_SIDE)
            end = perf_counter() + _SERVER_SECONDS

            async def ask(name: str, kind: str, unchecked: bool) -> Reply:
                question = Question(name, kind, recursive=True, unchecked=unchecked)
                return await _patiently(question, resolver.name, address, deadline, gate, end)

            replies = dict(
                zip(wanted, await asyncio.gather(*(ask(*what, False) for what in wanted)), strict=True)
            )
            failed = [what for what, reply in replies.items() if reply.rcode == "SERVFAIL"]
            again = await asyncio.gather(*(ask(*what, True) for what in failed))
            return ResolverView(resolver.name, address, replies, dict(zip(failed, again, strict=True)))

        return tuple(await asyncio.gather(*(view(resolver) for resolver in resolvers)))


def _questions(
    zone: str, hosts: Sequence[str], servers: Sequence[str], target: Dns
) -> tuple[tuple[str, str], ...]:
    wanted = [
        (zone, kind) for kind in ("NS", "DNSKEY", "NSEC3PARAM", "CAA", "TXT", "MX", "A", "AAAA", "HTTPS")
    ]
    wanted += [(f"_dmarc.{zone}", "TXT"), (f"{STRAY}.{zone}", "A")]
    wanted += [(f"www.{zone}", kind) for kind in ("A", "AAAA", "HTTPS")]
    wanted += [(host, kind) for host in hosts for kind in _HOST_TYPES]
    wanted += [(name, kind) for name in servers for kind in ("A", "AAAA")]
    wanted += [(record.name.rstrip(".").lower(), record.type) for record in target.records]
    inside = [(name, kind) for name, kind in wanted if name == zone or name.endswith(f".{zone}")]
    return tuple(dict.fromkeys(inside))


async def _server(
    name: str, at: Address, zone: str, questions: Sequence[tuple[str, str]], deadline: float
) -> Server:
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)
    end = perf_counter() + _SERVER_SECONDS

    async def ask(question: Question) -> Reply:
        return await _patiently(question, name, at, deadline, gate, end)

    soa, plain, tcp = await asyncio.gather(
        ask(Question(zone, "SOA", "datagram")),
        ask(Question(zone, "SOA", "datagram", edns=False)),
        ask(Question(zone, "SOA", "tcp", edns=False)),
    )
    opening = Server(name, at, soa, plain, tcp)
    if opening.serial is None:
        if not any(reply.answered for reply in opening.openings):
            return opening
        questions = ()
    way = _way(soa, plain)
    asked = [Question(owner, kind, *way) for owner, kind in questions]
    recursion = Question(_FOREIGN, "A", *way, recursive=True)
    transfer = Question(zone, "AXFR", "tcp", edns=False)
    first, second, *replies = await asyncio.gather(
        *(ask(question) for question in (recursion, transfer, *asked))
    )
    return Server(name, at, soa, plain, tcp, first, second, dict(zip(questions, replies, strict=True)))


def _way(soa: Reply, plain: Reply) -> tuple[str, bool]:
    """Transport, and whether with EDNS: the first by which the server answers at all."""
    if soa.answered and soa.rcode != "FORMERR":
        return ("udp", True)
    return ("udp", False) if plain.answered else ("tcp", False)


async def _with_zones_below(servers: Sequence[Server], walk: Walk) -> list[Server]:
    """Answer from the zone below what a server refers there: each question once, whichever server refers."""
    below: dict[tuple[str, str], Reply | None] = {}
    found: list[Server] = []
    for server in servers:
        # A server without a word for the zone itself refers nobody anywhere.
        replies = dict(server.replies) if server.serial is not None else {}
        referred = {what: reply for what, reply in replies.items() if is_referral(reply)}
        asked = [what for what in referred if what not in below]
        below.update(
            zip(asked, await asyncio.gather(*(walk.beyond(referred[what]) for what in asked)), strict=True)
        )
        answered = {what: reply for what in referred if (reply := below[what]) is not None}
        found.append(replace(server, replies={**server.replies, **answered}, delegated=frozenset(answered)))
    return found


async def _patiently(
    question: Question, server: str, at: Address, deadline: float, gate: asyncio.Semaphore, end: float
) -> Reply:
    """Ask again what was lost, within what is left of the server's time."""
    reply = Reply(question, server, at, error="silent")
    async with gate:
        for _ in range(_TRIES):
            left = min(deadline, end - perf_counter())
            if left <= 0:
                break
            reply = await exchange(question, server, at, left)
            if reply.error != "silent":
                break
    return reply


def _with_alias(name: ServerName, replies: Sequence[Reply]) -> ServerName:
    alias = next((target for reply in replies for target in reply.of_type("CNAME")), "")
    return ServerName(name.name, name.addresses, alias, name.unknown)
