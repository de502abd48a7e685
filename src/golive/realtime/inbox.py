"""Where a connection's events gather, with the time of their arrival, while checks wait for them."""

import asyncio
import json
from collections import deque
from time import monotonic

from pydantic import JsonValue

from golive.net.access import Hear, HeardMessage, hear_nothing
from golive.net.deadline import Deadline
from golive.net.errors import ConnectionLost, DeadlineExceeded
from golive.net.http import host_and_port
from golive.net.masking import masked_json, masked_text
from golive.realtime.observation import Match, Protocol, RealtimeEvent, RealtimeObservation

_MOST_EVENTS = 5000
_MOST_LINES = 500
_MOST_SENT = 50


class Inbox:
    """Events in order of arrival, bounded, and a redacted transcript of both directions.

    Args:
        target: as messages name the connection.
        known: secrets that never show.
        hear: is told of every message that comes.
        url: where they come from.
    """

    def __init__(self, target: str, known: tuple[str, ...], hear: Hear = hear_nothing, url: str = "") -> None:
        self._hear = hear
        self._url = url
        self._sent: deque[JsonValue] = deque(maxlen=_MOST_SENT)
        self.opened_at = monotonic()
        self.closed: str | None = None
        """Why the connection ended; None while it stands."""
        self.dropped = 0
        self._target = target
        self._known = known
        self._events: list[RealtimeEvent] = []
        self._lines: list[str] = []
        self._arrived = asyncio.Condition()

    @property
    def events(self) -> tuple[RealtimeEvent, ...]:
        """What has arrived so far."""
        return tuple(self._events)

    @property
    def transcript(self) -> str:
        """One line an event: seconds since the opening, direction, name, shape."""
        return "\n".join(self._lines)

    async def receive(self, name: str, payload: JsonValue) -> None:
        """Keep an event that arrived now, and wake who waits for it."""
        event = RealtimeEvent(name, payload, monotonic())
        self.hear(name, payload)
        if len(self._events) >= _MOST_EVENTS:
            self.dropped += 1
            return
        self._events.append(event)
        self.note("←", name, payload)
        async with self._arrived:
            self._arrived.notify_all()

    def hear(self, name: str, payload: JsonValue) -> None:
        """Tell who listens of a message that came, the answer to one that was sent too."""
        self._hear(HeardMessage(self._url, name, payload, self._known, tuple(self._sent)))

    async def close(self, reason: str) -> None:
        """Remember that the connection ended; waiting for an event then fails at once."""
        if self.closed is None:
            self.closed = masked_text(reason, self._known, longest=80)
            self._line(f"× {self.closed}")
        async with self._arrived:
            self._arrived.notify_all()

    def note(self, direction: str, name: str, payload: JsonValue = None) -> None:
        """Add a line to the transcript."""
        if direction == "→" and payload is not None:
            self._sent.append(payload)
        shape = "" if payload is None else " " + json.dumps(masked_json(payload, self._known))[:300]
        self._line(f"{direction} {masked_text(name, self._known, longest=60)}{shape}")

    async def wait_for(self, match: Match, *, deadline: float, since: float = 0.0) -> RealtimeEvent:
        """Return the first matching event that arrived at ``since`` or later.

        Raises:
            DeadlineExceeded: none within ``deadline`` seconds.
            ConnectionLost: the connection ended before.
        """
        checked = 0
        try:
            async with Deadline(deadline), self._arrived:
                while True:
                    for event in self._events[checked:]:
                        checked += 1
                        if event.at >= since and match(event):
                            return event
                    if self.closed is not None:
                        message = f"the connection ended before the event ({self.closed})"
                        raise ConnectionLost(message, target=self._target, phase="receive")
                    await self._arrived.wait()
        except TimeoutError:
            names = ", ".join(dict.fromkeys(event.name for event in self._events)) or "none"
            message = f"no such event within {deadline:g} s (received: {masked_text(names, self._known)})"
            raise DeadlineExceeded(message, target=self._target, phase="receive") from None

    def observation(
        self,
        url: str,
        who: str,
        protocol: Protocol,
        *,
        transport: str,
        upgraded: bool,
        connect_ms: float,
        connected: bool,
    ) -> RealtimeObservation:
        """Return the connection up to now, with everything that has arrived."""
        host, port = host_and_port(url)
        return RealtimeObservation(
            url=url,
            host=host,
            port=port,
            who=who,
            protocol=protocol,
            transport=transport,
            upgraded=upgraded,
            connect_ms=connect_ms,
            connected=connected and self.closed is None,
            opened_at=self.opened_at,
            observed_at=monotonic(),
            events=self.events,
            dropped=self.dropped,
            transcript=self.transcript,
        )

    def _line(self, text: str) -> None:
        if len(self._lines) < _MOST_LINES:
            self._lines.append(f"+{monotonic() - self.opened_at:.3f} {text}")
