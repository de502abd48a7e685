"""One lab host for each certificate case: what it serves, and what a client is given beside it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from rehearsal.lab.authority import (
    HOST,
    Signer,
    intermediate,
    issue,
    revocation_list,
    root,
    rsa_key,
    stapled,
)

DAY = timedelta(days=1)
_PEM = Encoding.PEM
LIST = "http://crl.audotics.test/list.crl"
_POINTS = x509.CRLDistributionPoints(
    [x509.DistributionPoint([x509.UniformResourceIdentifier(LIST)], None, None, None)]
)


@dataclass(frozen=True)
class CertificateHost:
    """A leaf, what is sent after it, and the root that its clients trust."""

    trusted: Signer
    leaf: Signer
    sent: tuple[Signer, ...]
    staple: bytes | None = None
    revocations: bytes | None = None
    other_without_sni: Signer | None = None
    second_address: Signer | None = None

    def write(self, folder: Path, leaf: Signer | None = None) -> Path:
        """Write key and chain into one file."""
        leaf = leaf or self.leaf
        file = folder / f"{leaf.certificate.serial_number:x}.pem"
        chain = b"".join(signer.certificate.public_bytes(_PEM) for signer in self.sent)
        file.write_bytes(leaf.pem() + chain)
        return file

    def context(self, folder: Path, leaf: Signer | None = None) -> ssl.SSLContext:
        """A server context that serves it, however weak it is."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self.write(folder, leaf))
        if self.other_without_sni is not None and leaf is None:
            named, nameless = context, self.context(folder, self.other_without_sni)

            def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
                connection.context = nameless if name is None else named

            context.sni_callback = choose
        return context


