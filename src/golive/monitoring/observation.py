"""What is seen of Prometheus: facts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import JsonValue

from golive.net.masking import masked_name, masked_text, masked_url

SHOWN_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Target:
    """A target that Prometheus scrapes."""

    job: str
    labels: Mapping[str, str]
    url: str
    health: str
    """``up``, ``down``, or ``unknown`` before the first scrape."""
    error: str
    last_scrape: datetime | None
    interval: timedelta | None
    """How often it is scraped; None where Prometheus is too old to say."""

    @property
    def instance(self) -> str:
        """The label by which its samples are told from others'."""
        return self.labels.get("instance", "")


@dataclass(frozen=True, slots=True)
class TargetsObservation:
    """Every active target; ``clock`` is Prometheus' own, good to a second."""

    kind: ClassVar[str] = "metrics"

    where: str
    clock: datetime | None
    targets: Sequence[Target]

    @property
    def title(self) -> str:
        """Where."""
        return f"targets: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """State and age of each, up to a bound."""
        shown: list[JsonValue] = [
            {
                "job": masked_name(target.job, longest=60),
                "target": masked_url(target.url),
                "health": masked_name(target.health, longest=20),
                "last scrape s ago": self.age(target.last_scrape),
                "interval s": target.interval.total_seconds() if target.interval else None,
                "error": masked_text(target.error),
            }
            for target in self.targets[:SHOWN_AT_MOST]
        ]
        return {"count": len(self.targets), "targets": shown}

    def of(self, job: str) -> tuple[Target, ...]:
        """The targets of a job."""
        return tuple(target for target in self.targets if target.job == job)

    def age(self, moment: datetime | None) -> float | None:
        """Seconds since ``moment`` by Prometheus' clock; None where either is not known."""
        return None if moment is None or self.clock is None else (self.clock - moment).total_seconds()


@dataclass(frozen=True, slots=True)
class AlertmanagersObservation:
    """URLs of the Alertmanagers that Prometheus sends its alerts to."""

    kind: ClassVar[str] = "metrics"

    where: str
    urls: Sequence[str]

    @property
    def title(self) -> str:
        """Where."""
        return f"Alertmanagers: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """All of them, up to a bound."""
        return {"alertmanagers": [masked_url(url) for url in self.urls[:SHOWN_AT_MOST]]}


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert rule as it is loaded. ``holds_for`` is in seconds."""

    group: str
    alert: str
    query: str
    holds_for: float
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    health: str
    error: str
    last_evaluation: datetime | None


@dataclass(frozen=True, slots=True)
class RulesObservation:
    """Every alert rule; ``clock`` is Prometheus' own."""

    kind: ClassVar[str] = "metrics"

    where: str
    clock: datetime | None
    rules: Sequence[Rule]

    @property
    def title(self) -> str:
        """Where."""
        return f"alert rules: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Each rule, up to a bound."""
        shown: list[JsonValue] = [
            {
                "alert": masked_name(rule.alert, longest=80),
                "expression": masked_name(rule.query),
                "for s": rule.holds_for,
                "labels": {
                    masked_name(k, longest=40): masked_name(v, longest=80) for k, v in rule.labels.items()
                },
                "health": masked_name(rule.health, longest=20),
                "error": masked_text(rule.error),
                "evaluated s ago": self.age(rule.last_evaluation),
            }
            for rule in self.rules[:SHOWN_AT_MOST]
        ]
        return {"count": len(self.rules), "rules": shown}

    def called(self, alert: str) -> tuple[Rule, ...]:
        """The rules that raise an alert of that name; several may."""
        return tuple(rule for rule in self.rules if rule.alert == alert)

    def age(self, moment: datetime | None) -> float | None:
        """Seconds since ``moment`` by Prometheus' clock; None where either is not known."""
        return None if moment is None or self.clock is None else (self.clock - moment).total_seconds()


@dataclass(frozen=True, slots=True)
class FreshnessObservation:
    """How old the newest sample of a series is, by the target that sent it."""

    kind: ClassVar[str] = "metrics"

    where: str
    series: str
    instances: Sequence[str]
    """The targets of its job, by their label ``instance``."""
    ages: Mapping[str, float]
    """Instance to seconds, by Prometheus' own clock."""

    @property
    def title(self) -> str:
        """Which series."""
        return f"newest samples of {self.series}: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Each target's, up to a bound."""
        shown: dict[str, JsonValue] = {
            masked_name(instance, longest=100): self.ages.get(instance)
            for instance in self.instances[:SHOWN_AT_MOST]
        }
        return {"targets": len(self.instances), "seconds old": shown}


@dataclass(frozen=True, slots=True)
class Sample:
    """A number, and the labels that it stands for."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class QueryObservation:
    """What an expression came to; without samples there is no data, which is never zero."""

    kind: ClassVar[str] = "metrics"

    where: str
    expression: str
    samples: Sequence[Sample]

    @property
    def title(self) -> str:
        """The expression."""
        return f"query {masked_name(self.expression)}: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """The numbers, up to a bound."""
        shown: list[JsonValue] = [
            {
                "labels": {
                    masked_name(k, longest=40): masked_text(v, longest=80) for k, v in entry.labels.items()
                },
                "value": entry.value,
            }
            for entry in self.samples[:SHOWN_AT_MOST]
        ]
        return {"count": len(self.samples), "samples": shown}
