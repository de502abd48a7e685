"""What a profile says of real time: where it is, in which protocol, and how it must behave."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration, HttpsUrl
from golive.profile.profile import Profile
from golive.profile.registry import (
    REGISTRY,
    Section,
    extend,
    implies_absence,
    objects,
    part,
    reads_by_post,
    section,
)


class Realtime(Frozen):
    """Where real-time events come from, and in which protocol."""

    url: HttpsUrl
    """The public address, with ``https``."""
    protocol: Literal["socket.io", "websocket"]
    """What is spoken there."""
    path: str = "/socket.io/"
    """The path of the endpoint below the URL."""
    events: dict[str, str] = {}
    """Types of a plain WebSocket's messages about a session, to the names that checks know them by."""
    answers: dict[str, str] = {}
    """Messages that a client sends, to the event of the session that says they were accepted."""


class RealtimeBehaviour(Frozen):
    """What real time must be like here."""

    ping_interval: Duration = timedelta(seconds=25)
    """How often the server pings an idle connection; 25 s is Socket.IO's own."""
    loss_noticed: Duration = timedelta(seconds=5)
    """How long after an abrupt loss the others are told."""
    idle_for: Duration = timedelta(seconds=90)
    """How long a connection on which nothing is said must be kept; 90 s is what usual proxies end."""
    returns: int = Field(default=3, ge=1, le=10)
    """How often a member is lost and comes back, at each replica."""
    burst: int = Field(default=200, ge=2, le=1000)
    """Updates that one member sends as fast as it can."""
    burst_within: Duration = timedelta(seconds=10)
    """How long it may take until every other member has all of them."""
    version: str | None = "data.version"
    """Field of an update that counts the updates of a session one by one; None: there is none."""
    largest_message: int = Field(default=1_000_000, ge=1000, le=4_000_000)
    """Bytes; a larger message must be refused."""
    messages_limit: int | None = Field(default=None, ge=10, le=5000)
    """Messages of one connection that are answered in a window; None: flooding is not tried here."""
    connections_per_user: int | None = Field(default=None, ge=1, le=100)
    """At one replica; None: the limit is not tried here. ``limits`` must leave room for two more."""
    unknown_events: Literal["answered", "ignored"] = "answered"
    """What becomes of an event that the server does not know: a refusal, or nothing, as with Socket.IO."""
    error_event: str = "error"
    """How a plain WebSocket names the answer to what it refuses."""


class RealtimeBudgets(Frozen):
    """How fast real time must be."""

    realtime_delivery: Duration = timedelta(seconds=1)
    """How long an event may take from one member to another."""


REALTIME = part("realtime", Realtime, is_public=True, is_optional=True)
"""Where real-time events come from."""
BEHAVIOUR: Section[RealtimeBehaviour] = section("realtime", RealtimeBehaviour, RealtimeBehaviour())
BUDGETS = extend("budgets", RealtimeBudgets)


@reads_by_post
def _polling(profile: Profile) -> Iterator[str]:
    realtime = REALTIME.get(profile)
    if realtime is not None:
        yield urlsplit(realtime.url).path + realtime.path


_BESIDES = 2
"""One socket more, which must be refused, and the connection that is left to requests."""


@objects
def _more_sockets_than_connections(profile: Profile) -> str | None:
    allowed, realtime = BEHAVIOUR.of(profile).connections_per_user, REALTIME.get(profile)
    if allowed is None or realtime is None:
        return None
    # They are opened at replicas, where the profile lists any.
    parts = [part.get(profile) for part in REGISTRY.parts.values()]
    urls = [replica.url for part in parts for replica in getattr(part, "replicas", ())] or [realtime.url]
    for host in dict.fromkeys(urlsplit(url).hostname or "" for url in urls):
        most = profile.limits.of(host).connections
        needed = allowed + _BESIDES
        if most < needed:
            return (
                f"realtime.connections_per_user = {allowed} takes {needed} connections to {host} at once, and"
                f' its limit is {most}: set limits.hosts."{host}".connections to {needed} or more,'
                " or leave connections_per_user out"
            )
    return None


def _plain_websocket(profile: Profile) -> str | None:
    realtime = REALTIME.get(profile)
    is_plain = realtime is not None and realtime.protocol == "websocket"
    return "the deployment speaks a plain WebSocket" if is_plain else None


implies_absence("polling", _plain_websocket)
