"""Certificate cases (T): every address's chain, judged by the limits in force when it was issued."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from golive.core.duration import format_duration
from golive.core.outcome import Unseen
from golive.net.address import is_ip
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Wrong
from golive.rules.declared import Cases, Results, report
from golive.tls.observation_certificates import HostCertificate
from golive.tls.profile import TlsRequirements
from golive.tls.rules_chain import (
    extension,
    key_is_weak,
    not_permitted,
    path_from,
    path_too_long,
    staple_message,
    weak_hash,
)

LIFETIME_LIMITS = (
    (datetime(2020, 9, 1, tzinfo=UTC), timedelta(days=398)),
    (datetime(2026, 3, 15, tzinfo=UTC), timedelta(days=200)),
    (datetime(2027, 3, 15, tzinfo=UTC), timedelta(days=100)),
    (datetime(2029, 3, 15, tzinfo=UTC), timedelta(days=47)),
)
"""Issued from this instant on, a certificate may live so long (CA/Browser Forum, ballot SC-081)."""


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """What the profile asks."""

    now: datetime
    roots: Sequence[x509.Certificate] = ()
    """The profile's own; empty where the system's are trusted."""
    requirements: TlsRequirements = field(default_factory=TlsRequirements)
    public: bool = True
    """Whether the host's certificates come from a public authority."""

    def window(self, certificate: x509.Certificate) -> timedelta:
        """How much life must be left; see `TlsRequirements.window`."""
        return self.requirements.window(certificate.not_valid_after_utc - certificate.not_valid_before_utc)


ADDRESS_CASES: Cases[HostCertificate, [CertificatePolicy]] = Cases(
    HostCertificate, place=lambda one: one.target, host=lambda one: one.seen.host
)
"""Asked of the certificate at each address."""
HOST_CASES: Cases[Sequence[HostCertificate], [CertificatePolicy]] = Cases(
    tuple, host=lambda seen: seen[0].seen.host if seen else ""
)
"""Asked of all addresses of a host together."""


def _list(one: HostCertificate, _: CertificatePolicy) -> Iterator[Unseen]:
    if one.revocation.status == "unknown":
        yield Unseen(
            one.revocation.words, "set allow.revocation = true, so that the hosts of such lists may be read"
        )


def _issuer(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Unseen]:
    if one.staple is not None and len(path_from(one.chain, policy.roots)) == 1:
        yield Unseen(
            "the issuer, whose signature a stapled response has, was not sent",
            "have the server send its issuer's certificate",
        )


def _handshake(one: HostCertificate, _: CertificatePolicy) -> Iterator[Unseen]:
    if not one.staple_seen:
        yield Unseen("no handshake of the suite's own came about", "allow X25519, P-256, P-384 or P-521")


def lifetime_limit(issued: datetime) -> timedelta | None:
    """The limit in force at an instant; None before there was one of those that matter."""
    return next((limit for since, limit in reversed(LIFETIME_LIMITS) if issued >= since), None)


@ADDRESS_CASES.case("T01", "blocking", "certificate expired", needs=())
@ADDRESS_CASES.case("T02", "blocking", "certificate not yet valid", needs=())
@ADDRESS_CASES.case("T22", "blocking", "intermediate expired", needs=())
@ADDRESS_CASES.case("T25", "blocking", "too little life left", needs=())
@ADDRESS_CASES.case("T28", "blocking", "an intermediate expires before the renewal", needs=())
def _dates(one: HostCertificate, policy: CertificatePolicy) -> Results:
    leaf, now = one.leaf, policy.now
    window = policy.window(leaf)
    left = leaf.not_valid_after_utc - now
    ends = f"{leaf.not_valid_after_utc:%Y-%m-%dT%H:%MZ}"
    if left <= timedelta(0):
        yield "T01", "valid now", f"expired {ends}"
    elif left < window:
        yield "T25", f"at least {format_duration(window)} left", f"{format_duration(left)} ({ends})"
    if leaf.not_valid_before_utc > now:
        yield "T02", "valid now", f"begins {leaf.not_valid_before_utc:%Y-%m-%dT%H:%MZ}"
    renewal = leaf.not_valid_after_utc - window
    for issuer in path_from(one.chain, policy.roots)[1:]:
        name, end = issuer.subject.rfc4514_string(), issuer.not_valid_after_utc
        if end <= now:
            yield "T22", "every issuer valid now", f"{name} expired {end:%Y-%m-%dT%H:%MZ}"
        elif end < renewal:
            yield "T28", f"valid until the renewal, {renewal:%Y-%m-%d}", f"{name} ends {end:%Y-%m-%d}"


@ADDRESS_CASES.case("T03", "blocking", "hostname does not match", needs=())
@ADDRESS_CASES.case("T12", "blocking", "no subject alternative name", needs=())
def _names(one: HostCertificate, _: CertificatePolicy) -> Results:
    names = extension(one.leaf, x509.SubjectAlternativeName)
    if names is None:
        yield "T12", "the host in the alternative names", "no such extension"
        return
    host = one.seen.host
    served = one.seen.leaf
    if is_ip(host):
        matches = host in served.ip_names
    else:
        matches = any(name_matches(name, host) for name in served.dns_names)
    if not matches:
        yield "T03", host, ", ".join((*served.dns_names, *served.ip_names)[:5]) or "no names"


