"""Certificate cases (T): every address's chain, judged by the limits in force when it was issued."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from golive.core.duration import format_duration
from golive.net.address import is_ip
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Finding, Unknown, table
from golive.tls.observation_certificates import HostCertificate
from golive.tls.profile import TlsRequirements
from golive.tls.rules_chain import (
    extension,
    key_is_weak,
    not_permitted,
    path_from,
    path_too_long,
    staple_words,
    weak_hash,
)

CERTIFICATE_CASES = table((
    ("T01", "!", "certificate expired"),
    ("T02", "!", "certificate not yet valid"),
    ("T03", "!", "hostname does not match"),
    ("T04", "!", "certificate is self-signed"),
    ("T05", "!", "untrusted root"),
    ("T06", "!", "intermediate missing"),
    ("T07", "·", "chain in the wrong order"),
    ("T08", "·", "root sent along"),
    ("T09", "!", "certificate signed with a weak hash"),
    ("T10", "!", "intermediate signed with a weak hash"),
    ("T11", "!", "key too small"),
    ("T12", "!", "no subject alternative name"),
    ("T13", "!", "lifetime above 398 days"),
    ("T14", "!", "lifetime above the limit in force when issued"),
    ("T15", "!", "certificate is not meant for servers"),
    ("T16", "!", "no extended key usage"),
    ("T17", "!", "certificate is an authority's"),
    ("T18", "!", "certificate revoked"),
    ("T19", "!", "stapled response says revoked"),
    ("T20", "!", "stapled response out of date, or not the issuer's"),
    ("T21", "!", "must-staple without a staple"),
    ("T22", "!", "intermediate expired"),
    ("T23", "!", "name constraint violated"),
    ("T24", "!", "path longer than an issuer allows"),
    ("T25", "!", "too little life left"),
    ("T26", "!", "an address serves an old certificate"),
    ("T27", "·", "another certificate without SNI"),
    ("T28", "!", "an intermediate expires before the renewal"),
    ("T29", "·", "no signed certificate timestamps"),
))  # fmt: skip

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


def judge_certificates(
    seen: Sequence[HostCertificate],
    policy: CertificatePolicy,
    overrides: Mapping[str, CaseOverride] | None = None,
) -> CaseReport:
    """Judge every address of a host, and the addresses against each other."""
    findings = [finding for one in seen for finding in _of_one(one, policy)]
    findings += _across(seen, policy)
    unknown = [entry for one in seen for entry in _unknown(one, policy)]
    host = seen[0].seen.host if seen else "no address"
    cases = CERTIFICATE_CASES if seen else ()
    return CaseReport(f"certificate cases of {host}", cases, findings, unknown, overrides or {})


def lifetime_limit(issued: datetime) -> timedelta | None:
    """The limit in force at an instant; None before there was one of those that matter."""
    return next((limit for since, limit in reversed(LIFETIME_LIMITS) if issued >= since), None)


def _of_one(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Finding]:
    where, leaf = one.target, one.leaf
    for rule in (_dates, _names, _trust, _order, _strength, _lifetime, _purpose, _revoked, _constraints):
        for case, expected, observed in rule(one, policy):
            yield Finding(case, expected, observed, where)
    if one.without_sni is not None and one.without_sni != one.seen.leaf.fingerprint:
        yield Finding("T27", "the same certificate without SNI", "another one", where)
    embedded = extension(leaf, x509.PrecertificateSignedCertificateTimestamps)
    if policy.public and not one.scts_sent and not embedded:
        yield Finding("T29", "timestamps of certificate transparency", "none", where)


Row = tuple[str, str, str]


def _dates(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Row]:
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


def _names(one: HostCertificate, _: CertificatePolicy) -> Iterator[Row]:
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


def _trust(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Row]:
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


_SENT = "have the server send its issuer's certificate"
_OTHER_REFUSALS = {7, 22, 24, 27, 28, 32, 79}
"""OpenSSL's reasons that no other case names: a signature, an authority or a purpose that does not hold."""


def _order(one: HostCertificate, _: CertificatePolicy) -> Iterator[Row]:
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


def _strength(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Row]:
    if (found := weak_hash(one.leaf)) and one.leaf.subject != one.leaf.issuer:
        yield "T09", "SHA-256 or better", found
    for sent in path_from(one.chain, policy.roots)[1:]:
        if sent.subject != sent.issuer and (found := weak_hash(sent)):
            yield "T10", "SHA-256 or better", f"{found} in {sent.subject.rfc4514_string()}"
    for sent in path_from(one.chain, policy.roots):
        if words := key_is_weak(sent):
            yield "T11", "RSA 2048 or P-256, or more", f"{words} in {sent.subject.rfc4514_string()}"


def _lifetime(one: HostCertificate, _: CertificatePolicy) -> Iterator[Row]:
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


def _purpose(one: HostCertificate, _: CertificatePolicy) -> Iterator[Row]:
    usage = extension(one.leaf, x509.ExtendedKeyUsage)
    if usage is None:
        yield "T16", "extended key usage serverAuth", "no such extension"
    elif ExtendedKeyUsageOID.SERVER_AUTH not in usage:
        yield "T15", "extended key usage serverAuth", "other purposes only"
    basic = extension(one.leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        yield "T17", "an end entity's certificate", "basicConstraints CA:TRUE"


def _revoked(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Row]:
    if one.revocation.status == "revoked":
        yield "T18", "not revoked", one.revocation.words
    if one.staple is not None:
        for case, observed in staple_words(one.staple, path_from(one.chain, policy.roots), policy.now):
            yield case, "a current stapled response that says good", observed
    features = extension(one.leaf, x509.TLSFeature)
    if features and x509.TLSFeatureType.status_request in features and one.staple_seen and one.staple is None:
        yield "T21", "a stapled response", "none"


def _constraints(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Row]:
    path = path_from(one.chain, policy.roots)
    for observed in not_permitted(path):
        yield "T23", "every name permitted by every issuer", observed
    if words := path_too_long(path):
        yield "T24", "no more issuers than allowed", words


def _across(seen: Sequence[HostCertificate], policy: CertificatePolicy) -> list[Finding]:
    newest = max((one for one in seen), key=lambda one: one.leaf.not_valid_before_utc, default=None)
    found = []
    for one in seen:
        if newest is None or one.leaf == newest.leaf:
            continue
        left = one.leaf.not_valid_after_utc - policy.now
        lags = newest.leaf.not_valid_before_utc - one.leaf.not_valid_before_utc
        lifetime = one.leaf.not_valid_after_utc - one.leaf.not_valid_before_utc
        if left < policy.window(one.leaf) or lags > lifetime / 2:
            observed = f"one from {one.leaf.not_valid_before_utc:%Y-%m-%d}"
            expected = f"the certificate of {newest.leaf.not_valid_before_utc:%Y-%m-%d} as at {newest.target}"
            found.append(Finding("T26", expected, observed, one.target))
    return found


def _unknown(one: HostCertificate, policy: CertificatePolicy) -> Iterator[Unknown]:
    if one.staple is not None and len(path_from(one.chain, policy.roots)) == 1:
        for case in ("T19", "T20"):
            yield Unknown(case, "the issuer, whose signature a stapled response has, was not sent", _SENT)
    if one.revocation.status == "unknown":
        yield Unknown(
            "T18", one.revocation.words, "allow the list's host in allow.hosts, or re-rank T18 in [cases]"
        )
    if not one.staple_seen:
        for case in ("T19", "T20", "T21"):
            yield Unknown(
                case, "no handshake of the suite's own came about", "allow X25519 or P-256 with AES-GCM"
            )
