"""Building and judging a certification path, from what a server sent and the profile's roots; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
_WEAK_HASHES = {"md5", "sha1"}


def extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    """Return an extension's content, or None where it is missing or malformed."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def path_from(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate] = ()
) -> tuple[x509.Certificate, ...]:
    """Return the leaf and its issuers as far as they were sent, in order, without a trusted root."""
    path = [chain[0]]
    others = list(chain[1:])
    while path[-1].subject != path[-1].issuer:
        if any(_issued(path[-1], root) for root in roots):
            root = next(root for root in roots if _issued(path[-1], root))
            return (*path, root)
        issuer = next((other for other in others if _issued(path[-1], other)), None)
        if issuer is None:
            break
        others.remove(issuer)
        path.append(issuer)
    return tuple(path)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return True  # too weak for this library to verify: another case says so
    return True


def weak_hash(certificate: x509.Certificate) -> str | None:
    """Return the hash of the certificate's signature where it is broken."""
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return f"an unknown one ({certificate.signature_algorithm_oid.dotted_string})"
    return algorithm.name.upper() if algorithm and algorithm.name in _WEAK_HASHES else None


def key_is_weak(certificate: x509.Certificate) -> str | None:
    """Return type and size of the key where it is too small."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "an unreadable key"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048:
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < 256:
        return f"{key.curve.name} ({key.key_size} bits)"
    return None


def not_permitted(path: Sequence[x509.Certificate]) -> Iterator[str]:
    """Yield the leaf's names that an issuer's name constraints forbid (RFC 5280, 4.2.1.10)."""
    names = extension(path[0], x509.SubjectAlternativeName)
    for issuer in path[1:]:
        constraints = extension(issuer, x509.NameConstraints)
        if constraints is None or names is None:
            continue
        permitted = [
            tree.value for tree in constraints.permitted_subtrees or () if isinstance(tree, x509.DNSName)
        ]
        excluded = [
            tree.value for tree in constraints.excluded_subtrees or () if isinstance(tree, x509.DNSName)
        ]
        for name in names.get_values_for_type(x509.DNSName):
            outside = permitted and not any(_within(name, tree) for tree in permitted)
            if outside or any(_within(name, tree) for tree in excluded):
                yield f"{name} is not permitted by {issuer.subject.rfc4514_string()}"


def _within(name: str, tree: str) -> bool:
    name, tree = name.lower().removeprefix("*."), tree.lower().lstrip(".")
    return not tree or name == tree or name.endswith(f".{tree}")


def path_too_long(path: Sequence[x509.Certificate]) -> str | None:
    """Return which issuer has more authorities below it than it allows; self-issued ones do not count."""
    for position, issuer in enumerate(path):
        basic = extension(issuer, x509.BasicConstraints)
        below = sum(1 for sent in path[1:position] if sent.subject != sent.issuer)
        if position and basic is not None and basic.path_length is not None and below > basic.path_length:
            return f"{below} below {issuer.subject.rfc4514_string()}, which allows {basic.path_length}"
    return None


def staple_message(
    staple: bytes, path: Sequence[x509.Certificate], now: datetime
) -> Iterator[tuple[str, str]]:
    """Yield case and observation for a stapled response that is revoked, out of date or of no use.

    Args:
        staple: the response, DER (RFC 6960).
        path: the leaf and its issuers; without an issuer nothing can be said of the signature.
        now: the instant.
    """
    try:
        response = ocsp.load_der_ocsp_response(staple)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            yield "T20", f"a response of status {response.response_status.name}"
            return
        single = next(iter(response.responses))
    except (ValueError, StopIteration):
        yield "T20", "a response that cannot be read"
        return
    if single.serial_number != path[0].serial_number:
        yield "T20", "a response about another certificate"
        return
    if len(path) > 1 and (forged := _not_signed_for(response, path[1], now)):
        yield "T20", forged  # and whatever else it says is nobody's word
        return
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        yield "T19", "revoked"
    elif single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        yield "T20", "a response that does not know the certificate"
    until = single.next_update_utc
    if until is not None and until < now:
        yield "T20", f"ended {until:%Y-%m-%dT%H:%MZ}"
    if single.this_update_utc > now:
        yield "T20", f"begins {single.this_update_utc:%Y-%m-%dT%H:%MZ}"


def _not_signed_for(response: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> str | None:
    """Why the signature is not the issuer's, nor its delegate's (RFC 6960, 4.2.2.2); None where it is."""
    signers = [issuer]
    for delegate in response.certificates:
        usage = extension(delegate, x509.ExtendedKeyUsage)
        may = usage is not None and ExtendedKeyUsageOID.OCSP_SIGNING in usage
        current = delegate.not_valid_before_utc <= now <= delegate.not_valid_after_utc
        if may and current and _issued(delegate, issuer):
            signers.append(delegate)
    if any(_signed(response, signer) for signer in signers):
        return None
    return f"a response whose signature is not that of {issuer.subject.rfc4514_string()}"


def _signed(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, hashed = signer.public_key(), response.signature_hash_algorithm
    signature, data = response.signature, response.tbs_response_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey) and hashed is not None:
            key.verify(signature, data, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and hashed is not None:
            key.verify(signature, data, ec.ECDSA(hashed))
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, data)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