def name_matches(pattern: str, host: str) -> bool:
    """Whether a certificate's name covers the host (RFC 9525, 6.3): a wildcard stands for one label."""
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == host
    first, _, rest = host.partition(".")
    return bool(first) and rest == pattern[2:] and "." in rest


@ADDRESS_CASES.case("T04", "blocking", "certificate is self-signed", needs=())
@ADDRESS_CASES.case("T05", "blocking", "untrusted root", needs=())
@ADDRESS_CASES.case("T06", "blocking", "intermediate missing", needs=())
def _trust(one: HostCertificate, policy: CertificatePolicy) -> Results:
    path = path_from(one.chain, policy.roots)
    top = path[-1]
    anchored = any(
        top.subject == root.subject and top.public_key() == root.public_key() for root in policy.roots
    )
    if anchored or (not policy.roots and one.seen.verify_code not in (18, 19, 20, 21, 2)):
        if not one.seen.verified and one.seen.verify_code in _OTHER_REFUSALS:
            yield "T05", "a trusted chain", one.seen.verify_error
        return
    issuer = top.issuer.rfc4514_string()
    if top.subject == top.issuer and len(path) == 1:
        yield "T04", "a certificate of a trusted issuer", "it is its own issuer"
    elif top.subject == top.issuer:
        yield "T05", "a trusted root", f"the chain ends in {issuer}"
    elif len(path) == 1:
        yield (
            "T06",
            "the chain to a trusted root",
            f"{len(one.chain)} sent, {issuer} is neither sent nor trusted",
        )
    else:
        words = f"{issuer} is neither sent nor trusted"
        yield "T05", "a trusted root", words
        yield "T06", "the chain to a trusted root", words


_OTHER_REFUSALS = {7, 22, 24, 27, 28, 32, 79}
"""OpenSSL's reasons that no other case names: a signature, an authority or a purpose that does not hold."""


@ADDRESS_CASES.case("T07", "advisory", "chain in the wrong order", needs=())
@ADDRESS_CASES.case("T08", "advisory", "root sent along", needs=())
def _order(one: HostCertificate, _: CertificatePolicy) -> Results:
    for upper, lower in zip(one.chain[1:], one.chain, strict=False):
        if lower.issuer != upper.subject:
            yield (
                "T07",
                "each certificate followed by its issuer",
                f"{upper.subject.rfc4514_string()} misplaced",
            )
            break
    if any(sent.subject == sent.issuer for sent in one.chain[1:]):
        yield "T08", "no root sent", "the root is sent along"


@ADDRESS_CASES.case("T09", "blocking", "certificate signed with a weak hash", needs=())
@ADDRESS_CASES.case("T10", "blocking", "intermediate signed with a weak hash", needs=())
@ADDRESS_CASES.case("T11", "blocking", "key too small", needs=())
def _strength(one: HostCertificate, policy: CertificatePolicy) -> Results:
    if (found := weak_hash(one.leaf)) and one.leaf.subject != one.leaf.issuer:
        yield "T09", "SHA-256 or better", found
    for sent in path_from(one.chain, policy.roots)[1:]:
        if sent.subject != sent.issuer and (found := weak_hash(sent)):
            yield "T10", "SHA-256 or better", f"{found} in {sent.subject.rfc4514_string()}"
    for sent in path_from(one.chain, policy.roots):
        if words := key_is_weak(sent):
            yield "T11", "RSA 2048 or P-256, or more", f"{words} in {sent.subject.rfc4514_string()}"


@ADDRESS_CASES.case("T13", "blocking", "lifetime above 398 days", needs=())
@ADDRESS_CASES.case("T14", "blocking", "lifetime above the limit in force when issued", needs=())
def _lifetime(one: HostCertificate, _: CertificatePolicy) -> Results:
    leaf = one.leaf
    # Both ends belong to the validity period (RFC 5280, 4.1.2.5), so the rules' own count has a second
    # more. Browsers compare the difference, and refuse from a second above the limit on: so does this.
    lifetime = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    limit = lifetime_limit(leaf.not_valid_before_utc)
    if limit is None or lifetime <= limit:
        return
    issued = f"issued {leaf.not_valid_before_utc:%Y-%m-%d}"
    case = "T13" if lifetime > timedelta(days=398) else "T14"
    over = f"{lifetime.days} d and {lifetime.seconds} s" if lifetime.seconds else f"{lifetime.days} d"
    yield case, f"at most {limit.days} d ({issued})", over


