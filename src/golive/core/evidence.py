"""Evidence: the recorded facts behind a check's outcome."""

from datetime import datetime
from typing import ClassVar, Protocol

from pydantic import Field, JsonValue

from golive.core.record import Record


class Evidence(Record):
    """One recorded fact set. Everything in it was redacted before it came here."""

    kind: str
    """``http``, ``tls``, ``dns``, ``realtime``, ``browser``, ``latency``, ``retry``, ``note`` …"""
    title: str
    """What was observed and where, one line."""
    at: datetime
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    transcript: str = ""
    """Lines of a conversation with the target, one event a line; may be empty."""
    samples_ms: tuple[float, ...] = ()
    """Latencies in milliseconds, in the order in which they were measured."""
    budget_ms: float | None = None
    """The budget that ``samples_ms`` is judged against."""
    attachment: str | None = None
    """File name of a screenshot, relative to the run's folder."""


class Observation(Protocol):
    """What a probe saw: facts only, frozen, able to name what may be shown of it."""

    kind: ClassVar[str]

    @property
    def title(self) -> str:
        """What was observed and where, one line."""
        ...

    def facts(self) -> dict[str, JsonValue]:
        """The facts that may be shown: an allowlist, in JSON types."""
        ...
