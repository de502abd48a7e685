"""What every client is made of: guard, addresses, TLS contexts, limits and deadlines, one of each a run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from pydantic import JsonValue

from golive.net.addresses import AddressBook
from golive.net.guard import Guard
from golive.net.http_observation import HttpObservation
from golive.net.incidents import ConnectionTally
from golive.net.limits import HostLimits
from golive.net.load import OwnLoad
from golive.net.tls.context import TlsContexts
from golive.profile.endpoints import named_ports, own_endpoints
from golive.profile.profile import Profile
from golive.profile.registry import REGISTRY


@dataclass(frozen=True, slots=True, repr=False)
class HeardAnswer:
    """One answer over HTTP, with what its request said: nothing of that is news to whoever asked."""

    answer: HttpObservation
    sent: bytes
    """The request's body; its address and secrets are the answer's."""


@dataclass(frozen=True, slots=True, repr=False)
class HeardMessage:
    """One message on a standing connection."""

    url: str
    name: str
    payload: JsonValue
    known: tuple[str, ...]
    """Secrets that opened the connection."""
    sent: tuple[JsonValue, ...] = ()
    """What this connection has sent."""


Hear = Callable[[HeardAnswer | HeardMessage], None]
"""Is told of each; it raises nothing, and keeps no value."""


def hear_nothing(_heard: HeardAnswer | HeardMessage) -> None:
    """Look at nothing."""


@dataclass(frozen=True, slots=True)
class Access:
    """The way to the targets. Deadlines are in seconds."""

    guard: Guard
    book: AddressBook
    contexts: TlsContexts
    limits: HostLimits
    connect_deadline: float
    request_deadline: float
    tally: ConnectionTally = field(default_factory=ConnectionTally)
    load: OwnLoad = field(default_factory=OwnLoad)
    hear: Hear = hear_nothing
    """Is told of every answer and message."""

    @classmethod
    def of(
        cls, profile: Profile, *, read_posts: frozenset[str] | None = None, hear: Hear = hear_nothing
    ) -> Self:
        """Build it from a profile.

        Args:
            profile: the environment.
            read_posts: paths that a reading check may POST to; by default those that subjects declare.
            hear: is told of every answer and message.
        """
        guard = Guard(
            profile.allow,
            read_posts=default_read_posts(profile) if read_posts is None else read_posts,
            ports=named_ports(profile),
            ours=own_endpoints(profile),
        )
        return cls(
            guard=guard,
            book=AddressBook(profile.network, guard.permit_connection),
            contexts=TlsContexts(profile.trust),
            limits=HostLimits(profile.limits),
            connect_deadline=profile.network.connect_deadline.total_seconds(),
            request_deadline=profile.network.request_deadline.total_seconds(),
            hear=hear,
        )

    def patience(self, deadline: float | None) -> float:
        """Seconds that one call may take: its own deadline, or the profile's for a request."""
        return self.request_deadline if deadline is None else deadline

    async def admit_message(self, url: str) -> None:
        """Wait until one message may be sent over a standing connection to ``url``.

        Raises:
            Refused: by the guard; a message counts as a POST.
        """
        self.guard.permit("POST", url)
        await self.limits.pace(urlsplit(url).hostname or "")


def default_read_posts(profile: Profile) -> frozenset[str]:
    """Return the paths whose POST outlives no check: what subjects declare, such as sign-in and search."""
    return frozenset(path for declared in REGISTRY.reading_posts for path in declared(profile))
