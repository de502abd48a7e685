"""What an address was offered, and what it accepted. Facts only."""

import os
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from golive.net.address import Address, named
from golive.net.errors import ProbeError
from golive.tls import suites
from golive.tls.hello import SSL3, TLS10, TLS11, TLS12, TLS13, VERSION_NAMES, Offer
from golive.tls.hello_answer import HelloAnswer

Asked = HelloAnswer | ProbeError


@dataclass(frozen=True, slots=True)
class ProtocolSurvey:
    """What one address accepts."""

    kind: ClassVar[str] = "tls"

    host: str
    port: int
    address: Address
    offers: dict[str, Asked]
    """Name of an offer to its answer, or to why there was none."""
    http2: bool | None = None
    """Whether ALPN chose HTTP/2; None where no handshake came about."""
    demands_certificate: bool | None = None
    """Whether a session without a client certificate is ended."""
    renegotiates: bool | None = None
    """Whether the server renegotiates when the client asks; None where that could not be asked."""
    early_data: int | None = None
    """Bytes of 0-RTT data that a session ticket allows; None where no ticket could be read."""
    closed: str = ""
    """Why no connection came about; empty when one did."""
    not_tls: str = ""
    """What the port speaks instead of TLS; empty when it speaks TLS."""
    unseen: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"TLS protocols of {self.target}"

    @property
    def target(self) -> str:
        """Host, port and address."""
        return named(self.host, self.port, self.address)

    def accepted(self, name: str) -> HelloAnswer | None:
        """The answer to an offer that was accepted."""
        asked = self.offers.get(name)
        return asked if isinstance(asked, HelloAnswer) and asked.accepted else None

    def facts(self) -> dict[str, JsonValue]:
        """Every offer with its answer."""
        answers: dict[str, JsonValue] = {}
        for name, asked in self.offers.items():
            if isinstance(asked, ProbeError):
                answers[name] = f"unknown: {asked.message}"
            elif asked.accepted:
                version = VERSION_NAMES.get(asked.answer.version or 0, "")
                answers[name] = f"accepted: {version} {suites.cipher_name(asked.answer.cipher)}"
            else:
                answers[name] = f"refused: {asked.refusal}"
        return {
            "offers": answers,
            "http/2": self.http2,
            "demands a client certificate": self.demands_certificate,
            "client-initiated renegotiation": self.renegotiates,
            "0-RTT bytes": self.early_data,
            **({"closed": self.closed} if self.closed else {}),
            **({"not TLS": self.not_tls} if self.not_tls else {}),
        }


def offers(host: str) -> dict[str, Offer]:
    """Return every offer by name. Those before TLS 1.2 offer every cipher that ever was."""
    everything, name = suites.EVERYTHING, host
    old_groups = (23, 24, 25, *suites.WEAK_GROUPS)
    share = ((suites.X25519, os.urandom(32)),)
    return {
        "SSLv3": Offer(SSL3, everything),
        "TLSv1": Offer(TLS10, everything, old_groups, server_name=name),
        "TLSv1.1": Offer(TLS11, everything, old_groups, server_name=name),
        "TLSv1.2 AEAD": Offer(TLS12, suites.AEAD_ECDHE + suites.AEAD_DHE, server_name=name),
        "TLSv1.2 CBC": Offer(
            TLS12, suites.CBC_ECDHE + suites.CBC_DHE, compressions=_DEFLATE, server_name=name
        ),
        "TLSv1.2 static RSA": Offer(TLS12, suites.STATIC_RSA, compressions=_DEFLATE, server_name=name),
        "TLSv1.2 DHE": Offer(
            TLS12, suites.AEAD_DHE + suites.CBC_DHE, compressions=_DEFLATE, server_name=name
        ),
        "TLSv1.2 broken": Offer(TLS12, suites.BROKEN, old_groups, server_name=name),
        "TLSv1.2 weak curves": Offer(
            TLS12, suites.AEAD_ECDHE + suites.CBC_ECDHE, suites.WEAK_GROUPS, server_name=name
        ),
        # A server with an ECDSA certificate also needs the certificate's own curve to be offered.
        "TLSv1.2 weak curves first": Offer(
            TLS12,
            suites.AEAD_ECDHE + suites.CBC_ECDHE,
            (*suites.WEAK_GROUPS, 23, 24, 25),
            compressions=_DEFLATE,
            server_name=name,
        ),
        "TLSv1.3": Offer(TLS13, suites.TLS13_SUITES, key_shares=share, server_name=name),
        "TLSv1.3 X25519MLKEM768": Offer(
            TLS13, suites.TLS13_SUITES, (suites.X25519MLKEM768,), server_name=name
        ),
    }


_DEFLATE = b"\x01\x00"
