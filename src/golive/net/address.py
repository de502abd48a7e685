"""An address that is dialled, and the names that lead to it. Pure: nothing is looked up."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An IP address, v4 or v6, and a TCP or UDP port."""

    ip: str
    port: int

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def is_ip(host: str) -> bool:
    """Whether ``host`` is an address already."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def named(host: str, port: int, address: Address | None = None) -> str:
    """Return how messages name a target: ``api.shop.test:443 [127.0.0.1:4001]``."""
    name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return name if address is None or str(address) == name else f"{name} [{address}]"


def split_endpoint(endpoint: str) -> tuple[str, int]:
    """Return host and port of ``host:port`` or ``[v6]:port``."""
    host, _, port = endpoint.rpartition(":")
    return host.strip("[]").lower(), int(port)
