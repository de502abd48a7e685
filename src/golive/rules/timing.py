"""Whether two series of durations can be told apart."""

import math
import statistics
from collections.abc import Sequence
from datetime import timedelta

_FEWEST = 6


def distinguishable(
    one: Sequence[float], other: Sequence[float], *, floor: timedelta, level: float = 0.002
) -> bool:
    """Whether somebody who measures can tell the series apart.

    They can when a rank test (Mann-Whitney, two-sided, normal approximation with continuity correction)
    is significant at ``level`` and the medians differ by more than ``floor``. Outliers of a busy machine
    hardly move either.

    Args:
        one: milliseconds, six or more.
        other: milliseconds, six or more.
        floor: a smaller difference of the medians is of no use over a network.
        level: highest probability of calling equal series different.

    Raises:
        ValueError: too few samples to say anything.
    """
    if min(len(one), len(other)) < _FEWEST:
        raise ValueError(f"{min(len(one), len(other))} samples say nothing, take {_FEWEST} or more")
    apart = abs(statistics.median(one) - statistics.median(other))
    return apart > floor.total_seconds() * 1000 and rank_test(one, other) < level


def rank_test(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the two-sided p-value of the Mann-Whitney test; ties count half."""
    n, m = len(one), len(other)
    u = sum((a > b) + (a == b) / 2 for a in one for b in other)
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    z = max(0.0, abs(u - n * m / 2) - 0.5) / spread
    return math.erfc(z / math.sqrt(2))
