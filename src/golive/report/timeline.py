"""When the checks of a run ran: bars in lanes, in per cent of the run's time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from golive.core.duration import format_duration
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Run
from golive.report.text import one_line
from golive.report.vocabulary import Look, outcome_look

_SHORTEST = 0.35
"""Per cent: a bar is never thinner than can be seen."""
_MARK = 2.5
"""Per cent: the room that the mark of a check that did not pass needs behind its bar."""
_STEPS = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One check on the line of time."""

    name: str
    look: Look
    x: float
    width: float
    lane: int
    start: str
    """Time since the run's start."""
    duration: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the run itself; records know how long it took, not when it began."""

    name: str
    width: float
    duration: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the line of time."""

    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing's geometry and the rows of its table."""

    bars: tuple[Bar, ...]
    lanes: int
    steps: tuple[Step, ...]
    ticks: tuple[Tick, ...]
    span: str
    alone: int
    """Checks that did not run, and so have no bar."""


def timeline(run: Run) -> Timeline:
    """Lay out the checks of ``run`` that ran, and its steps."""
    ran = sorted((r for r in run.records if r.outcome is not None), key=lambda r: (r.started, r.check))
    starts = [max(0.0, (record.started - run.header.started).total_seconds()) for record in ran]
    ends = [start + max(0.0, record.duration_seconds) for start, record in zip(starts, ran, strict=True)]
    finished = run.footer.finished if run.footer else run.header.started
    steps = run.footer.steps if run.footer else ()
    span = max(
        [(finished - run.header.started).total_seconds(), *ends, *(s.duration_seconds for s in steps), 0.001]
    )
    lanes = _lanes(ran, starts, ends, span)
    return Timeline(
        bars=_bars(ran, starts, ends, lanes, span),
        lanes=max(lanes, default=-1) + 1,
        steps=tuple(
            Step(
                one_line(step.name, 80),
                round(max(_SHORTEST, step.duration_seconds / span * 100), 2),
                format_duration(timedelta(seconds=step.duration_seconds)),
            )
            for step in steps
        ),
        ticks=_ticks(span),
        span=format_duration(timedelta(seconds=span)),
        alone=len(run.records) - len(ran),
    )


def _bars(
    ran: Sequence[CheckRecord], starts: list[float], ends: list[float], lanes: list[int], span: float
) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            name=one_line(record.check, 160),
            look=outcome_look(record.outcome),
            x=round(min(start / span * 100, 100 - _SHORTEST), 3),
            width=round(max(_SHORTEST, (end - start) / span * 100), 3),
            lane=lane,
            start=f"+{start:.2f} s",
            duration=format_duration(timedelta(seconds=end - start)),
        )
        for record, start, end, lane in zip(ran, starts, ends, lanes, strict=True)
    )


def _lanes(ran: Sequence[CheckRecord], starts: list[float], ends: list[float], span: float) -> list[int]:
    """The first lane that is free, for bars in the order in which they start."""
    free_from: list[float] = []
    lanes = []
    for record, start, end in zip(ran, starts, ends, strict=True):
        room = 0.1 if record.outcome is Outcome.PASSED else _MARK
        shown_end = max(end, start + span * _SHORTEST / 100) + span * room / 100
        lane = next((number for number, free in enumerate(free_from) if free <= start), len(free_from))
        free_from[lane : lane + 1] = [shown_end]
        lanes.append(lane)
    return lanes


def _ticks(span: float) -> tuple[Tick, ...]:
    step = next((size for size in _STEPS if span / size <= 5), span / 5)
    return tuple(
        Tick(
            format_duration(timedelta(seconds=number * step)) if number else "0",
            round(number * step / span * 100, 2),
        )
        for number in range(int(span / step) + 1)
    )
