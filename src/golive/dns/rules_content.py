"""D15 to D35: what stands in a zone."""

import ipaddress

from golive.core.outcome import Unseen
from golive.dns.cases import ZONE
from golive.dns.claimable import CLAIMABLE
from golive.dns.reply import texts
from golive.dns.zone_view import ZoneView, listed
from golive.rules.cases import Wrong
from golive.rules.declared import Results

_ADDRESS_TYPES = ("A", "AAAA", "CNAME")


@ZONE.case("D15", "blocking", "alias at the zone's apex", needs=())
def apex_alias(view: ZoneView) -> Results:
    """D15: the apex is no alias (RFC 1034, 3.6.2)."""
    for chain in view.survey.chains:
        if chain.name == view.survey.zone:
            yield Wrong("addresses at the apex", f"an alias to {chain.targets[0]}", chain.name)


@ZONE.case("D16", "blocking", "alias beside other records", needs=())
def beside_alias(view: ZoneView) -> Results:
    """D16: nothing stands beside an alias (RFC 2181, 10.1)."""
    for chain in view.survey.chains:
        if chain.beside:
            yield Wrong("the alias alone", f"also {listed(chain.beside)}", chain.name)


@ZONE.case("D17", "blocking", "dangling alias", needs=())
def dangling(view: ZoneView) -> Results:
    """D17: every alias leads to an address."""
    for chain in view.survey.chains:
        where = " → ".join((chain.name, *chain.targets))
        if chain.end == "nothing":
            yield Wrong(
                "an address at the end; remove the alias or restore its target", "no such name", where
            )
        elif chain.end == "unknown":
            yield Unseen(f"the end of {where} cannot be seen", "check this machine's name resolution")


@ZONE.case("D18", "blocking", "alias to a service where anyone can claim the name", needs=())
def claimable(view: ZoneView) -> Results:
    """D18: no alias points at a name of a hosting service that anybody could register.

    An alias that the profile declares is known to be ours, as long as it leads to an address.
    """
    declared = {
        (record.name.rstrip(".").lower(), value.rstrip(".").lower())
        for record in view.target.records
        if record.type == "CNAME"
        for value in record.values
    }
    for chain in view.survey.chains:
        for here, target in zip((chain.name, *chain.targets), chain.targets, strict=False):
            service = next((each for each in CLAIMABLE if target.endswith(f".{each}")), None)
            if service and ((here, target) not in declared or chain.end == "nothing"):
                yield Wrong(
                    "a target that is ours; declare the alias in the profile, or remove it",
                    f"{target}, a name of {service} that anybody can claim",
                    here,
                )


@ZONE.case("D19", "blocking", "aliases in a loop", needs=())
def loop(view: ZoneView) -> Results:
    """D19: aliases end."""
    for chain in view.survey.chains:
        if chain.end == "loop":
            yield Wrong("an address at the end", "a loop", " → ".join((chain.name, *chain.targets[:8])))


@ZONE.case("D20", "advisory", "chain of aliases too long", needs=())
def chain_length(view: ZoneView) -> Results:
    """D20: aliases end soon."""
    limit = view.target.bounds.longest_chain
    for chain in view.survey.chains:
        if chain.end != "loop" and len(chain.targets) > limit:
            yield Wrong(f"at most {limit} aliases", str(len(chain.targets)), chain.name)


@ZONE.case("D21", "advisory", "wildcard answers for names that nobody declared", needs=())
def wildcard(view: ZoneView) -> Results:
    """D21: a name that nobody declared does not exist."""
    yield from view.unanswered(view.survey.stray, "A")
    if any(record.name.startswith("*.") for record in view.target.records):
        return
    reply = view.survey.reply(view.survey.stray, "A")
    if reply and reply.answer:
        yield Wrong(
            "NXDOMAIN, or the wildcard declared in the profile",
            listed(texts(_plain(reply.answer))),
            reply.where,
        )


def _plain(entries: object) -> list:  # type: ignore[type-arg]
    return [entry for entry in entries if entry.rdtype.name != "RRSIG"]  # type: ignore[attr-defined]


@ZONE.case("D22", "advisory", "no www", needs=())
def www(view: ZoneView) -> Results:
    """D22: people who type www arrive."""
    name = f"www.{view.survey.zone}"
    unanswered = list(view.unanswered(name, "A", "AAAA"))
    if unanswered or not view.survey.speaking:
        yield from unanswered
    elif not view.addresses(name) and all(
        chain.name != name or chain.end == "nothing" for chain in view.survey.chains
    ):
        yield Wrong("an address or alias", "none", name)


