"""Waivers: failures that people accept, for a while."""

from collections.abc import Callable

from golive.core.record import Instant, Record


class Waiver(Record):
    """An accepted failure: it never makes a line green, and it always ends."""

    item: str
    reason: str
    owner: str
    ticket: str
    expires: Instant
    environment: str | None = None
    """Where it holds; everywhere when None."""

    def with_words(self, change: Callable[[str], str]) -> "Waiver":
        """The same with every free text changed, such as by taking secrets out of it."""
        words = {name: change(getattr(self, name)) for name in ("reason", "owner", "ticket")}
        return self.model_copy(update=words)
