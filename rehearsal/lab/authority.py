"""Certificates of the lab, good and bad in every way that a case needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "lab.audotics.test"
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)
_SHA256_RSA = bytes.fromhex("06092a864886f70d01010b")
_SHA1_RSA = bytes.fromhex("06092a864886f70d010105")
_PEM = serialization.Encoding.PEM
_SIGNS = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
"""What an authority's key is for (RFC 5280 section 4.2.1.3)."""


@dataclass(frozen=True)
class Signer:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Any

    def pem(self) -> bytes:
        """The key and the certificate."""
        key: bytes = self.key.private_bytes(
            _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return key + self.certificate.public_bytes(_PEM)


def root(name: str = "Lab Root", *, strong: bool = True) -> Signer:
    """A root; with an RSA key where its signatures are to be weak."""
    return issue(name, None, authority=True, key=None if strong else rsa_key(), starts=timedelta(days=-400))


def intermediate(issuer: Signer, name: str = "Lab Intermediate", **options: Any) -> Signer:
    """An authority under `issuer`."""
    options = {"starts": timedelta(days=-300), "lifetime": timedelta(days=3000), **options}
    return issue(name, issuer, authority=True, **options)


def issue(
    name: str,
    issuer: Signer | None,
    *,
    authority: bool = False,
    names: tuple[str, ...] | None = (HOST,),
    starts: timedelta = timedelta(hours=-1),
    begins: datetime | None = None,
    lifetime: timedelta | None = None,
    key: Any = None,
    usage: tuple[x509.ObjectIdentifier, ...] | None = SERVER,
    path_length: int | None = None,
    more: tuple[x509.ExtensionType, ...] = (),
    sha1: bool = False,
) -> Signer:
    """Issue a certificate; without an issuer it signs itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = begins or datetime.now(UTC).replace(microsecond=0) + starts
    lifetime = lifetime or timedelta(days=3650 if authority else 90)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lifetime)
        .add_extension(x509.BasicConstraints(authority, path_length if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer:
        signing_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(signing_key, critical=False)
    if authority and "leaf" not in name:
        builder = builder.add_extension(_SIGNS, critical=True)
    else:
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(entry) for entry in names])
            builder = builder.add_extension(alternatives, critical=False)
        if usage:
            builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    for extension in more:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.NameConstraints))
    signing = issuer.key if issuer else key
    certificate = builder.sign(signing, hashes.SHA256())
    return Signer(_with_sha1(certificate, signing) if sha1 else certificate, key)


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """An RSA key, made once for each size."""
    return rsa.generate_private_key(65537, bits)


def _with_sha1(certificate: x509.Certificate, key: Any) -> x509.Certificate:
    # The library signs no certificate with SHA-1 any more: its name is put in, and all signed anew.
    tbs = certificate.tbs_certificate_bytes.replace(_SHA256_RSA, _SHA1_RSA)
    signature = key.sign(tbs, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - what the case is about
    algorithm = _der(0x30, _SHA1_RSA + b"\x05\x00")
    return x509.load_der_x509_certificate(_der(0x30, tbs + algorithm + _der(0x03, b"\0" + signature)))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def revocation_list(issuer: Signer, *revoked: x509.Certificate) -> bytes:
    """A current list of `issuer` in DER."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + timedelta(days=7))
    )
    for certificate in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(now - timedelta(hours=2)).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def stapled(
    leaf: Signer,
    issuer: Signer,
    *,
    revoked: bool = False,
    age: timedelta = timedelta(hours=1),
    signer: Signer | None = None,
) -> bytes:
    """A response about `leaf` of that age, valid for two days; signed by the issuer, or another `signer`."""
    signer = signer or issuer
    now = datetime.now(UTC)
    response = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=now - age,
        next_update=now - age + timedelta(days=2),
        revocation_time=now - age if revoked else None,
        revocation_reason=None,
    )
    signed = response.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if signer is not issuer:
        signed = signed.certificates([signer.certificate])
    return signed.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
