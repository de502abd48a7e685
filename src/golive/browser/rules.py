"""What a page must be in a browser."""

from collections.abc import Iterable
from datetime import timedelta

from golive.browser.observation import PageObservation
from golive.core.duration import format_duration
from golive.net.masking import masked_text, masked_url
from golive.rules.failure import fail

_NOT_LOST = frozenset({"400", "401", "403", "409", "422", "429"})
"""Statuses by which an API speaks to its caller, and nothing is missing."""


def what_broke(observation: PageObservation) -> str:
    """What made the page fail first, as every check of it meets it: a resource that is lost, or a script.

    Empty where nothing of the page itself went wrong: refusals that belong to signing in (401, 403) do not.
    """
    lost = [
        request
        for request in (*observation.failed_requests, *observation.error_responses)
        if request.method == "GET" and request.outcome not in _NOT_LOST
    ]
    if lost:
        return str(lost[0])
    return masked_text(observation.page_errors[0]) if observation.page_errors else ""


def expect_no_errors(observation: PageObservation) -> None:
    """Neither the console nor a script reported an error."""
    _expect_loaded(observation)
    errors = (*observation.page_errors, *observation.console_errors)
    if errors:
        observed = f"{len(errors)}: {masked_text(errors[0])}"
        fail(
            "errors on the page",
            expected="none",
            observed=observed,
            where=observation.target,
            cause=what_broke(observation),
        )


def expect_no_failed_requests(observation: PageObservation, *, allowed_statuses: Iterable[int] = ()) -> None:
    """Every request of the page was sent and answered, without a status of 400 and above."""
    _expect_loaded(observation)
    allowed = {str(status) for status in allowed_statuses}
    answered = [request for request in observation.error_responses if request.outcome not in allowed]
    failed = (*observation.refused, *observation.failed_requests, *answered)
    if failed:
        observed = f"{len(failed)}: {failed[0]}"
        fail(
            "failed requests of the page",
            expected="none",
            observed=observed,
            where=observation.target,
            cause=what_broke(observation),
        )


def expect_loaded_within(observation: PageObservation, budget: timedelta) -> None:
    """The load event ended within ``budget`` of the navigation's start."""
    _expect_loaded(observation)
    if observation.load_ms is None or observation.load_ms > budget.total_seconds() * 1000:
        took = "not finished" if observation.load_ms is None else f"{observation.load_ms:.0f} ms"
        fail("page load", expected=f"≤ {format_duration(budget)}", observed=took, where=observation.target)


def expect_only_hosts(observation: PageObservation, hosts: Iterable[str]) -> None:
    """The page contacted no host but these."""
    _expect_loaded(observation)
    allowed = {host.lower() for host in hosts}
    strangers = [host for host in observation.hosts if host.lower() not in allowed]
    if strangers:
        observed = ", ".join(map(masked_text, strangers[:5]))
        fail(
            "unexpected hosts",
            expected=", ".join(sorted(allowed)),
            observed=observed,
            where=observation.target,
        )


def expect_no_mixed_content(observation: PageObservation) -> None:
    """The page asked for nothing over plain HTTP: browsers block that, or show the page as not secure."""
    _expect_loaded(observation)
    if observation.insecure:
        observed = f"{len(observation.insecure)}: {masked_url(observation.insecure[0])}"
        fail("mixed content", expected="HTTPS only", observed=observed, where=observation.target)


def expect_no_token_in_urls(observation: PageObservation) -> None:
    """No request of the page carries a token in its URL, where logs and histories keep it (RFC 6750, 5.3)."""
    _expect_loaded(observation)
    if observation.telling:
        observed = f"{len(observation.telling)}: {masked_url(observation.telling[0])}"
        wanted = "tokens in headers or cookies only"
        fail("URLs that the page asked for", expected=wanted, observed=observed, where=observation.target)


def expect_painted_within(observation: PageObservation, budget: timedelta) -> None:
    """The Largest Contentful Paint came within ``budget`` of the navigation's start."""
    _expect_loaded(observation)
    paint = observation.largest_paint_ms
    if paint is None or paint > budget.total_seconds() * 1000:
        took = "none" if paint is None else f"{paint:.0f} ms"
        fail(
            "largest contentful paint",
            expected=f"≤ {format_duration(budget)}",
            observed=took,
            where=observation.target,
        )


def expect_stable_layout(observation: PageObservation, *, at_most: float) -> None:
    """What was on the page stayed where it was: the Cumulative Layout Shift is within ``at_most``."""
    _expect_loaded(observation)
    if not 0 <= observation.layout_shift <= at_most:
        fail(
            "cumulative layout shift",
            expected=f"≤ {at_most:g}",
            observed=f"{observation.layout_shift:.3f}",
            where=observation.target,
        )


def expect_nothing_kept(kept: Iterable[str], *, where: str) -> None:
    """The browser keeps no token; ``kept`` names the places where one was found."""
    found = ", ".join(map(masked_text, kept))
    if found:
        fail("after signing out", expected="no token kept in the browser", observed=found, where=where)


def expect_fits(width: int, viewport: int, *, where: str) -> None:
    """The page is no wider than the viewport, so nobody has to scroll sideways."""
    if not 0 < width <= viewport:
        fail("page width", expected=f"≤ {viewport} px", observed=f"{width} px", where=where)


def _expect_loaded(observation: PageObservation) -> None:
    if observation.status is None or not observation.requests or not observation.hosts:
        fail("no page", expected="a page that was loaded", observed="nothing", where=observation.target)
    if observation.status >= 400:
        fail("page", expected="a status below 400", observed=observation.status, where=observation.target)


def expect_live_socket(observation: PageObservation, *, at_most: int = 3) -> None:
    """A WebSocket brought the page something, and it did not have to be opened again and again.

    Args:
        observation: of a page that is to hear of something.
        at_most: WebSockets that a page needs, with one that came back after a loss.
    """
    what, where = "socket of the page", observation.target
    if not observation.websockets:
        fail(what, expected="a WebSocket", observed="none", where=where)
    if observation.websockets > at_most:
        observed = f"{observation.websockets}: it is refused or lost again and again"
        fail(what, expected=f"{at_most} WebSockets at most", observed=observed, where=where)
    if not observation.messages_received:
        observed = f"{observation.frames_received} frames of the protocol alone"
        fail(what, expected="messages", observed=observed, where=where)
