"""What the suite may send, and whether the profile allows the hosts that it names itself."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import BaseModel

from golive.core.outcome import Effect
from golive.profile.base import Frozen
from golive.profile.fields import Method, Reached, marked_values

_PORTS = {"http": 80, "https": 443}


class AllowedHost(Frozen):
    """What may be sent to one host."""

    methods: tuple[Method, ...] = ("GET", "HEAD", "OPTIONS")
    """Of HTTP; any other is refused before it is sent."""


class Allow(Frozen):
    """What the suite may do here. Everything else is refused below the clients."""

    effects: tuple[Effect, ...] = (Effect.READ,)
    """Checks of any other effect do not run here."""
    hosts: dict[str, AllowedHost]
    """By ``host``, or ``host:port`` for one port of it."""
    revocation: bool = False
    """Whether GET may go to the hosts that a trusted certificate names for its revocation."""

    def of(self, host: str, port: int) -> AllowedHost | None:
        """What may be sent to ``host`` on ``port``; None for nothing."""
        hosts = {name.lower(): rules for name, rules in self.hosts.items()}
        return hosts.get(f"{host.lower()}:{port}") or hosts.get(host.lower())


def not_allowed(profile: BaseModel, allow: Allow) -> Iterator[tuple[str, str]]:
    """Find what ``profile`` has the suite speak to and ``allow`` does not name.

    Returns:
        Key of the profile and host, for each.
    """
    for key, address in marked_values(profile, Reached):
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
        if allow.of(host, port) is None:
            yield key, host
