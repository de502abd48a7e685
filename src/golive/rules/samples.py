"""Times of a series of answers that are the target's own."""

from collections.abc import Callable

from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation

_SPARE = 10
"""Samples that a short series may lose to the suite's own load, beside as many as are wanted."""


class Samples:
    """Times of answers, in milliseconds, without those that were taken under the suite's own load.

    Args:
        count: how many are wanted.
        of: what of an answer is measured; by default all of it, from the first byte sent.
    """

    def __init__(
        self, count: int, *, of: Callable[[HttpObservation], float] = lambda answer: answer.elapsed_ms
    ) -> None:
        self._count = count
        self._of = of
        self._ms: list[float] = []
        self.left_out = 0
        """How many were taken under load."""

    @property
    def wanted(self) -> bool:
        """Whether another one is."""
        return len(self._ms) < self._count

    @property
    def ms(self) -> tuple[float, ...]:
        """The times."""
        return tuple(self._ms)

    def add(self, answer: HttpObservation) -> None:
        """Take an answer's time.

        Raises:
            Blind: more than half were taken under load.
        """
        if not answer.own_load:
            self._ms.append(self._of(answer))
            return
        self.left_out += 1
        if self.left_out > self._count + _SPARE:
            raise Blind(
                f"more times were taken under the suite's own load ({answer.own_load}) than without it, so"
                f" they are not the target's — {answer.title}",
                remedy="let whatever else keeps this machine busy end, and run it again",
            )
