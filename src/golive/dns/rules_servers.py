"""D01 to D14: the servers of a zone."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence, Set

import dns.name

from golive.core.outcome import Unseen
from golive.dns.cases import SERVERS
from golive.dns.reply import Reply, texts
from golive.dns.zone_view import ZoneView, listed
from golive.rules.cases import Wrong
from golive.rules.declared import Results

_SIGNING = {"RRSIG"}
_LOOK_UP = "repair this machine's name resolution, or set network.resolver in the profile"


@SERVERS.case(
    "D01",
    "advisory",
    "serial numbers differ",
    needs=(),
    at={"before-48h": "blocking", "before-1h": "blocking"},
)
def serials(view: ZoneView) -> Results:
    """D01: every server has the same version of the zone."""
    seen = {server.where: server.serial for server in view.survey.speaking}
    if len(set(seen.values())) > 1:
        observed = listed(f"{where}: {serial}" for where, serial in seen.items())
        yield Wrong(
            "one serial number everywhere; let the transfers finish or fix them", observed, view.survey.zone
        )


@SERVERS.case("D02", "blocking", "servers with the same serial number answer differently", needs=())
def same_data(view: ZoneView) -> Results:
    """D02: servers with the same serial number give the same answers, all of their answers taken together."""
    speaking = view.survey.speaking
    for index, first in enumerate(speaking[:1]):
        for other in speaking[index + 1 :]:
            if other.serial != first.serial:
                continue
            for what in first.replies:
                ours, theirs = first.answers(what), other.answers(what)
                if what not in other.delegated and ours and theirs and (said := _difference(ours, theirs)):
                    yield Wrong(f"{said[0]} as at {first.where}", said[1], theirs[0].where)


def _difference(ours: Sequence[Reply], theirs: Sequence[Reply]) -> tuple[str, str] | None:
    """What two servers say differently; None where it is the same, or may be."""
    # How far a server follows an alias is its own affair: only what both say something of is compared.
    owners = {entry.name for entry in ours[0].answer} & {entry.name for entry in theirs[0].answer}
    owners.add(dns.name.from_text(ours[0].question.name))
    first, second = ([_said(reply, owners) for reply in replies] for replies in (ours, theirs))
    if first[0] == second[0] and len(set(first)) == len(set(second)) == 1:
        return None
    if len(set(first)) == len(set(second)) == 1:
        return _words(first[0]), _words(second[0])
    # They rotate, or are weighted: what is common to one may be rare at the other by chance.
    counted = [Counter(value for said in answers for value in said[1]) for answers in (first, second)]
    if not counted[0].keys() & counted[1].keys():
        return listed(counted[0]), listed(counted[1])
    for value in counted[0].keys() ^ counted[1].keys():
        there = counted[0][value] or counted[1][value]
        asked, beside = (len(first), len(second)) if counted[0][value] else (len(second), len(first))
        if math.comb(asked, there) / math.comb(asked + beside, there) < _CHANCE:
            often = f"{value} in {there} of {asked} answers"
            never = f"in none of {beside}"
            return (often, never) if counted[0][value] else (f"{value} in none of {beside} answers", often)
    return None


_CHANCE = 1e-4
"""That one server never gives what another gives so often, if both draw from the same values (Fisher)."""

_Said = tuple[str, frozenset[str]]


def _said(reply: Reply, owners: Set[dns.name.Name]) -> _Said:
    found = [entry for entry in reply.answer if entry.rdtype.name not in _SIGNING and entry.name in owners]
    follows = any(entry.rdtype.name == "CNAME" for entry in found)
    return ("" if follows else reply.rcode), frozenset(texts(found))


def _words(said: _Said) -> str:
    code, values = said
    return f"{code} {listed(values) if values else 'no records'}".strip()


@SERVERS.case("D03", "advisory", "the zone's own NS records differ from the parent's", needs=())
def names_at_parent(view: ZoneView) -> Results:
    """D03: parent and zone name the same servers."""
    yield from view.undelegated()
    delegation, child = view.survey.delegation, set(view.survey.child_names())
    if delegation.names and child and set(delegation.names) != child:
        yield Wrong(f"the parent's {listed(delegation.names)}", listed(child), f"NS {view.survey.zone}")


@SERVERS.case("D04", "blocking", "lame server", needs=())
def lame(view: ZoneView) -> Results:
    """D04: every server that is delegated to answers with authority."""
    for server in view.survey.servers:
        if server.alive and server.serial is None:
            reply = next((each for each in server.openings if each.answered), server.soa)
            said = f"{reply.word} without authority" if reply.rcode == "NOERROR" else reply.word
            yield Wrong(
                "an authoritative SOA; configure the zone there or end the delegation", said, reply.where
            )
    if view.survey.delegation.trouble and view.survey.delegation.asked:
        yield Wrong("a delegation from the parent", view.survey.delegation.trouble, view.survey.zone)


@SERVERS.case("D05", "advisory", "dead server", needs=(), at={"before-48h": "blocking"})
def dead(view: ZoneView) -> Results:
    """D05: every server answers."""
    for server in view.survey.servers:
        if not server.alive and not server.unreachable:
            yield Wrong("an answer over UDP or TCP", server.soa.word, server.where)


@SERVERS.case("D05A", "blocking", "every server is dead", needs=())
def all_dead(view: ZoneView) -> Results:
    """D05A: at least one server answers."""
    servers = view.survey.servers
    if servers and all(server.unreachable for server in servers):
        yield Unseen(
            "this machine has no route to any of the zone's servers", "run it from a network that has"
        )
    elif not any(server.alive for server in servers):
        yield Wrong("at least one server that answers", f"none of {len(servers)}", view.survey.zone)


@SERVERS.case("D06", "advisory", "only one name server", needs=())
def enough(view: ZoneView) -> Results:
    """D06: at least two servers, at two addresses."""
    addresses = {server.address for server in view.survey.servers}
    names = set(view.survey.delegation.names) or {server.name for server in view.survey.servers}
    if len(names) < 2 or len(addresses) < 2:
        yield Wrong("two servers at two addresses", f"{len(names)} at {len(addresses)}", view.survey.zone)


@SERVERS.case("D07", "blocking", "glue differs from the server's address", needs=())
def glue(view: ZoneView) -> Results:
    """D07: the parent's glue is what the zone says of its servers."""
    yield from view.undelegated()
    for name, sent in view.survey.delegation.glue.items():
        if not name.endswith(f".{view.survey.zone}"):
            continue
        ours = set(view.addresses(name))
        if ours and not set(sent) <= ours:
            yield Wrong(f"{listed(ours)}; correct the glue at the registrar", listed(sent), f"glue of {name}")


