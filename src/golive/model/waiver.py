"""Waivers: failures that people accept, for a while."""

from golive.model.record import Instant, Record


class Waiver(Record):
    """An accepted failure: it never makes a line green, and it always ends."""

    item: str
    reason: str
    owner: str
    ticket: str
    expires: Instant
    environment: str | None = None
    """Where it holds; everywhere when None."""