@ZONE.case("D23", "advisory", "no IPv6 address", needs=())
def ipv6(view: ZoneView) -> Results:
    """D23: public hosts have IPv6 addresses."""
    without = []
    for host in view.survey.hosts:
        yield from view.unanswered(host, "AAAA")
        if view.survey.reply(host, "AAAA") and _has(view, host, "A") and not _has(view, host, "AAAA"):
            without.append(host)
    if without:
        yield Wrong("AAAA records", "none", listed(without))


def _has(view: ZoneView, name: str, kind: str) -> bool:
    reply = view.survey.reply(name, kind)
    return bool(reply and reply.of_type(kind))


@ZONE.case("D24", "blocking", "private address in public DNS", needs=())
def private(view: ZoneView) -> Results:
    """D24: public names lead to public addresses."""
    for host in dict.fromkeys((*view.survey.hosts, f"www.{view.survey.zone}")):
        yield from view.unanswered(host, "A", "AAAA")
        bad = [each for each in view.addresses(host) if not ipaddress.ip_address(each).is_global]
        if bad:
            yield Wrong("public addresses", listed(bad), host)


@ZONE.case("D25", "blocking", "old address left", needs=())
def leftovers(view: ZoneView) -> Results:
    """D25: no server gives an old address; an hour before a cutover, none that is neither old nor new."""
    old, new, moment = view.old_addresses, view.new_addresses, view.moment
    if moment == "before-48h":
        return
    for server in view.survey.speaking:
        for (name, kind), reply in server.replies.items():
            if kind not in ("A", "AAAA") or name in view.survey.names:
                continue
            given = {str(ipaddress.ip_address(value)) for value in reply.of_type(kind)}
            if moment == "before-1h":
                stray = given - old - new if name in view.survey.hosts else set()
                if stray:
                    yield Wrong("declared addresses, old or new", listed(stray), reply.where)
            elif given & old - new:
                yield Wrong("none of the old addresses", listed(given & old), reply.where)


@ZONE.case("D26", "advisory", "TTL too high for a cutover", needs=(), at={"before-48h": "blocking"})
def ttl(view: ZoneView) -> Results:
    """D26: before a cutover, addresses are kept for a short time only."""
    cutover = view.target.cutover
    if cutover is None or cutover.moment == "after-ttl":
        return
    limit = cutover.longest_ttl.total_seconds()
    for host in view.survey.hosts:
        for kind in ("A", "AAAA"):
            reply = view.survey.reply(host, kind)
            entries = [each for each in reply.answer if each.rdtype.name in _ADDRESS_TYPES] if reply else []
            high = max((each.ttl for each in entries), default=0)
            if reply and high > limit:
                yield Wrong(f"a TTL of at most {limit:.0f} s", f"{high} s", reply.where)


@ZONE.case("D27", "advisory", "negative TTL too high", needs=(), at={"before-48h": "blocking"})
def negative_ttl(view: ZoneView) -> Results:
    """D27: that a name does not exist is remembered for a short time only.

    The time is the lower one of the SOA's minimum and its own TTL beside such an answer (RFC 2308, 5).
    """
    limit = view.target.bounds.negative_ttl.total_seconds()
    for server in view.survey.speaking[:1]:
        minimum: int = server.soa_record.minimum  # type: ignore[union-attr]
        stray = server.replies.get((view.survey.stray, "A"))
        beside = [entry.ttl for entry in (stray.authority if stray else ()) if entry.rdtype.name == "SOA"]
        kept = min((minimum, *beside))
        if kept > limit:
            yield Wrong(f"at most {limit:.0f} s", f"{kept} s", f"SOA {view.survey.zone}")


@ZONE.case("D28", "advisory", "SOA expire out of proportion", needs=())
def expire(view: ZoneView) -> Results:
    """D28: secondaries serve on for long enough when the primary is lost (RFC 1912, 2.2)."""
    shortest = view.target.bounds.shortest_expire.total_seconds()
    for server in view.survey.speaking[:1]:
        soa = server.soa_record
        least = max(shortest, soa.refresh + soa.retry)  # type: ignore[union-attr]
        if soa.expire < least:  # type: ignore[union-attr]
            yield Wrong(f"at least {least:.0f} s", f"{soa.expire} s", f"SOA {view.survey.zone}")  # type: ignore[union-attr]


