"""Alerts are as they were agreed, nothing swallows them, and they reach people."""

import asyncio
from functools import partial
from urllib.parse import urlsplit

import pytest

from golive.monitoring.rules import expect_targets_up
from golive.monitoring.rules_alerting import (
    expect_agreed_labels,
    expect_agreed_thresholds,
    expect_drilled,
    expect_evaluated,
    expect_not_silenced,
    expect_runbook,
    expect_targets_known,
    launch_alerts,
    loaded,
    runbooks,
)
from golive.net.http import host_and_port

pytestmark = pytest.mark.harm("nuisance")


@pytest.mark.checklist("mon.alerts")
async def test_agreed_alert_rules_are_evaluated(
    prometheus, agreed_rules, watched_jobs, monitoring, settled, evidence
):
    """Every alert rule that was agreed is loaded, and was evaluated a short while ago without an error; so is
    its expression now."""
    # Without data an expression has nothing to fail on, so that there is some comes first.
    await settled(prometheus.targets, partial(expect_targets_up, jobs=watched_jobs))
    holds = partial(expect_evaluated, agreed=agreed_rules, within=monitoring.evaluation_age)
    seen = evidence(await settled(prometheus.rules, holds))
    holds(seen)
    for rule in loaded(seen, agreed_rules):
        evidence(await prometheus.query(rule.query))


@pytest.mark.checklist("mon.alerts")
async def test_alert_rules_have_the_agreed_thresholds(prometheus, agreed_rules, evidence):
    """Every rule compares with the agreed numbers, and calls nobody before the agreed time has passed."""
    expect_agreed_thresholds(evidence(await prometheus.rules()), agreed_rules)


@pytest.mark.checklist("mon.alerts")
async def test_alert_rules_have_the_agreed_severity(prometheus, agreed_rules, evidence):
    """Every rule's alerts carry the severity, and what else they are routed by."""
    expect_agreed_labels(evidence(await prometheus.rules()), agreed_rules)


@pytest.mark.checklist("mon.alerts")
async def test_runbook_of_every_alert_can_be_read(
    prometheus, agreed_rules, monitoring, access, monitoring_http, evidence
):
    """Every agreed alert links to a runbook; where its host may be asked, the page is there."""
    links = runbooks(evidence(await prometheus.rules()), agreed_rules, monitoring.runbook)
    readable = {link for link in links.values() if access.guard.knows(*host_and_port(link))}
    evidence.note("runbooks", asked=len(readable), elsewhere=sorted(
        {urlsplit(link).hostname or "" for link in set(links.values()) - readable}))  # fmt: skip
    for answer in await asyncio.gather(*(monitoring_http.get(link) for link in sorted(readable))):
        expect_runbook(evidence(answer))


@pytest.mark.checklist("mon.alerts")
async def test_no_silence_swallows_a_launch_alert(
    prometheus, alertmanagers, agreed_rules, monitoring, settled, now, evidence
):
    """From now until the launch is over, no silence matches an agreed alert, of any target."""
    targets = evidence(await settled(prometheus.targets, partial(expect_targets_known, agreed=agreed_rules)))
    rules = evidence(await prometheus.rules())
    alerts = launch_alerts(rules, targets, agreed_rules, monitoring.alert_labels)
    for alertmanager in alertmanagers:
        seen = evidence(await alertmanager.silences())
        expect_not_silenced(seen, alerts, start=now(), end=now() + monitoring.launch_window)


@pytest.mark.write("service:alertmanager")
@pytest.mark.needs("alert_drill")
@pytest.mark.checklist("mon.alerts")
async def test_drill_alert_reaches_its_receiver(alert_drills, monitoring, evidence):
    """An alert sent to Alertmanager reaches those who are called, and is gone once it is resolved."""
    expect_drilled(evidence(await alert_drills.run()), within=monitoring.drill.within)


@pytest.mark.usefixtures("database")
@pytest.mark.needs("monitoring")
@pytest.mark.checklist("db.scaling")
async def test_alert_rules_for_the_database_are_loaded(
    prometheus, agreed_rules, database_watch, monitoring, settled, evidence
):
    """The alert rules about the database are loaded, and evaluate."""
    ours = [rule for rule in agreed_rules if rule.alert in database_watch.rules]
    holds = partial(expect_evaluated, agreed=ours, within=monitoring.evaluation_age)
    holds(evidence(await settled(prometheus.rules, holds)))