class Lab:
    """A root, an intermediate, and every host under them."""

    def __init__(self) -> None:
        self.root = root()
        self.middle = intermediate(self.root)

    def healthy(self, **options: object) -> CertificateHost:
        """A host that is well, apart from the leaf's `options`."""
        return CertificateHost(self.root, self._leaf(None, **options), (self.middle,))

    def _leaf(self, issuer: Signer | None = None, /, **options: object) -> Signer:
        return issue("Lab leaf", issuer or self.middle, **options)  # type: ignore[arg-type]

    def _under(
        self, *middles: Signer, sent: tuple[Signer, ...] | None = None, **options: object
    ) -> CertificateHost:
        return CertificateHost(
            self.root, self._leaf(middles[0], **options), middles if sent is None else sent
        )

    def host(self, case: str) -> CertificateHost:
        """The host that has `case`."""
        return self._makers()[case]()

    def cases(self) -> tuple[str, ...]:
        """Every case that there is a host for."""
        return tuple(sorted(self._makers()))

    def _makers(self) -> dict[str, Callable[[], CertificateHost]]:
        client_only = (ExtendedKeyUsageOID.CLIENT_AUTH,)
        return {
            "T01": lambda: self.healthy(starts=-91 * DAY),
            "T02": lambda: self.healthy(starts=DAY),
            "T03": lambda: self.healthy(names=(f"www.{HOST}", "*.test")),
            "T04": lambda: CertificateHost(self.root, issue("Lab leaf", None), ()),
            "T05": self._stranger,
            "T06": lambda: CertificateHost(self.root, self._leaf(), ()),
            "T07": lambda: self._two_middles(reverse=True),
            "T08": lambda: CertificateHost(self.root, self._leaf(), (self.middle, self.root)),
            "T09": lambda: self._rsa(leaf_sha1=True),
            "T10": lambda: self._rsa(middle_sha1=True),
            "T11": lambda: self.healthy(key=rsa_key(1024)),
            "T12": lambda: self.healthy(names=None),
            "T13": lambda: self.healthy(lifetime=500 * DAY),
            "T14": lambda: self.healthy(lifetime=300 * DAY),
            "T15": lambda: self.healthy(usage=client_only),
            "T16": lambda: self.healthy(usage=None),
            "T17": lambda: self.healthy(authority=True, lifetime=90 * DAY),
            "T18": self._revoked,
            "T19": lambda: self._stapling(revoked=True),
            "T20": lambda: self._stapling(age=5 * DAY),
            "T21": lambda: self.healthy(more=(x509.TLSFeature([x509.TLSFeatureType.status_request]),)),
            "T22": lambda: self._under(intermediate(self.root, lifetime=299 * DAY)),
            "T23": lambda: self._under(intermediate(self.root, more=(_only("other.test"),))),
            "T24": lambda: self._two_middles(path_length=0),
            "T25": lambda: self.healthy(starts=-84 * DAY),
            "T26": self._old_at_one_address,
            "T27": self._other_without_sni,
            "T28": lambda: self._under(intermediate(self.root, lifetime=340 * DAY)),
            "T29": self.healthy,
        }

    def _stranger(self) -> CertificateHost:
        other = intermediate(root("Stranger Root"), "Stranger Intermediate")
        return CertificateHost(self.root, self._leaf(other), (other,))

    def _two_middles(self, *, reverse: bool = False, path_length: int | None = None) -> CertificateHost:
        upper = intermediate(self.root, "Lab Upper", path_length=path_length)
        lower = intermediate(upper, "Lab Lower")
        return self._under(lower, upper, sent=(upper, lower) if reverse else (lower, upper))

    def _rsa(self, *, leaf_sha1: bool = False, middle_sha1: bool = False) -> CertificateHost:
        top = root("Lab RSA Root", strong=False)
        middle = intermediate(top, "Lab RSA Intermediate", key=rsa_key(2049), sha1=middle_sha1)
        return CertificateHost(top, issue("Lab leaf", middle, sha1=leaf_sha1), (middle,))

    def _revoked(self) -> CertificateHost:
        leaf = self._leaf(more=(_POINTS,))
        return CertificateHost(
            self.root, leaf, (self.middle,), revocations=revocation_list(self.middle, leaf.certificate)
        )

    def listed(self) -> CertificateHost:
        """A healthy host whose issuer has a list of revocations, and a current staple."""
        leaf = self._leaf(more=(_POINTS,))
        return CertificateHost(
            self.root, leaf, (self.middle,), stapled(leaf, self.middle), revocation_list(self.middle)
        )

    def _stapling(self, *, revoked: bool = False, age: timedelta = timedelta(hours=1)) -> CertificateHost:
        leaf = self._leaf()
        return CertificateHost(
            self.root, leaf, (self.middle,), staple=stapled(leaf, self.middle, revoked=revoked, age=age)
        )

    def forged_staple(self) -> CertificateHost:
        """A staple that says good, signed by nobody whom the issuer knows."""
        leaf = self._leaf()
        stranger = issue("Lab stranger", None, usage=(ExtendedKeyUsageOID.OCSP_SIGNING,))
        return CertificateHost(
            self.root, leaf, (self.middle,), staple=stapled(leaf, self.middle, signer=stranger)
        )

    def delegated_staple(self) -> CertificateHost:
        """A healthy host whose staple is signed by the issuer's delegate (RFC 6960, 4.2.2.2)."""
        leaf = self._leaf()
        delegate = issue("Lab responder leaf", self.middle, usage=(ExtendedKeyUsageOID.OCSP_SIGNING,))
        return CertificateHost(
            self.root, leaf, (self.middle,), staple=stapled(leaf, self.middle, signer=delegate)
        )

    def _old_at_one_address(self) -> CertificateHost:
        old = self._leaf(starts=-80 * DAY)
        return CertificateHost(self.root, self._leaf(), (self.middle,), second_address=old)

    def _other_without_sni(self) -> CertificateHost:
        other = self._leaf(names=("default.invalid",))
        return CertificateHost(self.root, self._leaf(), (self.middle,), other_without_sni=other)


def _only(tree: str) -> x509.NameConstraints:
    return x509.NameConstraints(permitted_subtrees=[x509.DNSName(tree)], excluded_subtrees=None)