@SERVERS.case("D08", "advisory", "a name server's name is an alias", needs=())
def alias_names(view: ZoneView) -> Results:
    """D08: a server's name has addresses of its own (RFC 2181, 10.3)."""
    for name in view.survey.names.values():
        if name.alias:
            yield Wrong("addresses", f"an alias to {name.alias}", f"NS {name.name}")


@SERVERS.case("D09", "blocking", "a name server's name does not resolve", needs=())
def resolving(view: ZoneView) -> Results:
    """D09: every server's name has an address."""
    for name in view.survey.names.values():
        if name.unknown:
            yield Unseen(f"this machine cannot look up {name.name}", _LOOK_UP)
        elif not name.addresses and not name.alias and not view.addresses(name.name):
            yield Wrong("an address", "none", f"NS {name.name}")


@SERVERS.case("D10", "blocking", "no answer over TCP", needs=())
def tcp(view: ZoneView) -> Results:
    """D10: what answers over UDP answers over TCP (RFC 7766)."""
    for server in view.survey.servers:
        if (server.soa.answered or server.soa_plain.answered) and not server.soa_tcp.answered:
            yield Wrong("an answer over TCP; open TCP port 53", server.soa_tcp.word, server.where)


@SERVERS.case("D11", "advisory", "EDNS questions are dropped", needs=())
def edns(view: ZoneView) -> Results:
    """D11: questions with EDNS are answered with EDNS (RFC 6891)."""
    for server in view.survey.servers:
        if not server.soa_plain.answered:
            continue
        if not server.soa.answered or server.soa.rcode in ("FORMERR", "NOTIMP") or not server.soa.edns:
            said = (
                server.soa.word
                if server.soa.edns or not server.soa.answered
                else f"{server.soa.word} without EDNS"
            )
            yield Wrong("an answer with EDNS", said, server.where)


@SERVERS.case("D12", "advisory", "slow server", needs=())
def slow(view: ZoneView) -> Results:
    """D12: a server's fastest answer is fast enough."""
    limit = view.target.bounds.slow.total_seconds() * 1000
    for server in view.survey.speaking:
        times = [reply.elapsed_ms for reply in (*server.openings, *server.replies.values()) if reply.answered]
        if times and min(times) > limit:
            yield Wrong(f"at most {limit:.0f} ms", f"{min(times):.0f} ms at best", server.where)


@SERVERS.case("D13", "advisory", "open recursion", needs=())
def recursion(view: ZoneView) -> Results:
    """D13: no server looks up other people's names for strangers."""
    for reply in _those(server.recursion for server in view.survey.servers):
        if reply.recursion and reply.rcode in ("NOERROR", "NXDOMAIN"):
            yield Wrong("REFUSED", f"{reply.rcode} with recursion", reply.where)


@SERVERS.case("D14", "advisory", "zone transfer open to everybody", needs=())
def transfer(view: ZoneView) -> Results:
    """D14: no server hands the whole zone to strangers."""
    for reply in _those(server.transfer for server in view.survey.servers):
        if reply.rcode == "NOERROR" and reply.of_type("SOA"):
            yield Wrong("REFUSED; allow transfers to your own secondaries only", "the zone", reply.where)


def _those(replies: Iterable[Reply | None]) -> Iterable[Reply]:
    return (reply for reply in replies if reply is not None and reply.answered)