@ADDRESS_CASES.case("T15", "blocking", "certificate is not meant for servers", needs=())
@ADDRESS_CASES.case("T16", "blocking", "no extended key usage", needs=())
@ADDRESS_CASES.case("T17", "blocking", "certificate is an authority's", needs=())
def _purpose(one: HostCertificate, _: CertificatePolicy) -> Results:
    usage = extension(one.leaf, x509.ExtendedKeyUsage)
    if usage is None:
        yield "T16", "extended key usage serverAuth", "no such extension"
    elif ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        yield "T15", "extended key usage serverAuth", "other purposes only"
    basic = extension(one.leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        yield "T17", "an end entity's certificate", "basicConstraints CA:TRUE"


@ADDRESS_CASES.case("T18", "blocking", "certificate revoked", needs=(_list,))
@ADDRESS_CASES.case("T19", "blocking", "stapled response says revoked", needs=(_issuer, _handshake))
@ADDRESS_CASES.case(
    "T20", "blocking", "stapled response out of date, or not the issuer's", needs=(_issuer, _handshake)
)
@ADDRESS_CASES.case("T21", "blocking", "must-staple without a staple", needs=(_handshake,))
def _revoked(one: HostCertificate, policy: CertificatePolicy) -> Results:
    if one.revocation.status == "revoked":
        yield "T18", "not revoked", one.revocation.words
    if one.staple is not None:
        for case, observed in staple_message(one.staple, path_from(one.chain, policy.roots), policy.now):
            yield case, "a current stapled response that says good", observed
    features = extension(one.leaf, x509.TLSFeature)
    if features and x509.TLSFeatureType.status_request in features and one.staple_seen and one.staple is None:
        yield "T21", "a stapled response", "none"


@ADDRESS_CASES.case("T23", "blocking", "name constraint violated", needs=())
@ADDRESS_CASES.case("T24", "blocking", "path longer than an issuer allows", needs=())
def _constraints(one: HostCertificate, policy: CertificatePolicy) -> Results:
    path = path_from(one.chain, policy.roots)
    for observed in not_permitted(path):
        yield "T23", "every name permitted by every issuer", observed
    if words := path_too_long(path):
        yield "T24", "no more issuers than allowed", words


@ADDRESS_CASES.case("T27", "advisory", "another certificate without SNI", needs=())
def _without_sni(one: HostCertificate, _: CertificatePolicy) -> Results:
    if one.without_sni is not None and one.without_sni != one.seen.leaf.fingerprint:
        yield "T27", "the same certificate without SNI", "another one"


@ADDRESS_CASES.case("T29", "advisory", "no signed certificate timestamps", needs=())
def _timestamps(one: HostCertificate, policy: CertificatePolicy) -> Results:
    embedded = extension(one.leaf, x509.PrecertificateSignedCertificateTimestamps)
    if policy.public and not one.scts_sent and not embedded:
        yield "T29", "timestamps of certificate transparency", "none"


@HOST_CASES.case("T26", "blocking", "an address serves an old certificate", needs=())
def _across(seen: Sequence[HostCertificate], policy: CertificatePolicy) -> Results:
    newest = max((one for one in seen), key=lambda one: one.leaf.not_valid_before_utc, default=None)
    for one in seen:
        if newest is not None and (why := _was_to_be_replaced(one.leaf, newest.leaf, policy)):
            observed = f"one from {one.leaf.not_valid_before_utc:%Y-%m-%d}, {why}"
            expected = f"the certificate of {newest.leaf.not_valid_before_utc:%Y-%m-%d} as at {newest.target}"
            if one.leaf == newest.leaf:
                expected = f"a certificate issued since {policy.requirements.renewed_at:%Y-%m-%d}"
            yield Wrong(expected, observed, one.target)


def _was_to_be_replaced(leaf: x509.Certificate, newest: x509.Certificate, policy: CertificatePolicy) -> str:
    """Why it is an old one; empty where it is right that addresses have certificates of their own."""
    renewed = policy.requirements.renewed_at
    if renewed is not None and leaf.not_valid_before_utc < renewed - _BACKDATED:
        return f"before the renewal of {renewed:%Y-%m-%d}"
    if leaf == newest:
        return ""
    if leaf.not_valid_after_utc - policy.now < policy.window(leaf):
        return "and its renewal is due"
    if newest.not_valid_before_utc - leaf.not_valid_before_utc < _ONE_RENEWAL:
        return ""
    if leaf.public_key() == newest.public_key():
        return "for the same key"
    same = (leaf.issuer, leaf.serial_number) == (newest.issuer, newest.serial_number)
    return "of the same serial number" if same else ""


_BACKDATED = timedelta(hours=1)
"""Authorities let a certificate begin up to an hour before it is issued."""
_ONE_RENEWAL = timedelta(days=1)
"""Certificates that begin closer together come from one renewal."""

VALIDITY_CASES = ("T01", "T02", "T22", "T25", "T28")
CERTIFICATE_CASES = tuple(sorted((*ADDRESS_CASES.table, *HOST_CASES.table), key=lambda case: case.id))


def judge_certificates(
    seen: Sequence[HostCertificate],
    policy: CertificatePolicy,
    overrides: Mapping[str, CaseOverride] | None = None,
) -> CaseReport:
    """Judge every address of a host, and the addresses against each other."""
    answers = [answer for one in seen for answer in ADDRESS_CASES.ask(one, policy)]
    answers += HOST_CASES.ask(seen, policy)
    host = seen[0].seen.host if seen else "no address"
    cases = CERTIFICATE_CASES if seen else ()
    return report(f"certificate cases of {host}", cases, answers, overrides)
