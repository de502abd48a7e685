"""Zones whose servers answer as large providers do: by rotation, by weight, with aliases followed or not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import dns.flags
import dns.message
import dns.rrset

from rehearsal.lab.dns import OLD, WEB, WEB6, ZONE, Lab
from rehearsal.stack.network.dns import Answers
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.plan import NameserverPlan, Record

API, WWW = f"api.{ZONE}", f"www.{ZONE}"
POOL = tuple(f"93.184.215.{number}" for number in range(21, 29))
ELSEWHERE = "shop.edge.test"


class Changing:
    """Another server's answers, in which one record set is drawn anew each time."""

    def __init__(self, answers: Answers, name: str, draw: Callable[[random.Random], Sequence[str]]) -> None:
        self.plan = answers.plan
        self._answers, self._name, self._draw = answers, name, draw
        self._random = random.Random(self.plan.name)  # noqa: S311 - the same answers in each test

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """What the other one answers, but for that record set."""
        whole = self._answers.answer(message, datagram)
        if whole is None:
            return None
        reply = dns.message.from_wire(whole)
        asked = reply.question[0] if reply.question else None
        if asked is None or asked.name.to_text() != f"{self._name}." or asked.rdtype.name != "A":
            return whole
        reply.answer = [dns.rrset.from_text_list(asked.name, 60, "IN", "A", list(self._draw(self._random)))]
        return bytes(reply.to_wire())


def some_of(values: Sequence[str], count: int) -> Callable[[random.Random], Sequence[str]]:
    """Draw ``count`` of them."""
    return lambda drawn: drawn.sample(list(values), count)


def by_weight(values: Sequence[str], weights: Sequence[float]) -> Callable[[random.Random], Sequence[str]]:
    """Draw one of them."""
    return lambda drawn: drawn.choices(list(values), list(weights))


def drawing(
    lab: Lab, name: str, *draws: Callable[[random.Random], Sequence[str]], remembered: str = POOL[0]
) -> None:
    """Let each server draw its addresses of a name; resolvers remember one answer of them."""
    unsigned(lab)
    if name == ZONE:
        lab.everywhere("", "HTTPS", f"1 . alpn=h2 ipv4hint={POOL[0]} ipv6hint={WEB6}")
        lab.declared["records"] = [{"name": WWW, "type": "A", "values": [WEB]}]
    for server, draw in zip(lab.servers, draws, strict=True):
        lab.instead[server.name] = Changing(Zone(ZONE, server), name, draw)
    lab.resolver.remembered[name, "A"] = remembered


def in_any_order(lab: Lab) -> None:
    """All addresses each time, in another order."""
    drawing(lab, API, some_of(POOL, 8), some_of(POOL, 8))
    lab.everywhere(API, "A", *POOL)
    del lab.resolver.remembered[API, "A"]


def unsigned(lab: Lab) -> None:
    """Whoever draws answers signs each anew, which is left out here."""
    lab.ds.clear()
    for server in lab.servers:
        server.signed = False


def delegate_api(lab: Lab, *, answers: bool = True, recorded: bool = True) -> None:
    """Make the API's name a zone of its own, at another server."""
    unsigned(lab)
    records = [
        Record(f"{API}.", "NS", f"ns.{API}.", 3600),
        Record(f"ns.{API}.", "A", "127.0.53.21", 3600),
    ]
    for server in lab.servers:
        server.remove(API)
        server.records += records
    own = [Record(f"{API}.", "A", WEB), Record(f"{API}.", "AAAA", WEB6)] if recorded else []
    plan = NameserverPlan(f"ns.{API}", [*records, *own], 7, signed=False, running=answers)
    lab.below.append((API, "127.0.53.21", plan))
    for kind, value in (("A", WEB), ("AAAA", WEB6)):
        lab.resolver.remembered[API, kind] = value


