"""Zones as operators have them, thought of before the rules were read: wrong forms and right ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import dns.message
import dns.rdatatype
import dns.rrset

from rehearsal.lab.dns import NS, OLD, WEB, WEB6, ZONE, Lab, healthy
from rehearsal.stack.network.dns import Answers
from rehearsal.stack.network.resolver import Resolver
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.plan import NameserverPlan, Record

Change = Callable[[Lab], None]
Choose = Callable[[int], Sequence[str]]
"""From the number of the question to what is said."""
API, WWW = f"api.{ZONE}", f"www.{ZONE}"
FARM = tuple(f"93.184.215.{number}" for number in range(20, 28))


class Choosing:
    """A server that chooses anew, at every question, what it says of a name: by weight, turn or load."""

    def __init__(self, answers: Answers, choose: Choose) -> None:
        self.plan = answers.plan
        self._answers = answers
        self._choose = choose
        self._turns = count()

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The reply as the zone gives it, with what is chosen in place of the addresses."""
        sent = self._answers.answer(message, datagram)
        reply = dns.message.from_wire(sent) if sent else None
        if reply is None or not reply.answer or dns.rdatatype.A not in [one.rdtype for one in reply.answer]:
            return sent
        chosen = self._choose(next(self._turns))
        reply.answer = [
            dns.rrset.from_text(one.name, one.ttl, "IN", "A", *chosen)
            if one.rdtype == dns.rdatatype.A and one.name.to_text(omit_final_dot=True) == API
            else one
            for one in reply.answer
        ]
        return bytes(reply.to_wire())


