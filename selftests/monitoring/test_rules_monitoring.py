"""What Prometheus sees is judged: everything expected, lately, with data; nothing passes by silence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from golive.monitoring.observation import (
    AlertmanagersObservation,
    FreshnessObservation,
    QueryObservation,
)
from golive.monitoring.observation_alerting import AlertsObservation
from golive.monitoring.profile import Job, Metric
from golive.monitoring.rules import (
    expect_alertmanagers,
    expect_alive,
    expect_data,
    expect_firing,
    expect_fresh_everywhere,
    expect_grown,
    expect_scraped_recently,
    expect_targets_up,
)
from selftests.examples.monitoring_examples import CLOCK, sample, target, targets

JOBS = {"api": Job(targets=2)}
BOTH = targets(target("10.0.0.11:3000"), target("10.0.0.12:3000"))
MINUTE = timedelta(minutes=1)


def found(*samples):
    return QueryObservation("prometheus", "counter", samples)


def test_expected_targets_are_up():
    """Two of two; targets of other jobs do not matter."""
    expect_targets_up(BOTH, JOBS)
    expect_targets_up(replace(BOTH, targets=(*BOTH.targets, target(job="node", health="down"))), JOBS)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (targets(), "targets of api: expected 2, observed 0 (none)"),
        (targets(target()), "expected 2, observed 1"),
        (targets(*BOTH.targets, target("10.0.0.13:3000")), "expected 2, observed 3"),
        (
            targets(target(), target("b", health="down", error="connection refused")),
            "down: connection refused",
        ),
        (targets(target(), target("b", health="unknown")), "unknown: not scraped yet"),
        (targets(target(), target("b", error="out of order")), "up: out of order"),
    ],
)
def test_targets_that_are_not_there_or_not_up(seen, words):
    """Too few, too many, down, never scraped, scraped with an error."""
    with pytest.raises(AssertionError) as failure:
        expect_targets_up(seen, JOBS)
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (targets(target(last_scrape=CLOCK - timedelta(minutes=3))), "180 s ago"),
        (targets(target(last_scrape=None)), "observed never"),
        (targets(target(interval=timedelta(minutes=10))), "scrape interval of api"),
        (targets(), "no target of api"),
        (replace(targets(target()), clock=None), "observed never"),
    ],
)
def test_scrapes_that_are_too_old_or_too_rare(seen, words):
    """Also where Prometheus' clock is not known: no age is no pass."""
    with pytest.raises(AssertionError) as failure:
        expect_scraped_recently(seen, JOBS, within=MINUTE)
    assert words in str(failure.value)


def test_scrapes_that_are_recent():
    """A second ago, every fifteen; and where Prometheus is too old to say how often."""
    expect_scraped_recently(BOTH, JOBS, within=MINUTE)
    expect_scraped_recently(targets(target(interval=None)), JOBS, within=MINUTE)


@pytest.mark.parametrize("judge", [expect_targets_up, expect_scraped_recently])
def test_no_expected_job_is_no_pass(judge):
    """A profile that expects nothing proves nothing."""
    options = {"within": MINUTE} if judge is expect_scraped_recently else {}
    with pytest.raises(AssertionError, match="no job that is expected"):
        judge(BOTH, {}, **options)


def test_alertmanagers_are_known_by_host_and_port():
    """Whatever path Prometheus shows; the scheme's own port counts."""
    seen = AlertmanagersObservation(
        "prometheus", ("http://am-1:9093/api/v2/alerts", "https://am-2/api/v2/alerts")
    )
    expect_alertmanagers(seen, ["http://am-1:9093", "https://am-2:443"])
    for urls in (["http://am-1:9093", "http://am-3:9093"], ["http://am-1"], []):
        with pytest.raises(AssertionError):
            expect_alertmanagers(seen, urls)


def test_watchdog_must_fire():
    """No alert at Alertmanager is no connection."""
    with pytest.raises(AssertionError, match="which always fires"):
        expect_firing(AlertsObservation("alertmanager", "Watchdog", ()))


def test_no_data_is_said_with_its_meaning():
    """Zero is data; nothing is not."""
    metric = Metric(name="requests", query="x", missing="nobody would see that nobody gets through")
    expect_data(found(sample(0.0)), metric)
    with pytest.raises(AssertionError, match="none: nobody would see that nobody gets through"):
        expect_data(found(), metric)


@pytest.mark.parametrize("seen", [found(), found(sample(0.0)), found(sample(1.0), sample(0.0))])
def test_exporter_that_cannot_sign_in(seen):
    """Nothing, zero, or one of two."""
    with pytest.raises(AssertionError):
        expect_alive(seen)


@pytest.mark.parametrize(
    ("instances", "ages", "words"),
    [
        ((), {}, "no target that sends app_info"),
        (("a",), {"a": 0.5}, "expected 2, observed 1"),
        (("a", "b"), {"a": 0.5}, "observed none — b"),
        (("a", "b"), {"a": 0.5, "b": 31.0}, "observed 31.0 s old — b"),
    ],
)
def test_samples_that_are_missing_or_old(instances, ages, words):
    """Every target counts, not any."""
    seen = FreshnessObservation("prometheus", "app_info", instances, ages)
    with pytest.raises(AssertionError) as failure:
        expect_fresh_everywhere(seen, count=2, within=timedelta(seconds=30))
    assert words in str(failure.value)


def test_counter_must_grow_by_what_was_sent():
    """From nothing, or from a number; never by less, and never by a guess among several."""
    expect_grown(found(), found(sample(5.0)), by=5)
    expect_grown(found(sample(7.0)), found(sample(20.0)), by=5)
    for before, after in (
        (found(sample(7.0)), found(sample(11.0))),
        (found(sample(7.0)), found()),
        (found(), found(sample(5.0), sample(5.0))),
        (found(sample(7.0)), found(sample(0.0))),
    ):
        with pytest.raises(AssertionError):
            expect_grown(before, after, by=5)
