"""What is seen of shifts on call, and of messages through channels. Facts only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import JsonValue

from golive.net.masking import masked_name


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What Apprise says of a message."""

    kind: ClassVar[str] = "message"

    channel: str
    service: str
    sent: bool
    words: tuple[str, ...]
    seconds: float
    to: tuple[str, ...]

    @property
    def title(self) -> str:
        """Through which channel, and where to."""
        return f"message by {self.channel} ({self.service or 'unknown service'}) to {', '.join(self.to)}"

    def facts(self) -> dict[str, JsonValue]:
        """Whether it was taken, and what was said."""
        return {"taken": self.sent, "after s": round(self.seconds, 2), "said": list(self.words)}


@dataclass(frozen=True, slots=True)
class ReadMessages:
    """What a channel's latest messages are; their words are never shown."""

    kind: ClassVar[str] = "message"

    where: str
    marker: str
    problem: str
    messages: int
    found: bool
    seconds: float

    @property
    def title(self) -> str:
        """Where it was looked."""
        return f"messages read back — {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """How many, and whether the marked one is among them."""
        return {"problem": self.problem, "messages": self.messages, "found": self.found,
                "after s": round(self.seconds, 2)}  # fmt: skip


Line = Literal["first", "second"]


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Somebody's time on call, from ``start`` until ``end``, in UTC."""

    start: datetime
    end: datetime
    summary: str
    people: tuple[str, ...]
    """E-mail addresses of those who take part."""


@dataclass(frozen=True, slots=True)
class OnCallObservation:
    """The shifts of one calendar that reach into a window."""

    kind: ClassVar[str] = "calendar"

    name: str
    line: Line
    events: int
    """Of the whole calendar, recurring ones once."""
    shifts: tuple[Shift, ...]

    @property
    def title(self) -> str:
        """Which line, and which calendar."""
        return f"on-call calendar of the {self.line} line — {self.name}"

    def facts(self) -> dict[str, JsonValue]:
        """Every shift, in UTC."""
        shown = [
            f"{shift.start:%Y-%m-%d %H:%MZ} to {shift.end:%Y-%m-%d %H:%MZ}: "
            f"{masked_name(shift.summary, longest=80)}"
            for shift in self.shifts[:50]
        ]
        return {"events": self.events, "shifts": list(shown)}
