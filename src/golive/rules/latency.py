"""What measured times must be."""

import math
import statistics
from collections.abc import Sequence
from datetime import timedelta

from golive.core.harm import Harm
from golive.rules.failure import fail


def quantile(samples_ms: Sequence[float], q: float) -> float:
    """Return the quantile ``q`` (0 < q < 1) of at least two samples, interpolated."""
    cuts = statistics.quantiles(samples_ms, n=1000, method="inclusive")
    return cuts[min(max(round(q * 1000), 1), 999) - 1]


def summary(samples_ms: Sequence[float]) -> str:
    """Return p50, p95, maximum and count of at least two samples, for messages."""
    p50, p95 = quantile(samples_ms, 0.5), quantile(samples_ms, 0.95)
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {max(samples_ms):.0f} ms, n {len(samples_ms)}"


def expect_quantile(
    samples_ms: Sequence[float], q: float, budget: timedelta, *, where: str, at_least: int = 2
) -> None:
    """The quantile ``q`` of the samples (milliseconds) is within ``budget``.

    Args:
        samples_ms: durations, finite and not negative.
        q: between 0 and 1, such as 0.95.
        budget: the highest that is fine.
        where: what was measured.
        at_least: how many samples are needed to say anything, 2 or more.
    """
    if not 0 < q < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
    needed = max(2, at_least)
    if len(samples_ms) < needed:
        fail("too few samples", expected=f"{needed} or more", observed=len(samples_ms), where=where)
    if not all(math.isfinite(sample) and sample >= 0 for sample in samples_ms):
        fail("samples", expected="durations", observed="a value that is none", where=where)
    allowed = budget.total_seconds() * 1000
    if quantile(samples_ms, q) > allowed:
        what = f"too slow at p{q * 100:g}"
        fail(
            what,
            expected=f"≤ {allowed:.0f} ms",
            observed=summary(samples_ms),
            where=where,
            harm=Harm.SLOW,
        )