@ZONE.case("D29", "advisory", "SOA names a primary that does not exist", needs=())
def primary(view: ZoneView) -> Results:
    """D29: the primary that the SOA names exists."""
    found = view.survey.primary
    if found is not None and found.unknown:
        yield Unseen(f"this machine cannot look up {found.name}", "check its name resolution")
    elif found is not None and not found.addresses:
        yield Wrong("a primary with an address", found.name or "the root", f"SOA {view.survey.zone}")


@ZONE.case("D30", "blocking", "address hints of the HTTPS record are stale", needs=())
def hints(view: ZoneView) -> Results:
    """D30: the addresses in an HTTPS record are those of its target (RFC 9460, 7.3)."""
    for server in view.survey.speaking:
        for (name, kind), reply in server.replies.items():
            entry = reply.records(name, "HTTPS") if kind == "HTTPS" else None
            for data in entry or ():
                target = data.target.to_text().rstrip(".").lower() or name
                known = set(view.addresses(target))
                for value in data.params.values():
                    given = {str(ipaddress.ip_address(each)) for each in getattr(value, "addresses", ())}
                    if known and given - known:
                        yield Wrong(listed(known), f"hints {listed(given)}", reply.where)


def _issuers(view: ZoneView, host: str) -> tuple[list[str], str]:
    """The CAA issue values in force for a host, and the name that has them (RFC 8659, 3)."""
    name = host
    while True:
        entry = view.survey.records(name, "CAA")
        if entry:
            issue = [data.value.decode("ascii", "replace") for data in entry if data.tag.lower() == b"issue"]
            return [value.partition(";")[0].strip().lower() for value in issue], name
        if name == view.survey.zone:
            return [], name
        name = name.partition(".")[2]


@ZONE.case("D31", "advisory", "no CAA", needs=())
def caa(view: ZoneView) -> Results:
    """D31: the zone says which authorities may issue."""
    yield from view.unanswered(view.survey.zone, "CAA")
    if view.survey.reply(view.survey.zone, "CAA") and not view.survey.records(view.survey.zone, "CAA"):
        yield Wrong("CAA records", "none", view.survey.zone)


@ZONE.case("D32", "blocking", "CAA forbids the certificate authority in use", needs=())
def caa_permits(view: ZoneView) -> Results:
    """D32: the authority in use may issue, for every host."""
    for host in dict.fromkeys((view.survey.zone, *view.survey.hosts)):
        yield from view.unanswered(host, "CAA")
        issuers, where = _issuers(view, host)
        allowed = [each for each in issuers if each]
        if not allowed:
            continue
        ours = view.target.certificate_authority
        if ours is None:
            yield Unseen(
                "the profile does not name the certificate authority in use",
                "set targets.dns.certificate_authority to its CAA domain, such as letsencrypt.org",
            )
            return
        if ours.lower() not in allowed:
            yield Wrong(f"{ours} among the issuers for {host}", listed(allowed), f"CAA {where}")


@ZONE.case("D33", "blocking", "CAA forbids every certificate authority", needs=())
def caa_forbids(view: ZoneView) -> Results:
    """D33: some authority may issue, for every host."""
    for host in dict.fromkeys((view.survey.zone, *view.survey.hosts)):
        yield from view.unanswered(host, "CAA")
        issuers, where = _issuers(view, host)
        if issuers and not any(issuers):
            yield Wrong(f"an authority that may issue for {host}", "issue ';', which is none", f"CAA {where}")


@ZONE.case("D34", "advisory", "two SPF records", needs=())
def spf(view: ZoneView) -> Results:
    """D34: at most one SPF record (RFC 7208, 3.2)."""
    yield from view.unanswered(view.survey.zone, "TXT")
    found = [each for each in view.strings(view.survey.zone) if each.lower().startswith("v=spf1")]
    if len(found) > 1:
        yield Wrong("one SPF record", f"{len(found)}: {listed(found)}", f"TXT {view.survey.zone}")


@ZONE.case("D35", "advisory", "no DMARC policy", needs=())
def dmarc(view: ZoneView) -> Results:
    """D35: mail in the zone's name has a policy."""
    name = f"_dmarc.{view.survey.zone}"
    yield from view.unanswered(name, "TXT")
    if view.survey.reply(name, "TXT") and not any(each.startswith("v=DMARC1") for each in view.strings(name)):
        yield Wrong("v=DMARC1; p=…", "none", f"TXT {name}")
