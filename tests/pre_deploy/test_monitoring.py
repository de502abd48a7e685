"""Monitoring sees everything that it must see, and its alerts get through."""

import asyncio
from functools import partial

import pytest

from golive.monitoring.rules import (
    expect_alertmanagers,
    expect_alive,
    expect_data,
    expect_firing,
    expect_scraped_recently,
    expect_targets_up,
)
from golive.rules.failure import require_non_empty

pytestmark = pytest.mark.harm("nuisance")


@pytest.mark.checklist("mon.application")
async def test_every_expected_target_is_up(prometheus, watched_jobs, settled, evidence):
    """Every job that is expected has its number of targets, each of them up and scraped without an error."""
    holds = partial(expect_targets_up, jobs=watched_jobs)
    holds(evidence(await settled(prometheus.targets, holds)))


@pytest.mark.checklist("mon.application")
async def test_scrapes_are_recent(prometheus, watched_jobs, monitoring, settled, evidence):
    """Every target was scraped a short while ago, and is scraped often enough."""
    holds = partial(expect_scraped_recently, jobs=watched_jobs, within=monitoring.scrape_age)
    holds(evidence(await settled(prometheus.targets, holds)))


@pytest.mark.checklist("mon.application")
async def test_prometheus_is_connected_to_alertmanager(
    prometheus, alertmanagers, monitoring, settled, evidence
):
    """Prometheus sends its alerts to every Alertmanager of the deployment, and each of them answers."""
    holds = partial(expect_alertmanagers, urls=monitoring.known_as or monitoring.alertmanagers)
    holds(evidence(await settled(prometheus.alertmanagers, holds)))
    for seen in await asyncio.gather(*(one.alerts(monitoring.watchdog) for one in alertmanagers)):
        evidence(seen)


@pytest.mark.needs("watchdog")
@pytest.mark.checklist("mon.application")
async def test_alerts_get_through_to_alertmanager(alertmanagers, monitoring, settled, evidence):
    """The alert that always fires is at every Alertmanager."""
    for alertmanager in alertmanagers:
        look = partial(alertmanager.alerts, monitoring.watchdog)
        expect_firing(evidence(await settled(look, expect_firing)))


@pytest.mark.checklist("mon.application")
async def test_required_metrics_have_data(prometheus, monitoring, settled, evidence):
    """Every query that people will look at on the day has data."""
    for metric in require_non_empty(monitoring.metrics, "metric that is required"):
        holds = partial(expect_data, metric=metric)
        holds(evidence(await settled(partial(prometheus.query, metric.query), holds)))


@pytest.mark.usefixtures("database")
@pytest.mark.needs("monitoring")
@pytest.mark.checklist("db.scaling")
async def test_exporter_sees_the_database(prometheus, database_watch, watched_jobs, settled, evidence):
    """The database's exporter is scraped, and can sign in to the database."""
    job = database_watch.job
    holds = partial(expect_targets_up, jobs={job: watched_jobs[job]})
    holds(evidence(await settled(prometheus.targets, holds)))
    look = partial(prometheus.query, f'{database_watch.alive}{{job="{job}"}}')
    expect_alive(evidence(await settled(look, expect_alive)))
