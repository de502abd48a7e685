"""What a profile says of monitoring: where it is, what it must watch, and the alerts that were agreed."""

import re
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from golive.profile.base import Absent, Frozen
from golive.profile.fields import ComparedHttpUrl, Duration, HttpUrl, SecretName
from golive.profile.registry import absent_with, extend, implies_absence, part

_THRESHOLD = re.compile(r"(==|!=|<=|>=|<|>)\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")


def _threshold(value: str) -> str:
    match = _THRESHOLD.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value!r} is no threshold: write a comparison and a number, such as '> 0.01'")
    return f"{match[1]} {float(match[2]):g}"


Threshold = Annotated[str, AfterValidator(_threshold)]
"""A comparison and a number, such as ``> 0.01``: what an alert's expression must compare with."""


class Unseen(Frozen):
    """Something that is there and cannot be looked at by this run: its checks are blind, never green."""

    reason: str = Field(min_length=8)
    """Why, in a sentence for the report."""
    remedy: str = Field(min_length=8)
    """What makes it visible."""


class Job(Frozen):
    """A job of Prometheus' configuration."""

    targets: int = Field(ge=1)
    """How many it must have, all of them up."""


class Metric(Frozen):
    """A query that must find data."""

    name: str
    """What reports call it."""
    query: str
    """In PromQL; it must find at least one sample."""
    missing: str = Field(min_length=8)
    """What it would mean if there were none."""


class Series(Frozen):
    """A series that every target of a job must keep sending."""

    name: str
    """The metric's name."""
    job: str
    """The job whose targets must send it."""


class AlertRule(Frozen):
    """An alert as it was agreed."""

    alert: str
    """Its name in Prometheus."""
    thresholds: tuple[Threshold, ...] = Field(min_length=1)
    """Every number that its expression compares with, no more and no fewer."""
    holds_for: Duration
    """How long it must hold before anybody is called: the rule's ``for``."""
    labels: dict[str, str] = Field(min_length=1)
    """What its alerts are routed by, such as ``{ severity = "critical" }``; it may have more."""
    job: str | None = None
    """The job whose targets its alerts name, where they name any."""


class ReadBack(Frozen):
    """Where it can be read what a receiver got: any page or API whose answer names the alerts."""

    url: HttpUrl
    """Where it is read, by GET."""
    token: SecretName | None = None
    """Sent as a bearer token; None: nothing is sent."""


class AlertDrill(Frozen):
    """An alert that the suite sends through Alertmanager to its receiver, and takes back."""

    labels: dict[str, str] = Field(min_length=1)
    """By which it takes the way of a real one."""
    read_back: ReadBack
    """Where it is seen that the receiver got the alert."""
    within: Duration = timedelta(minutes=2)
    """How long the alert may take to its receiver."""
    lasts_at_most: Duration = timedelta(minutes=10)
    """After which Alertmanager resolves it by itself, whatever becomes of the suite."""


class OwnRequests(Frozen):
    """Requests of the suite that must show in a counter."""

    path: str
    """Below the API's URL; answered by 200 without signing in."""
    counter: str
    """A query for one number that grows by each."""
    requests: int = Field(default=5, ge=1, le=50)
    """How many are sent."""
    within: Duration = timedelta(minutes=2)
    """How long they may take to show."""


class DatabaseWatch(Frozen):
    """How the database is watched."""

    job: str
    """The job of the database's exporter."""
    alive: str = "pg_up"
    """The exporter's series that is 1 while it can sign in."""
    rules: tuple[str, ...] = Field(min_length=1)
    """Alerts about the database, of those that were agreed."""


class Monitoring(Frozen):
    """Prometheus and Alertmanager, and what was agreed about them."""

    unseen: Unseen | None = None
    """Why monitoring cannot be looked at from here; its lines are then unknown."""
    prometheus: HttpUrl | None = None
    """Its base URL, as the suite reaches it."""
    alertmanagers: tuple[HttpUrl, ...] = Field(default=(), max_length=16)
    """As the suite reaches them."""
    known_as: tuple[ComparedHttpUrl, ...] = Field(default=(), max_length=16)
    """As Prometheus knows them, where that is otherwise."""
    token: SecretName | None = None
    """Sent to both as a bearer token."""
    answer_at_most: int = Field(default=16_000_000, ge=100_000, le=100_000_000)
    """Bytes of the longest answer that is read."""
    scrape_age: Duration = timedelta(minutes=1)
    """How long ago a target may have been scraped, and how rarely it may be."""
    every: Duration = timedelta(seconds=30)
    """The scrape interval that was agreed: after the deployment no sample is older than two of them."""
    evaluation_age: Duration = timedelta(minutes=2)
    """How long ago a rule may have been evaluated."""
    settles_within: Duration = timedelta(seconds=30)
    """How long what is not so yet is waited for, such as the first scrape after a start."""
    jobs: dict[str, Job] = {}
    """Name of each job that must be there, to what it must have."""
    metrics: tuple[Metric, ...] = ()
    """Queries that must find data."""
    series: tuple[Series, ...] = ()
    """Series that must go on coming after the deployment."""
    rules: tuple[AlertRule, ...] = ()
    """The alerts that were agreed."""
    runbook: str = "runbook_url"
    """The annotation that says where to read what to do."""
    watchdog: str = "Watchdog"
    """An alert that always fires, and so shows that alerts get through."""
    launch_window: Duration = timedelta(hours=24)
    """From now on, during which nothing may silence an agreed alert."""
    alert_labels: dict[str, str] = {}
    """Labels that every alert carries besides its rule's, such as Prometheus' external ones."""
    database: DatabaseWatch | None = None
    """How the database is watched; None: that line is unknown."""
    drill: AlertDrill | None = None
    """An alert to try the way to the receiver with; None: it is not tried."""
    own_requests: OwnRequests | None = None
    """Requests whose trace in the metrics is looked for; None: it is not."""

    @model_validator(mode="after")
    def _names_are_declared(self) -> Self:
        named = [(f"rules.{rule.alert}.job", rule.job) for rule in self.rules]
        named += [(f"series.{series.name}.job", series.job) for series in self.series]
        if self.database is not None:
            named.append(("database.job", self.database.job))
            for alert in self.database.rules:
                if alert not in {rule.alert for rule in self.rules}:
                    raise ValueError(f"database.rules names {alert!r}, which is none of the rules")
        for key, job in named:
            if job is not None and job not in self.jobs:
                raise ValueError(f"{key} names the job {job!r}, which is none of the jobs")
        return self


class MonitoringFeatures(Frozen):
    """Abilities of monitoring that a deployment may do without."""

    watchdog: Absent | None = None
    """An alert that always fires, by which it is seen that alerts get through."""
    alert_drill: Absent | None = None
    """An alert may be sent to those who are called, to see that it reaches them."""


MONITORING = part("monitoring", Monitoring)
"""Prometheus and Alertmanager, and what was agreed."""
extend("features", MonitoringFeatures)
implies_absence("monitoring", absent_with("monitoring"))
