"""What a dashboard must show."""

from collections.abc import Mapping, Sequence

from golive.monitoring.observation_watching import DashboardObservation
from golive.net.masking import masked_name
from golive.rules.failure import fail, require_non_empty


def expect_dashboards(several: Sequence[DashboardObservation]) -> None:
    """Every dashboard is there, and has at least one panel that shows data."""
    for seen in require_non_empty(several, "dashboard"):
        if seen.problem:
            fail(f"dashboard {seen.wanted}", expected="to be there", observed=seen.problem, where=seen.where)
        if not seen.panels:
            fail(
                f"panels of dashboard {seen.wanted}",
                expected="at least one with a query",
                observed="none: text and rows do not count",
                where=seen.where,
            )


def expect_data(several: Sequence[DashboardObservation], quiet: Mapping[str, str]) -> None:
    """Every query of every panel is answered without an error, and with data.

    Dashboards that are not there, or have no panels, are `expect_dashboards`' business.

    Args:
        several: dashboards.
        quiet: title of a panel to the reason why it may have nothing to show.
    """
    there = [seen for seen in several if seen.panels]
    for seen in require_non_empty(there, "dashboard with panels"):
        for panel, answer in zip(seen.panels, seen.answers, strict=True):
            what = (
                f"panel {masked_name(panel.title or '(untitled)', longest=80)!r} of dashboard {seen.wanted}"
            )
            if answer.problem:
                fail(what, expected="to be answered", observed=answer.problem, where=seen.where)
            if answer.empty and panel.title not in quiet:
                queries = f"quer{'y' if len(answer.empty) == 1 else 'ies'} {', '.join(answer.empty)}"
                fail(what, expected="data", observed=f"none for {queries}", where=seen.where)
        if not any(answer.points for answer in seen.answers):
            fail(f"panels of dashboard {seen.wanted} with data", expected="at least one", observed="none",
                  where=seen.where)  # fmt: skip
