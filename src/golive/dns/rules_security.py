"""D36 to D44: DNSSEC, from the parent's DS to every signature that the servers sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dns.dnssec
import dns.exception
import dns.flags
import dns.name
import dns.rdatatype
import dns.rdtypes.ANY.DNSKEY
import dns.rdtypes.ANY.RRSIG
import dns.rrset

from golive.core.duration import format_duration
from golive.dns.cases import ZONE
from golive.dns.observation import Server
from golive.dns.reply import Reply
from golive.dns.zone_view import ZoneView, listed, set_text
from golive.rules.cases import Wrong
from golive.rules.declared import Results

_SOON = timedelta(days=1)
_WEAK = {1: "RSAMD5", 3: "DSA", 5: "RSASHA1", 6: "DSA-NSEC3-SHA1", 7: "RSASHA1-NSEC3-SHA1", 12: "ECC-GOST"}
_RSA = {5, 7, 8, 10}
_SHORTEST_RSA = 2048 // 8
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class _Signed:
    """One record set of one answer, and what its signatures are worth."""

    reply: Reply
    records: dns.rrset.RRset
    verdict: str
    """``good``, ``unsigned``, ``bogus``, ``expired`` or ``early``."""
    until: float = 0.0
    """The last instant at which it is still good, in seconds since 1970."""

    @property
    def where(self) -> str:
        return f"{self.records.rdtype.name} {self.records.name.to_text(True)}, {self.reply.where}"


def _keys(view: ZoneView, server: Server) -> dns.rrset.RRset | None:
    reply = server.replies.get((view.survey.zone, "DNSKEY"))
    return reply.records(view.survey.zone, "DNSKEY") if reply else None


def _all_keys(view: ZoneView) -> dns.rrset.RRset | None:
    return next((keys for server in view.survey.speaking if (keys := _keys(view, server))), None)


def _signed(view: ZoneView) -> Iterator[_Signed]:
    keys = _all_keys(view)
    if keys is None:
        return
    zone = dns.name.from_text(view.survey.zone)
    known: dict[object, tuple[str, float]] = {}
    for server in view.survey.speaking:
        for reply in server.all_replies():
            sections = reply.answer + reply.authority if reply.authoritative else ()
            for records in sections:
                if records.rdtype == dns.rdatatype.RRSIG or not records.name.is_subdomain(zone):
                    continue
                if records.rdtype == dns.rdatatype.NS and records.name != zone:
                    continue
                signatures = [
                    data
                    for entry in sections
                    if entry.rdtype == dns.rdatatype.RRSIG
                    and entry.name == records.name
                    and entry.covers == records.rdtype
                    for data in entry
                ]
                # The same set with the same signatures comes in many answers: it is verified once.
                key = (records.name, records.rdtype, frozenset(records), frozenset(signatures))
                if key not in known:
                    known[key] = _worth(records, signatures, keys, zone, view.now.timestamp())
                yield _Signed(reply, records, *known[key])


def _worth(
    records: dns.rrset.RRset,
    signatures: list[dns.rdtypes.ANY.RRSIG.RRSIG],
    keys: dns.rrset.RRset,
    zone: dns.name.Name,
    now: float,
) -> tuple[str, float]:
    """One good signature is enough (RFC 4035, 5.3); otherwise the best of what is wrong with them."""
    found: list[tuple[str, float]] = []
    for signature in signatures:
        try:
            # At an instant within its own window: time and cryptography are judged apart.
            dns.dnssec.validate_rrsig(
                records, signature, {zone: keys}, now=signature.inception, policy=dns.dnssec.allow_all_policy
            )
        except (dns.exception.DNSException, ValueError):
            found.append(("bogus", 0.0))
            continue
        if now > signature.expiration:
            found.append(("expired", float(signature.expiration)))
        elif now < signature.inception:
            found.append(("early", float(signature.inception)))
        else:
            found.append(("good", float(signature.expiration)))
    if not found:
        return ("unsigned", 0.0)
    order = ("good", "expired", "early", "bogus")
    return min(found, key=lambda each: (order.index(each[0]), -each[1]))


def _of(view: ZoneView, verdict: str) -> list[_Signed]:
    found = {
        (each.reply.server, each.records.name, each.records.rdtype): each
        for each in _signed(view)
        if each.verdict == verdict
    }
    return list(found.values())[:_SHOWN]


@ZONE.case("D36", "blocking", "DNSSEC signature does not fit the data", needs=())
def tampered(view: ZoneView) -> Results:
    """D36: every signature fits its data."""
    for each in _of(view, "bogus"):
        yield Wrong(
            "a signature that fits; sign the zone again", f"none for {set_text(each.records)}", each.where
        )


@ZONE.case("D37", "blocking", "DNSSEC signature expired", needs=())
def expired(view: ZoneView) -> Results:
    """D37: signatures are in force."""
    for verdict in ("expired", "early"):
        for each in _of(view, verdict):
            away = format_duration(timedelta(seconds=abs(view.now.timestamp() - each.until)))
            said = f"expired {away} ago" if verdict == "expired" else f"valid only in {away}"
            yield Wrong("a signature in force; sign the zone again", said, each.where)


@ZONE.case(
    "D38", "advisory", "DNSSEC signature expires within a day", needs=(), at={"before-48h": "blocking"}
)
def expiring(view: ZoneView) -> Results:
    """D38: signatures hold for another day."""
    good = [each for each in _signed(view) if each.verdict == "good"]
    first = min(good, key=lambda each: each.until, default=None)
    if first is not None:
        left = timedelta(seconds=first.until - view.now.timestamp())
        if left < _SOON:
            yield Wrong("a day left; see that the signer runs", format_duration(left), first.where)


@ZONE.case("D39", "blocking", "the parent's DS fits no key", needs=())
def ds_fits(view: ZoneView) -> Results:
    """D39: the parent's DS is that of a key in the zone, and that key signs the keys (RFC 4035, 5.2)."""
    yield from view.undelegated(signed=True)
    delegation, keys = view.survey.delegation, _all_keys(view)
    if not delegation.ds or not view.survey.speaking:
        return
    where = f"DS {view.survey.zone} at {delegation.parent}"
    if view.survey.reply(view.survey.zone, "DNSKEY") is None:
        yield from view.unanswered(view.survey.zone, "DNSKEY")
    elif keys is None:
        yield Wrong(
            "a key in the zone that the DS names", "no keys: validating resolvers refuse the zone", where
        )
    elif not any(_is_of(ds, keys) for ds in delegation.ds):
        seen = listed(f"key tag {ds.key_tag}" for ds in delegation.ds)  # type: ignore[attr-defined]
        ours = listed(f"key tag {dns.dnssec.key_id(key)}" for key in keys)
        yield Wrong(f"the DS of one of the zone's keys, {ours}; correct it at the registrar", seen, where)


