"""A certificate as a server sent it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID
from pydantic import JsonValue

from golive.net.masking import masked_text


@dataclass(frozen=True, slots=True)
class Certificate:
    """Fields of RFC 5280, 4.1, and of the extensions in 4.2 that are judged. Instants are UTC."""

    subject: str
    """RFC 4514 text; empty where only alternative names are used."""
    issuer: str
    dns_names: tuple[str, ...]
    ip_names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: str
    """Type and size: ``RSA 2048``, ``EC secp256r1 256``, ``Ed25519 256``."""
    key_bits: int
    signature_hash: str
    """``sha256`` …; ``none`` where the signature scheme has its own."""
    serial: str
    """Hexadecimal."""
    fingerprint: str
    """SHA-256 of the DER encoding, hexadecimal."""
    is_authority: bool
    for_servers: bool
    """Whether the extended key usage allows servers, or is missing."""
    der: bytes = field(default=b"", repr=False)
    """As sent."""

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same, as in a root."""
        return self.subject == self.issuer

    def facts(self) -> dict[str, JsonValue]:
        """Everything that is judged: certificates are public."""
        return {
            "subject": masked_text(self.subject),
            "issuer": masked_text(self.issuer),
            "names": [masked_text(name) for name in (*self.dns_names, *self.ip_names)[:50]],
            "not before": self.not_before.isoformat(),
            "not after": self.not_after.isoformat(),
            "key": self.key,
            "signature hash": self.signature_hash,
            "serial": self.serial,
            "authority": self.is_authority,
        }


def read_certificate(der: bytes) -> Certificate:
    """Parse a DER certificate.

    Raises:
        ValueError: it is no certificate.
    """
    certificate = x509.load_der_x509_certificate(der)
    names = _extension(certificate, x509.SubjectAlternativeName)
    basic = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.ExtendedKeyUsage)
    key, bits = _key(certificate)
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        dns_names=tuple(names.get_values_for_type(x509.DNSName)) if names else (),
        ip_names=tuple(str(ip) for ip in names.get_values_for_type(x509.IPAddress)) if names else (),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=key,
        key_bits=bits,
        signature_hash=_signature_hash(certificate),
        serial=f"{certificate.serial_number:x}",
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        is_authority=bool(basic and basic.ca),
        for_servers=usage is None or ExtendedKeyUsageOID.SERVER_AUTH in usage,
        der=der,
    )


_Kind = TypeVar("_Kind", bound=x509.ExtensionType)


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "unknown", 0
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", key.key_size
    return type(key).__name__.lstrip("_").removesuffix("PublicKey"), 256


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return "unknown"
    return algorithm.name if algorithm else "none"
