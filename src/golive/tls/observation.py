"""What is seen of handshakes. Facts only."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import JsonValue

from golive.net.address import Address, named
from golive.tls.certificate import Certificate

TlsVersion = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]


@dataclass(frozen=True, slots=True)
class TlsObservation:
    """A handshake with one address, and the chain that it sent."""

    kind: ClassVar[str] = "tls"

    host: str
    port: int
    address: Address
    verified: bool
    """Whether chain, dates and host name hold against the trust store."""
    verify_error: str
    """Why not, in plain words; empty when verified."""
    verify_code: int | None
    """OpenSSL's X509_V_ERR number; None when verified."""
    version: str
    cipher: str
    alpn: str | None
    chain: tuple[Certificate, ...]
    """As sent, the leaf first; never empty."""
    chain_complete: bool
    """False where this Python can show the leaf only."""
    elapsed_ms: float
    """Connection and first handshake."""

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"TLS of {self.target}"

    @property
    def target(self) -> str:
        """Host, port and address."""
        return named(self.host, self.port, self.address)

    @property
    def leaf(self) -> Certificate:
        """The server's own certificate."""
        return self.chain[0]

    def facts(self) -> dict[str, JsonValue]:
        """Everything: certificates are public."""
        return {
            "verified": self.verified,
            "verify error": self.verify_error or None,
            "version": self.version,
            "cipher": self.cipher,
            "alpn": self.alpn,
            "chain": [certificate.facts() for certificate in self.chain[:10]],
            "ms": round(self.elapsed_ms, 2),
        }


@dataclass(frozen=True, slots=True)
class TlsVersionObservation:
    """Whether one address accepts one version of TLS."""

    kind: ClassVar[str] = "tls"

    host: str
    port: int
    address: Address
    version: TlsVersion
    accepted: bool
    cipher: str
    """The negotiated cipher; empty when refused."""
    refusal: str
    """How it was refused, in plain words; empty when accepted."""

    @property
    def title(self) -> str:
        """What was asked."""
        return f"{self.version} at {self.target}"

    @property
    def target(self) -> str:
        """Host, port and address."""
        return named(self.host, self.port, self.address)

    def facts(self) -> dict[str, JsonValue]:
        """Everything."""
        return {
            "version": self.version,
            "accepted": self.accepted,
            "cipher": self.cipher or None,
            "refusal": self.refusal or None,
        }