def _is_of(ds: Any, keys: dns.rrset.RRset) -> bool:
    for key in keys:
        try:
            made = dns.dnssec.make_ds(
                keys.name,
                key,
                ds.digest_type,
                policy=dns.dnssec.allow_all_policy,
                validating=True,
            )
        except (dns.exception.DNSException, ValueError):
            continue
        if made == ds:
            return True
    return False


@ZONE.case(
    "D40", "advisory", "the zone is signed, and the parent has no DS", needs=(), at={"before-48h": "blocking"}
)
def ds_missing(view: ZoneView) -> Results:
    """D40: a signed zone is known to be signed."""
    yield from view.undelegated(signed=True)
    delegation = view.survey.delegation
    if _all_keys(view) is not None and delegation.ds_asked and not delegation.ds:
        yield Wrong(
            "a DS record; give it to the registrar",
            "none",
            f"DS {view.survey.zone} at {view.survey.delegation.parent}",
        )


@ZONE.case("D41", "blocking", "a server answers without signatures", needs=())
def partly_unsigned(view: ZoneView) -> Results:
    """D41: every server of a signed zone sends signatures."""
    if _all_keys(view) is None:
        return
    for server in view.survey.speaking:
        if not server.soa.edns:
            continue
        answered = server.replies.get((view.survey.zone, "DNSKEY"))
        if answered is not None and answered.answered and _keys(view, server) is None:
            yield Wrong("the zone's keys and signatures", "neither", server.where)
    for each in _of(view, "unsigned"):
        if (
            each.reply.edns
            and _keys(view, next(s for s in view.survey.speaking if s.address == each.reply.address))
            is not None
        ):
            yield Wrong("a signature", "none", each.where)


@ZONE.case("D42", "advisory", "weak DNSSEC algorithm", needs=())
def weak(view: ZoneView) -> Results:
    """D42: keys and digests are of algorithms that still hold (RFC 9904)."""
    for key in _all_keys(view) or ():
        algorithm = int(key.algorithm)
        if algorithm in _WEAK:
            yield Wrong(
                "ECDSA P-256, Ed25519 or RSA with SHA-256", _WEAK[algorithm], f"DNSKEY {view.survey.zone}"
            )
        elif algorithm in _RSA and _modulus_bytes(key.key) < _SHORTEST_RSA:
            yield Wrong(
                "RSA of 2048 bits", f"{_modulus_bytes(key.key) * 8} bits", f"DNSKEY {view.survey.zone}"
            )
    digests = {int(ds.digest_type) for ds in view.survey.delegation.ds}  # type: ignore[attr-defined]
    if digests and digests <= {1, 3}:
        yield Wrong("a DS with SHA-256", "SHA-1 or GOST only", f"DS {view.survey.zone}")


def _modulus_bytes(key: bytes) -> int:
    """RFC 3110, 2: length of the exponent, exponent, modulus."""
    if not key:
        return 0
    if key[0]:
        return len(key) - 1 - key[0]
    return len(key) - 3 - int.from_bytes(key[1:3], "big")


@ZONE.case("D43", "advisory", "NSEC3 iterations", needs=())
def iterations(view: ZoneView) -> Results:
    """D43: NSEC3 without extra iterations (RFC 9276)."""
    for data in view.survey.records(view.survey.zone, "NSEC3PARAM") or ():
        if data.iterations:
            yield Wrong("0 iterations", str(data.iterations), f"NSEC3PARAM {view.survey.zone}")


@ZONE.case("D44", "advisory", "unsigned zone", needs=())
def unsigned(view: ZoneView) -> Results:
    """D44: the zone is signed."""
    yield from view.unanswered(view.survey.zone, "DNSKEY")
    if view.survey.reply(view.survey.zone, "DNSKEY") and _all_keys(view) is None:
        yield Wrong("a signed zone", "no keys", view.survey.zone)
