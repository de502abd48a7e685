"""Hosts and ports that a profile names, wherever they stand in it."""

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from golive.profile.profile import Profile
from golive.profile.registry import REGISTRY

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_PERMISSIONS = {"allow", "limits", "secrets", "start"}
"""Parts that say what may be done with a host, not that there is one."""
_DNS_PORT = 53


def named_ports(profile: Profile) -> dict[str, frozenset[int]]:
    """Host, in lower case, to the ports of the URLs and of the ``host:port`` that the profile has of it.

    They are what ``[allow.hosts]`` means by a host without a port, beside 80 and 443.
    """
    found: dict[str, set[int]] = defaultdict(set)
    for text in _texts(profile.model_dump(mode="json", exclude=_PERMISSIONS)):
        if (endpoint := endpoint_of(text)) is not None:
            found[endpoint[0]].add(endpoint[1])
    return {host: frozenset(ports) for host, ports in found.items()}


def own_endpoints(profile: Profile) -> frozenset[tuple[str, int]]:
    """Endpoints that the profile names for something else than HTTP requests.

    Name servers and resolvers, control targets, and the ports of servers and of the firewall's hosts.
    """
    named = [*profile.control.targets]
    if profile.network.resolver is not None:
        named += [profile.network.resolver, f"{profile.network.resolver}:{_DNS_PORT}"]
    found = {endpoint for text in named if (endpoint := endpoint_of(text)) is not None}
    for named_by_subject in REGISTRY.endpoints:
        found |= set(named_by_subject(profile))
    return frozenset(found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (*_texts(key), *_texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def endpoint_of(text: str) -> tuple[str, int] | None:
    """Return host, in lower case, and port of a URL or ``host:port``; None where it is neither."""
    if ":" not in text:  # neither a scheme nor a port; most of a profile's words are so
        return None
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not host or port is None or (not parts.scheme and parts.netloc != text):
        return None
    return host, port
