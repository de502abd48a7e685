"""Certificates of one run: root -> intermediate -> one leaf per public host, ECDSA P-256 throughout.

A second family under a root that nobody trusts serves the plan's strangers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rehearsal.stack.plan import LeafPlan
from rehearsal.stack.run_directory import RunDirectory
from rehearsal.third_party.hosts import HOSTS as PARTNERS

CA_LIFETIME = timedelta(days=3650)
CA_STARTED_BEFORE = timedelta(days=400)


@dataclass(frozen=True)
class ServedCertificate:
    """What the edge serves for a host: files in PEM, the chain with the leaf first."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class CertificateStore:
    """The root to trust, and what to serve per host."""

    root: Path
    by_host: dict[str, ServedCertificate]


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class Authorities:
    """Who issues the certificates of one run: an intermediate under the trusted root, and strangers."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._now = datetime.now(UTC).replace(microsecond=0)
        trusted = _root("Audotics Rehearsal Root", self._now)
        self._issuers = {"intermediate": _intermediate("Audotics Rehearsal Intermediate", trusted, self._now)}
        self.root = run.subdirectory("authorities") / "root.pem"
        self.root.write_bytes(_pem(trusted.certificate))

    def mint(self, leaves: dict[str, LeafPlan]) -> CertificateStore:
        """Write the certificates of `leaves` (host -> plan) into a directory of their own."""
        home = self._run.subdirectory("certificates")
        served = {
            host: _serve(self._run, home / host, plan, self._issuer(plan.issuer), self._now)
            for host, plan in leaves.items()
        }
        return CertificateStore(self.root, served)

    def mint_for_partners(self) -> ServedCertificate:
        """Write what the third parties serve."""
        home = self._run.subdirectory("certificates")
        return _serve(
            self._run, home / "partners", LeafPlan(list(PARTNERS)), self._issuer("intermediate"), self._now
        )

    def _issuer(self, name: str) -> _Authority:
        if name not in self._issuers:
            root = _root(f"{name.title()} Root", self._now)
            self._issuers[name] = _intermediate(f"{name.title()} Intermediate", root, self._now)
        return self._issuers[name]


def _serve(
    run: RunDirectory, stem: Path, plan: LeafPlan, issuer: _Authority, now: datetime
) -> ServedCertificate:
    leaf = _leaf(plan, issuer, now)
    chain = _pem(leaf.certificate) + (_pem(issuer.certificate) if plan.sends_intermediate else b"")
    chain_file = stem.with_name(f"{stem.name}.chain.pem")
    chain_file.write_bytes(chain)
    key = leaf.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return ServedCertificate(
        chain_file, run.private_file(stem.with_name(f"{stem.name}.key.pem"), key.decode())
    )


def _root(common_name: str, now: datetime) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name)
    builder = _builder(name, name, key, now - CA_STARTED_BEFORE, CA_LIFETIME)
    builder = _as_authority(builder, path_length=None)
    return _Authority(builder.sign(key, hashes.SHA256()), key)


def _intermediate(common_name: str, root: _Authority, now: datetime) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(
        _name(common_name), root.certificate.subject, key, now - CA_STARTED_BEFORE, CA_LIFETIME / 2
    )
    builder = _as_authority(builder, path_length=0).add_extension(_issued_by(root), critical=False)
    return _Authority(builder.sign(root.key, hashes.SHA256()), key)


def _leaf(plan: LeafPlan, issuer: _Authority, now: datetime) -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in plan.names])
    builder = (
        _builder(_name(plan.names[0]), issuer.certificate.subject, key, now + plan.starts_in, plan.lifetime)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_issued_by(issuer), critical=False)
    )
    return _Authority(builder.sign(issuer.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    not_before: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_before + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, path_length: int | None) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    ).add_extension(_key_usage(signs_certificates=True), critical=True)


def _issued_by(issuer: _Authority) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
