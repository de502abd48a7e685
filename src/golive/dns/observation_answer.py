"""What one name server answered. Facts only."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.net.address import Address
from golive.net.masking import masked_text


@dataclass(frozen=True, slots=True)
class DnsObservation:
    """One answer (RFC 1035, 4.1; flags as RFC 1035, 4.1.1)."""

    kind: ClassVar[str] = "dns"

    server: str
    """The server's name in the profile."""
    address: Address
    name: str
    type: str
    rcode: str
    """``NOERROR``, ``NXDOMAIN``, ``REFUSED``, ``SERVFAIL`` …"""
    authoritative: bool
    """The AA flag."""
    values: tuple[str, ...]
    """Records of the asked type, sorted; names in lower case without final dot, TXT without quotes."""
    aliases: tuple[str, ...]
    """Targets of the CNAME records in the answer, in its order."""
    ttl: int | None
    """The lowest TTL of the records in seconds; None without records."""
    transport: str
    """``udp``, or ``tcp`` after a truncated answer."""
    elapsed_ms: float
    asked: int = 1
    """How many answers the values are of: a server may give others each time."""
    rotates: bool = False
    """Whether these answers differed."""

    @property
    def title(self) -> str:
        """Question and server."""
        return f"{self.type} {self.name} at {self.target}"

    @property
    def target(self) -> str:
        """The server, with its address."""
        return f"{self.server} [{self.address}]"

    @property
    def serial(self) -> int | None:
        """The zone's serial number (RFC 1035, 3.3.13) when an SOA was asked for and answered."""
        return int(self.values[0].split()[2]) if self.type == "SOA" and self.values else None

    def facts(self) -> dict[str, JsonValue]:
        """Everything: DNS data is public."""
        return {
            "rcode": self.rcode,
            "authoritative": self.authoritative,
            "values": [masked_text(value) for value in self.values[:50]],
            "aliases": list(self.aliases[:10]),
            "ttl": self.ttl,
            "serial": self.serial,
            "transport": self.transport,
            "ms": round(self.elapsed_ms, 2),
            **({"answers": self.asked, "rotates": self.rotates} if self.asked > 1 else {}),
        }
