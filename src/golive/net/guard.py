"""The guard below every client: what the profile does not allow is never sent."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

from golive.core.outcome import Effect
from golive.net.address import named
from golive.net.errors import Refused
from golive.net.masking import masked_url
from golive.profile.allow import Allow, AllowedHost

current_effect: ContextVar[Effect] = ContextVar("golive_current_effect", default=Effect.READ)
"""The declared effect of the check that is running in this context."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods without effect (RFC 9110, 9.2.1), as far as the suite uses them."""

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
WEB_PORTS = frozenset(_DEFAULT_PORTS.values())


class Guard:
    """Permits or refuses a request by its host, port and method, and by the running check's effect.

    Args:
        allow: the profile's hosts, methods and effects. ``host:port`` is one port; ``host`` is ports 80 and
            443, and those of ``ports``.
        read_posts: paths, such as sign-in or search, that a reading check may POST to. ``*`` stands for
            one path segment, or for a part of one.
        ports: further ports of hosts that `allow` names without one: those of the profile's own URLs.
        ours: endpoints that the profile names for something else than HTTP, such as name servers and the
            ports of servers: they may be connected to, and no HTTP request goes there.
    """

    def __init__(
        self,
        allow: Allow,
        *,
        read_posts: frozenset[str] = frozenset(),
        ports: Mapping[str, Collection[int]] | None = None,
        ours: Iterable[tuple[str, int]] = (),
    ) -> None:
        self._allow = allow
        self._hosts: dict[tuple[str, int | None], AllowedHost] = {
            _endpoint(name): methods for name, methods in allow.hosts.items()
        }
        self._ports = {host.lower(): named for host, named in (ports or {}).items()}
        self._ours = frozenset((host.lower(), port) for host, port in ours)
        self._read_posts = tuple(tuple(path.strip("/").split("/")) for path in sorted(read_posts))

    def permit(self, method: str, url: str, *, effect: Effect | None = None) -> None:
        """Return if the request may be sent.

        Args:
            method: HTTP method; a WebSocket handshake is a GET, a message sent is a POST.
            url: of scheme http, https, ws or wss.
            effect: of the check, where the context does not carry it (callbacks of the browser).

        Raises:
            Refused: naming host, method and the key of the profile that would allow it.
        """
        effect = current_effect.get() if effect is None else effect
        method = method.upper()
        parts = urlsplit(url)
        target = masked_url(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise Refused(
                f"{parts.scheme or 'no'} URL refused", target=target, remedy="only http(s) and ws(s) are sent"
            )
        host = parts.hostname.lower()
        try:
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
        except ValueError:
            raise Refused(f"{method} to {host} refused: its port is none", target=target,
                          remedy="correct the URL") from None  # fmt: skip
        allowed = self._allowed(host, port, WEB_PORTS)
        if allowed is None:
            raise self._not_allowed(f"{method} to {{}}", host, port, target, WEB_PORTS)
        if method not in allowed.methods:
            raise Refused(
                f"{method} to {host} refused: the method is not allowed",
                target=target,
                remedy=f'add "{method}" to allow.hosts."{host}".methods if the suite may send it',
            )
        if effect not in self._allow.effects:
            raise Refused(
                f"{method} to {host} refused: checks of effect {effect.value!r} are not allowed here",
                target=target,
                remedy=f'add "{effect.value}" to allow.effects in the profile',
            )
        if effect is Effect.READ and not self._is_read(method, parts.path):
            raise Refused(
                f"{method} to {host} refused: the check declares effect 'read'",
                target=target,
                remedy="declare effect 'write' on the check, and undo what it does",
            )

    def admit_revocation(self, url: str) -> None:
        """Let GET go to the host of a list that a trusted certificate names, if the profile lets it."""
        parts = urlsplit(url)
        if not self._allow.revocation or parts.scheme not in ("http", "https") or not parts.hostname:
            return
        with suppress(ValueError):  # a port that is none: `permit` says so
            endpoint = parts.hostname.lower(), parts.port or _DEFAULT_PORTS[parts.scheme]
            if self._allowed(*endpoint, WEB_PORTS) is None:
                self._hosts[endpoint] = AllowedHost(methods=("GET",))

    def permit_connection(self, host: str, port: int, *, usual: Collection[int] = WEB_PORTS) -> None:
        """Return if a connection that carries no HTTP may be opened.

        Args:
            host: the public name or address, not where it is mapped to.
            port: TCP or UDP.
            usual: the protocol's own ports, which a host that is allowed without a port has open.

        Raises:
            Refused: naming the key of the profile that would allow it.
        """
        if (host.lower(), port) not in self._ours and self._allowed(host, port, usual) is None:
            raise self._not_allowed("a connection to {}", host.lower(), port, named(host, port), usual)

    def endpoints(self) -> tuple[tuple[str, int], ...]:
        """Every host and port that HTTP requests and WebSockets may go to, sorted."""
        found = {(host, port) for host, port in self._hosts if port is not None}
        for host in (host for host, port in self._hosts if port is None):
            found |= {(host, port) for port in (*WEB_PORTS, *self._ports.get(host, ()))}
        return tuple(sorted(found))

    def knows(self, host: str, port: int) -> bool:
        """Whether anything at all may be sent to ``host`` on ``port``."""
        return self._allowed(host, port, WEB_PORTS) is not None

    def _allowed(self, host: str, port: int, usual: Collection[int]) -> AllowedHost | None:
        host = host.lower()
        if (host, port) in self._hosts:
            return self._hosts[host, port]
        return self._hosts.get((host, None)) if port in usual or port in self._ports.get(host, ()) else None

    def _not_allowed(self, what: str, host: str, port: int, target: str, usual: Collection[int]) -> Refused:
        if (host, None) in self._hosts:
            what, key = what.format(f"{host} on port {port}"), named(host, port)
            return Refused(
                f"{what} refused: the port is not allowed",
                target=target,
                remedy=f'add [allow.hosts."{key}"] to the profile if the suite may speak to it',
            )
        key = host if port in usual else named(host, port)
        return Refused(
            f"{what.format(host)} refused: the host is not allowed",
            target=target,
            remedy=f'add [allow.hosts."{key}"] to the profile if the suite may speak to it',
        )

    def _is_read(self, method: str, path: str) -> bool:
        if method in SAFE_METHODS:
            return True
        segments = tuple(unquote(path).strip("/").split("/"))
        if method != "POST" or ".." in segments or "." in segments:
            return False
        return any(
            len(pattern) == len(segments) and all(map(fnmatchcase, segments, pattern))
            for pattern in self._read_posts
        )


def _endpoint(name: str) -> tuple[str, int | None]:
    """Host and port of a key of ``[allow.hosts]``: ``host``, ``host:port``, ``::1`` or ``[::1]:port``."""
    host, _, port = name.lower().rpartition(":")
    if host and port.isdigit() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), int(port)
    return name.lower().strip("[]"), None