def alias_followed_by_one(lab: Lab) -> None:
    """www leads into a zone that one of the servers also has: that one follows, the other does not."""
    unsigned(lab)
    lab.addresses[f"{ELSEWHERE}:443"] = ["127.0.0.1:443"]
    for server in lab.servers:
        server.remove(WWW)
        server.records.append(Record(f"{WWW}.", "CNAME", f"{ELSEWHERE}."))
    follower = lab.servers[0]
    lab.instead[follower.name] = Following(Zone(ZONE, follower))
    for kind, value in (("A", WEB), ("AAAA", WEB6)):
        lab.resolver.remembered[WWW, kind] = value


class Following:
    """Adds what another zone of the same server has."""

    def __init__(self, answers: Answers) -> None:
        self.plan = answers.plan
        self._answers = answers

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The other server's answer, with addresses behind its alias."""
        whole = self._answers.answer(message, datagram)
        reply = dns.message.from_wire(whole) if whole else None
        if reply is None or not any(entry.rdtype.name == "CNAME" for entry in reply.answer):
            return whole
        kind = reply.question[0].rdtype.name
        if kind in ("A", "AAAA"):
            value = {"A": WEB, "AAAA": WEB6}[kind]
            reply.answer.append(dns.rrset.from_text(f"{ELSEWHERE}.", 60, "IN", kind, value))
        return bytes(reply.to_wire())


def _delegated_with_old(lab: Lab) -> None:
    delegate_api(lab)
    lab.resolver.remembered[API, "A"] = OLD


def _alias_to_two_places(lab: Lab) -> None:
    alias_followed_by_one(lab)
    lab.addresses["old.edge.test:443"] = ["127.0.0.1:443"]
    lab.servers[1].replace(WWW, "CNAME", "old.edge.test.")


def soa_times(minimum: int, ttl: int) -> Callable[[Lab], None]:
    """How long negative answers are kept: the lower of both counts."""

    def change(lab: Lab) -> None:
        for server in lab.servers:
            server.soa_times, server.soa_ttl = (7200, 900, 1209600, minimum), ttl

    return change


RIGHT: dict[str, Callable[[Lab], None]] = {
    "another four of eight each time": lambda lab: drawing(lab, API, some_of(POOL, 4), some_of(POOL, 4)),
    "one of eight each time": lambda lab: drawing(
        lab, API, some_of(POOL, 1), some_of(POOL, 1), remembered=POOL[5]
    ),
    "weighted, nine to one": lambda lab: drawing(
        lab, API, by_weight(POOL[:2], (9, 1)), by_weight(POOL[:2], (9, 1))
    ),
    "weighted, two hundred to one": lambda lab: drawing(
        lab, API, by_weight(POOL[:2], (200, 1)), by_weight(POOL[:2], (200, 1))
    ),
    "the apex rotates": lambda lab: drawing(lab, ZONE, some_of(POOL, 4), some_of(POOL, 4)),
    "the same in another order": in_any_order,
    "an alias that one server follows": alias_followed_by_one,
    "a name that is a zone of its own": delegate_api,
}
"""Changes that leave a zone right."""

WRONG: dict[str, tuple[str, Callable[[Lab], None]]] = {
    "a server that rotates through another pool": (
        "D02",
        lambda lab: drawing(lab, API, some_of(POOL[:4], 2), some_of(POOL[4:], 2)),
    ),
    "a server that rotates through an old address, too": (
        "D02",
        lambda lab: drawing(lab, API, some_of(POOL[:4], 2), some_of((*POOL[:3], OLD), 2)),
    ),
    "a server that always gives one old address": (
        "D02",
        lambda lab: drawing(lab, API, some_of(POOL, 4), lambda _: [OLD]),
    ),
    "a server whose weights know an old address alone": (
        "D02",
        lambda lab: drawing(lab, API, by_weight(POOL[:2], (9, 1)), by_weight((OLD, POOL[3]), (9, 1))),
    ),
    "a resolver that knows none of what rotates": (
        "D45",
        lambda lab: drawing(lab, API, some_of(POOL, 4), some_of(POOL, 4), remembered=OLD),
    ),
    "a resolver with another answer for a zone below": ("D45", _delegated_with_old),
    "an alias to two places": ("D02", _alias_to_two_places),
}
"""Case to the changes that bring it about where answers change by themselves."""
