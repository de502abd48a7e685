"""The geometry of the drawings."""

import itertools
import math
from datetime import timedelta

from golive.report.latency import DOTS_LIMIT, latency_plot
from golive.report.timeline import timeline
from selftests.examples.report_examples import broken, healthy


def test_marks_lie_where_their_values_are() -> None:
    """Left to right: p50, p95, p99, and the budget at its own place."""
    plot = latency_plot(tuple(float(n) for n in range(1, 101)), 200.0)
    assert plot is not None
    assert plot.budget is not None
    places = [mark.x for mark in plot.quantiles]
    assert places == sorted(places)
    assert places[-1] < plot.budget.x <= 100
    assert plot.quantiles[1].value == "95.0 ms"


def test_many_samples_become_bars_and_a_far_budget_is_only_named() -> None:
    """A drawing stays small, and samples are not squeezed into a corner."""
    plot = latency_plot((2.0,) * (DOTS_LIMIT + 1), 500.0)
    assert plot is not None
    assert not plot.dots
    assert plot.bins
    assert plot.budget_beyond
    assert plot.budget is not None
    assert plot.budget.x == 100


def test_few_samples_are_listed() -> None:
    """A quantile of one sample is no quantile."""
    plot = latency_plot((18.1, 9.0), 500.0)
    assert plot is not None
    assert plot.few == "9.00 ms, 18.1 ms"


def test_nothing_to_draw_is_no_drawing() -> None:
    """No sample, or none that is a number; one sample and zeros are samples."""
    assert latency_plot((), 100.0) is None
    assert latency_plot((math.nan, math.inf, -1.0), None) is None
    for samples in ((5.0,), (0.0, 0.0)):
        plot = latency_plot(samples, None)
        assert plot is not None
        assert all(0 <= mark.x <= 100 for mark in plot.quantiles)


def test_bars_of_one_lane_do_not_overlap_and_none_leaves_the_drawing() -> None:
    """Side by side in time is one below the other on the page."""
    for _, run, _ in (healthy(), broken(), broken(killed=True)):
        drawn = timeline(run)
        assert drawn.lanes == max(bar.lane for bar in drawn.bars) + 1
        assert all(0 <= bar.x <= 100 and bar.x + bar.width <= 100.5 for bar in drawn.bars)
        for lane in range(drawn.lanes):
            bars = sorted((bar for bar in drawn.bars if bar.lane == lane), key=lambda bar: bar.x)
            assert all(a.x + a.width <= b.x + 0.01 for a, b in itertools.pairwise(bars))
    assert timeline(broken()[1]).alone == 1


def test_run_without_records_or_with_a_clock_that_jumped_can_be_drawn() -> None:
    """A report is written even about a run that makes no sense."""
    _, run, _ = healthy()
    assert timeline(run.model_copy(update={"records": ()})).bars == ()
    early = run.records[0].model_copy(update={"started": run.header.started - timedelta(hours=1)})
    assert timeline(run.model_copy(update={"records": (early,), "footer": None})).bars[0].x == 0
