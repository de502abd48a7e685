"""What a real-time connection carried, whichever protocol it spoke."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import JsonValue

from golive.net.address import named
from golive.net.masking import masked_json, masked_url

Protocol = Literal["socket.io", "websocket"]


@dataclass(frozen=True, slots=True)
class RealtimeEvent:
    """One event from the server."""

    name: str
    payload: JsonValue = field(repr=False)
    at: float
    """When it arrived: seconds of `time.monotonic`."""

    def get(self, key: str) -> JsonValue:
        """Return a key of the payload; None when it is missing or the payload is no object."""
        return self.payload.get(key) if isinstance(self.payload, dict) else None


Match = Callable[[RealtimeEvent], bool]


def event_named(name: str, **keys: JsonValue) -> Match:
    """Return a match for events of that name whose payload has those keys, ``session_event`` style."""
    return lambda event: event.name == name and all(event.get(key) == value for key, value in keys.items())


@dataclass(frozen=True, slots=True, repr=False)
class RealtimeObservation:
    """A connection up to now. Times are seconds of `time.monotonic` unless they say otherwise."""

    kind: ClassVar[str] = "realtime"

    url: str
    host: str
    port: int
    who: str
    """Which of the check's connections it is, such as ``member``."""
    protocol: Protocol
    transport: str
    """``polling`` or ``websocket``: what carries messages now."""
    upgraded: bool
    """Whether it started as polling and became a WebSocket."""
    connect_ms: float
    connected: bool
    """Whether the connection still stands."""
    opened_at: float
    observed_at: float
    events: tuple[RealtimeEvent, ...]
    dropped: int
    """Events beyond the bound, which were counted and not kept."""
    transcript: str
    """One line an event, redacted."""

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self.events)} events>"

    @property
    def title(self) -> str:
        """Who listened where."""
        return f"{self.who} at {masked_url(self.url)} ({self.protocol} over {self.transport})"

    @property
    def target(self) -> str:
        """Who, host and port."""
        return f"{self.who} at {named(self.host, self.port)}"

    def facts(self) -> dict[str, JsonValue]:
        """Transport, times, and how many events of each name."""
        counts: dict[str, JsonValue] = {}
        for event in self.events:
            before = counts.get(event.name, 0)
            counts[event.name] = (before if isinstance(before, int) else 0) + 1
        return {
            "protocol": self.protocol,
            "transport": self.transport,
            "upgraded": self.upgraded,
            "connected": self.connected,
            "connect ms": round(self.connect_ms, 2),
            "listened s": round(self.observed_at - self.opened_at, 3),
            "events": counts,
            "dropped events": self.dropped,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Ack:
    """The server's answer to an event that was sent."""

    kind: ClassVar[str] = "realtime"

    event: str
    payload: JsonValue
    elapsed_ms: float
    target: str

    def __repr__(self) -> str:
        return f"<{self.title}>"

    @property
    def title(self) -> str:
        """Which event was acknowledged, and where."""
        return f"acknowledgement of {self.event} — {self.target}"

    def facts(self) -> dict[str, JsonValue]:
        """The time, and the shape of the answer."""
        return {"event": self.event, "ms": round(self.elapsed_ms, 2), "answer": masked_json(self.payload)}
