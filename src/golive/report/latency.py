"""Where latency samples and their budget lie on a line: the geometry of the drawing, in per cent."""

import math
from collections import Counter
from dataclasses import dataclass

from golive.rules.latency import quantile

DOTS_LIMIT = 240
"""Up to this many samples each is a dot; more are drawn as bars."""
FEW = 5
"""Fewer samples than this have no quantiles worth the name: they are listed, not drawn."""
_BINS = 96
_ROOM = 1.06
"""The line reaches a little beyond the largest value on it."""
_FAR = 3.0
"""A budget this many times beyond the slowest sample is named at the edge, not drawn to scale."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its place, and the row and side on which its label does not hit another."""

    name: str
    value: str
    x: float
    row: int
    anchor: str
    """SVG ``text-anchor``."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The samples of one stretch of the line; ``share`` is relative to the fullest stretch."""

    x: float
    width: float
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class LatencyPlot:
    """Everything that the drawing and its description need."""

    count: int
    dropped: int
    few: str
    """The samples themselves where they are few; else empty."""
    dots: tuple[tuple[float, int], ...]
    """Place and height in its stack of every sample; empty when bars are drawn."""
    bins: tuple[Bin, ...]
    quantiles: tuple[Mark, ...]
    budget: Mark | None
    budget_beyond: bool
    """The budget lies far to the right of everything drawn."""
    minimum: str
    maximum: str
    axis_end: str
    tallest: int


def milliseconds(value: float) -> str:
    """``0.84 ms``, ``12.4 ms``, ``342 ms``, ``1,204 ms``."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f} ms"


def latency_plot(samples_ms: tuple[float, ...], budget_ms: float | None) -> LatencyPlot | None:
    """Lay out ``samples_ms``; None when there is no sample that can be drawn."""
    ordered = tuple(sorted(sample for sample in samples_ms if math.isfinite(sample) and sample >= 0))
    if not ordered:
        return None
    usable_budget = budget_ms if budget_ms is not None and math.isfinite(budget_ms) else None
    beyond = usable_budget is not None and usable_budget > _FAR * ordered[-1]
    reach = ordered[-1] if beyond or usable_budget is None else max(ordered[-1], usable_budget)
    end = reach * _ROOM or 1.0
    counts = Counter(min(int(sample / end * _BINS), _BINS - 1) for sample in ordered)
    tallest = max(counts.values())
    budget = None
    if usable_budget is not None:
        x = 100.0 if beyond else usable_budget / end * 100
        budget = Mark("budget", milliseconds(usable_budget), round(x, 2), 0, _anchor(x))
    return LatencyPlot(
        count=len(ordered),
        dropped=len(samples_ms) - len(ordered),
        few=", ".join(milliseconds(sample) for sample in ordered) if len(ordered) < FEW else "",
        dots=_dots(ordered, end) if len(ordered) <= DOTS_LIMIT else (),
        bins=tuple(
            Bin(round(index * 100 / _BINS, 3), round(100 / _BINS, 3), count, round(count / tallest, 4))
            for index, count in sorted(counts.items())
        ),
        quantiles=tuple(
            Mark(
                f"p{share}", milliseconds(value), round(value / end * 100, 2), row, _anchor(value / end * 100)
            )
            for row, share in enumerate((50, 95, 99))
            for value in (quantile(ordered, share / 100) if len(ordered) > 1 else ordered[0],)
        ),
        budget=budget,
        budget_beyond=beyond,
        minimum=milliseconds(ordered[0]),
        maximum=milliseconds(ordered[-1]),
        axis_end=milliseconds(end),
        tallest=tallest,
    )


def _dots(ordered: tuple[float, ...], end: float) -> tuple[tuple[float, int], ...]:
    stacks: Counter[int] = Counter()
    dots = []
    for sample in ordered:
        place = min(int(sample / end * _BINS), _BINS - 1)
        dots.append((round(sample / end * 100, 2), stacks[place]))
        stacks[place] += 1
    return tuple(dots)


def _anchor(x: float) -> str:
    return "end" if x > 60 else "start"