class Walking:
    """A resolver that knows a zone further below."""

    def __init__(self, lab: Lab, below: Zone) -> None:
        self.plan = NameserverPlan(lab.resolver.name, [], 0)
        self._below = Resolver(lab.resolver, [below])
        self._zones = Resolver(lab.resolver, [Zone(ZONE, server, lab.keys) for server in lab.servers])

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The reply of whoever knows."""
        asked = dns.message.from_wire(message).question[0].name.to_text(omit_final_dot=True)
        return (self._below if asked.endswith(API) else self._zones).answer(message, datagram)


def _unsigned(lab: Lab) -> None:
    """Providers that choose answers do not sign what they choose here."""
    lab.ds = []
    for server in lab.servers:
        server.signed = False


def _choosing(*choices: Choose) -> Change:
    """What each server chooses; a resolver is told by the first."""

    def change(lab: Lab) -> None:
        _unsigned(lab)
        zones = [Zone(ZONE, server) for server in lab.servers]
        for server, zone, choose in zip(lab.servers, zones, choices, strict=True):
            lab.instead[server.name] = Choosing(zone, choose)
        lab.instead[lab.resolver.name] = Choosing(Resolver(lab.resolver, zones), choices[0])

    return change


def _second(change: Callable[[NameserverPlan], None]) -> Change:
    return lambda lab: change(lab.servers[1])


def _name_lost(server: NameserverPlan) -> None:
    server.remove(API)


def _kind_lost(server: NameserverPlan) -> None:
    server.records = [each for each in server.records if (each.name, each.kind) != (f"{API}.", "AAAA")]


def _one_of_two_lost(lab: Lab) -> None:
    lab.everywhere(API, "A", WEB, OLD)
    lab.servers[1].records = [
        each for each in lab.servers[1].records if (each.name, each.value) != (f"{API}.", OLD)
    ]


def _alias_elsewhere(lab: Lab) -> None:
    for server, target in zip(lab.servers, (f"{WWW}.", f"{ZONE}."), strict=True):
        server.remove(API)
        server.records.append(Record(f"{API}.", "CNAME", target))
    lab.servers[1].replace(ZONE, "A", OLD)


def _times(*, minimum: int, ttl: int) -> Change:
    def change(lab: Lab) -> None:
        for server in lab.servers:
            server.soa_times = (*server.soa_times[:3], minimum)
            server.soa_ttl = ttl

    return change


def _at_the_resolver(name: str, value: str) -> Change:
    def change(lab: Lab) -> None:
        lab.resolver.remembered = {(name, "A"): value}

    return change


def _beside_a_farm(lab: Lab) -> None:
    lab.everywhere(API, "A", *FARM)
    lab.resolver.remembered = {(API, "A"): OLD}


def _other_ttl(server: NameserverPlan) -> None:
    for record in server.records:
        if record.name == f"{API}.":
            record.ttl = 60


def _other_order(lab: Lab) -> None:
    lab.everywhere(API, "A", *FARM)
    lab.servers[1].records.reverse()


def _alias(lab: Lab) -> None:
    for server in lab.servers:
        server.remove(API)
        server.records.append(Record(f"{API}.", "CNAME", f"{WWW}."))


def _below(lab: Lab) -> None:
    """The name is a zone of its own, as one hosted elsewhere is."""
    for server in lab.servers:
        server.remove(API)
        server.records += [
            Record(f"{API}.", "NS", f"ns.{API}.", 3600),
            Record(f"ns.{API}.", "A", "127.0.53.31", 3600),
        ]
    own = [
        Record(f"{API}.", "NS", f"ns.{API}.", 3600),
        Record(f"ns.{API}.", "A", "127.0.53.31", 3600),
        Record(f"{API}.", "A", WEB),
        Record(f"{API}.", "AAAA", WEB6),
    ]
    plan = NameserverPlan(f"ns.{API}", own, 7, signed=False)
    lab.below.append((API, "127.0.53.31", plan))
    lab.instead[lab.resolver.name] = Walking(lab, Zone(API, plan))


WRONG: dict[str, dict[str, Change]] = {
    "D02": {
        "a name lost at one": _second(_name_lost),
        "a kind lost at one": _second(_kind_lost),
        "one of two addresses lost": _one_of_two_lost,
        "an alias that leads elsewhere": _alias_elsewhere,
        "a stale one beside one that turns": _choosing(lambda turn: [FARM[turn % 2]], lambda _: [OLD]),
    },
    "D27": {
        "both times": _times(minimum=86400, ttl=86400),
        "a little": _times(minimum=10801, ttl=86400),
        "the record's own time": _times(minimum=86400, ttl=7200),
    },
    "D45": {
        "another than the zone's": _at_the_resolver(API, OLD),
        "of the zone's own name": _at_the_resolver(ZONE, OLD),
        "beside a farm": _beside_a_farm,
    },
}
"""Case to what has it."""

RIGHT: dict[str, dict[str, Change]] = {
    "D02": {
        "by turns": _choosing(*(lambda turn: [FARM[turn % 8]] for _ in NS)),
        "by weight, one of them seldom": _choosing(*(lambda turn: [FARM[turn % 5 == 4]] for _ in NS)),
        "by weight, one of them hardly ever": _choosing(
            lambda turn: [FARM[turn % 50 == 49]], lambda turn: [FARM[turn % 50 == 1]]
        ),
        "three of eight": _choosing(
            *(lambda turn: [FARM[(turn + number) % 8] for number in range(3)] for _ in NS)
        ),
        "out of step": _choosing(lambda turn: [FARM[turn % 2]], lambda turn: [FARM[(turn + 1) % 2]]),
        "another order": _other_order,
        "another time to live": _second(_other_ttl),
        "an alias": _alias,
        "a zone below": _below,
    },
    "D27": {
        "a short time of the record": _times(minimum=86400, ttl=300),
        "a short minimum": _times(minimum=300, ttl=86400),
        "none": _times(minimum=0, ttl=3600),
    },
    "D45": {
        "another order": _other_order,
        "by turns": _choosing(*(lambda turn: [FARM[turn % 3]] for _ in NS)),
        "a zone below": _below,
    },
}
"""Case to what does not have it, though it looks unusual."""


def changed(change: Change) -> Lab:
    """A world that is well, but for the change."""
    lab = healthy()
    change(lab)
    return lab
