"""The suite's own load, under which a time that was taken is not the target's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from golive.net.deadline import Attention


@dataclass(slots=True)
class Reading:
    """One request's time; ``own_load`` says what else went on, once it is over."""

    own_load: str = ""


class OwnLoad:
    """Counts the requests that are on their way, and how late the event loop is meanwhile."""

    def __init__(self) -> None:
        self._now = 0
        self._begun = 0

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Stand around one request."""
        others = self._now
        self._now += 1
        self._begun += 1
        begun, reading = self._begun, Reading()
        try:
            with Attention() as attention:
                yield reading
                late = attention.late
        finally:
            self._now -= 1
        others += self._begun - begun
        parts = [f"{others} other request{'s' if others > 1 else ''} at the same time"] if others else []
        parts += [f"the event loop was {late * 1000:.0f} ms late"] if late > 0 else []
        reading.own_load = ", ".join(parts)
