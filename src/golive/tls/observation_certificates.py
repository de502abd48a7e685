"""What is seen of one address's certificate from every side. Facts only."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from cryptography import x509
from pydantic import JsonValue

from golive.tls.observation import TlsObservation


@dataclass(frozen=True, slots=True)
class Revocation:
    """What the issuer's revocation list says about a certificate."""

    status: Literal["good", "revoked", "unknown", "no list"]
    words: str = ""


@dataclass(frozen=True, slots=True)
class HostCertificate:
    """One address's certificate with everything that is judged about it."""

    kind: ClassVar[str] = "tls"

    seen: TlsObservation
    chain: tuple[x509.Certificate, ...]
    """As sent, the leaf first."""
    staple: bytes | None
    staple_seen: bool
    """Whether a handshake came about in which a staple would have been seen."""
    scts_sent: bool
    without_sni: str | None
    """Fingerprint of the leaf that clients without SNI get; None where they get none."""
    revocation: Revocation

    @property
    def target(self) -> str:
        """Host, port and address."""
        return self.seen.target

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"certificate of {self.target}"

    @property
    def leaf(self) -> x509.Certificate:
        """The server's own certificate."""
        return self.chain[0]

    def facts(self) -> dict[str, JsonValue]:
        """Everything: certificates are public."""
        return self.seen.facts() | {
            "stapled": self.staple is not None if self.staple_seen else None,
            "timestamps in the handshake": self.scts_sent,
            "without SNI": None if self.without_sni is None else self.without_sni[:16],
            "revocation list": f"{self.revocation.status} {self.revocation.words}".strip(),
        }
