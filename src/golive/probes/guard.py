"""The guard below every client: what the profile does not allow is never sent."""

from contextvars import ContextVar
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

from golive.environment.allow import Allow, AllowedHost
from golive.model.outcome import Effect
from golive.probes.disclosure import shown_url
from golive.probes.errors import Refused

current_effect: ContextVar[Effect] = ContextVar("golive_current_effect", default=Effect.READ)
"""The declared effect of the check that is running in this context."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods without effect (RFC 9110, 9.2.1), as far as the suite uses them."""

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Guard:
    """Permits or refuses a request by its host, its method and the running check's effect.

    Args:
        allow: the profile's hosts, methods and effects. A host may be named as ``host`` or ``host:port``.
        read_posts: paths, such as sign-in or search, that a reading check may POST to. ``*`` stands for
            one path segment, or for a part of one.
    """

    def __init__(self, allow: Allow, *, read_posts: frozenset[str] = frozenset()) -> None:
        self._allow = allow
        self._hosts = {name.lower(): methods for name, methods in allow.hosts.items()}
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
        target = shown_url(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise Refused(
                f"{parts.scheme or 'no'} URL refused", target=target, remedy="only http(s) and ws(s) are sent"
            )
        host = parts.hostname.lower()
        allowed = self._allowed(host, parts.port or _DEFAULT_PORTS[parts.scheme])
        if allowed is None:
            raise Refused(
                f"{method} to {host} refused: the host is not allowed",
                target=target,
                remedy=f'add [allow.hosts."{host}"] to the profile if the suite may speak to it',
            )
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

    def hosts(self) -> tuple[str, ...]:
        """Names of the hosts that may be spoken to, without ports, sorted."""
        return tuple(
            sorted({name if name.count(":") != 1 else name.partition(":")[0] for name in self._hosts})
        )

    def knows(self, host: str, port: int) -> bool:
        """Whether anything at all may be sent to ``host`` on ``port``."""
        return self._allowed(host.lower(), port) is not None

    def _allowed(self, host: str, port: int) -> AllowedHost | None:
        return self._allow.of(host, port)

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
