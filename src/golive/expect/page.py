"""What a page must be in a browser."""

from collections.abc import Iterable
from datetime import timedelta

from golive.expect.failure import unmet
from golive.model.duration import format_duration
from golive.probes.disclosure import shown_text
from golive.probes.page import PageObservation


def expect_no_errors(observation: PageObservation) -> None:
    """Neither the console nor a script reported an error."""
    _expect_loaded(observation)
    errors = (*observation.page_errors, *observation.console_errors)
    if errors:
        observed = f"{len(errors)}: {shown_text(errors[0])}"
        unmet("errors on the page", expected="none", observed=observed, where=observation.target)


def expect_no_failed_requests(observation: PageObservation, *, allowed_statuses: Iterable[int] = ()) -> None:
    """Every request of the page was sent and answered, without a status of 400 and above."""
    _expect_loaded(observation)
    allowed = {str(status) for status in allowed_statuses}
    answered = [request for request in observation.error_responses if request.outcome not in allowed]
    failed = (*observation.refused, *observation.failed_requests, *answered)
    if failed:
        observed = f"{len(failed)}: {failed[0]}"
        unmet("failed requests of the page", expected="none", observed=observed, where=observation.target)


def expect_loaded_within(observation: PageObservation, budget: timedelta) -> None:
    """The load event ended within ``budget`` of the navigation's start."""
    _expect_loaded(observation)
    if observation.load_ms is None or observation.load_ms > budget.total_seconds() * 1000:
        took = "not finished" if observation.load_ms is None else f"{observation.load_ms:.0f} ms"
        unmet("page load", expected=f"≤ {format_duration(budget)}", observed=took, where=observation.target)


def expect_only_hosts(observation: PageObservation, hosts: Iterable[str]) -> None:
    """The page contacted no host but these."""
    _expect_loaded(observation)
    allowed = {host.lower() for host in hosts}
    strangers = [host for host in observation.hosts if host.lower() not in allowed]
    if strangers:
        observed = ", ".join(map(shown_text, strangers[:5]))
        unmet(
            "unexpected hosts",
            expected=", ".join(sorted(allowed)),
            observed=observed,
            where=observation.target,
        )


def _expect_loaded(observation: PageObservation) -> None:
    if observation.status is None or not observation.requests or not observation.hosts:
        unmet("no page", expected="a page that was loaded", observed="nothing", where=observation.target)
    if observation.status >= 400:
        unmet("page", expected="a status below 400", observed=observation.status, where=observation.target)
