"""What Prometheus must see: every target, at short intervals, with data, and alerts that get through."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from golive.core.duration import format_duration
from golive.monitoring.observation import (
    AlertmanagersObservation,
    FreshnessObservation,
    QueryObservation,
    TargetsObservation,
)
from golive.monitoring.observation_alerting import AlertsObservation
from golive.monitoring.profile import Job, Metric
from golive.net.masking import masked_name, masked_text, masked_url
from golive.rules.failure import fail, require_non_empty


def expect_targets_up(seen: TargetsObservation, jobs: Mapping[str, Job]) -> None:
    """Each expected job has exactly its number of targets, every one up and scraped without an error.

    Raises:
        AssertionError: one has not; also where no job is expected.
    """
    for name, job in _expected(jobs):
        targets = seen.of(name)
        if len(targets) != job.targets:
            names = ", ".join(masked_url(target.url) for target in targets[:5]) or "none"
            fail(f"targets of {name}", expected=job.targets, observed=f"{len(targets)} ({names})",
                  where=seen.where)  # fmt: skip
        for target in targets:
            if target.health != "up" or target.error:
                why = masked_text(target.error) or "not scraped yet"
                observed = f"{masked_name(target.health, longest=20)}: {why}"
                fail(f"target of {name}", expected="up", observed=observed, where=masked_url(target.url))


def expect_scraped_recently(seen: TargetsObservation, jobs: Mapping[str, Job], *, within: timedelta) -> None:
    """Every target of the expected jobs was scraped within that time, and is scraped at least so often.

    Raises:
        AssertionError: one was not; also where an expected job has no target.
    """
    limit, wanted = within.total_seconds(), f"within {format_duration(within)}"
    for name, _ in _expected(jobs):
        for target in require_non_empty(seen.of(name), f"target of {name}"):
            if target.interval is not None and target.interval > within:
                fail(f"scrape interval of {name}", expected=f"≤ {format_duration(within)}",
                      observed=format_duration(target.interval), where=masked_url(target.url))  # fmt: skip
            age = seen.age(target.last_scrape)
            if age is None or age > limit:
                ago = "never" if age is None else f"{age:.0f} s ago"
                fail(f"last scrape of {name}", expected=wanted, observed=ago, where=masked_url(target.url))


def expect_alertmanagers(seen: AlertmanagersObservation, urls: Sequence[str]) -> None:
    """Prometheus sends its alerts to each of these Alertmanagers.

    Raises:
        AssertionError: one is missing; also where none is expected.
    """
    active = {_host(url) for url in seen.urls}
    for url in require_non_empty(urls, "Alertmanager that is expected"):
        if _host(url) not in active:
            observed = ", ".join(masked_url(one) for one in seen.urls[:5]) or "none"
            fail("Alertmanagers of Prometheus", expected=masked_url(url), observed=observed, where=seen.where)


def expect_firing(seen: AlertsObservation) -> None:
    """Alertmanager holds the alert as firing.

    Raises:
        AssertionError: it does not: alerts do not get through from Prometheus.
    """
    if not seen.alerts:
        fail(f"alert {seen.alert}, which always fires", expected="at Alertmanager", observed="not there",
              where=seen.where)  # fmt: skip


def expect_data(seen: QueryObservation, metric: Metric) -> None:
    """A query finds at least one number.

    Raises:
        AssertionError: it finds none; the message says what that means.
    """
    if not seen.samples:
        fail(f"data of {metric.name}", expected="at least one number", observed=f"none: {metric.missing}",
              where=seen.where)  # fmt: skip


def expect_alive(seen: QueryObservation) -> None:
    """An exporter's own series says 1, everywhere that it says anything.

    Raises:
        AssertionError: it says something else, or nothing.
    """
    for sample in require_non_empty(seen.samples, f"sample of {seen.expression}"):
        if sample.value != 1:
            fail(
                seen.expression, expected="1: it can sign in", observed=f"{sample.value:g}", where=seen.where
            )


def expect_fresh_everywhere(seen: FreshnessObservation, *, count: int, within: timedelta) -> None:
    """There are ``count`` targets, and the newest sample from every one is younger than ``within``.

    Raises:
        AssertionError: a target is missing, sends nothing, or nothing lately.
    """
    targets = require_non_empty(seen.instances, f"target that sends {seen.series}")
    if len(targets) != count:
        fail(f"targets that send {seen.series}", expected=count, observed=len(targets), where=seen.where)
    for instance in targets:
        age = seen.ages.get(instance)
        if age is None or age > within.total_seconds():
            fail(f"newest sample of {seen.series}", expected=f"younger than {format_duration(within)}",
                  observed="none" if age is None else f"{age:.1f} s old",
                  where=f"{masked_name(instance, longest=100)} in {seen.where}")  # fmt: skip


def expect_grown(before: QueryObservation, after: QueryObservation, *, by: int) -> None:
    """A counter has grown by as many as were sent, at least.

    Raises:
        AssertionError: it has not, or is no single number.
    """
    first, last = _only(before, missing=0.0), _only(after, missing=None)
    if last - first < by:
        fail("own requests in the counter", expected=f"≥ {by} more", observed=f"{last - first:g} more",
              where=after.title)  # fmt: skip


def _only(seen: QueryObservation, *, missing: float | None) -> float:
    # Before the first request a counter may not exist; afterwards it must.
    if not seen.samples and missing is not None:
        return missing
    if len(seen.samples) != 1:
        fail(
            "counter of own requests",
            expected="one number",
            observed=f"{len(seen.samples)}",
            where=seen.title,
        )
    return seen.samples[0].value


def _expected(jobs: Mapping[str, Job]) -> tuple[tuple[str, Job], ...]:
    return require_non_empty(tuple(jobs.items()), "job that is expected")


def _host(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
