"""Answers of Prometheus and Alertmanager, as their documents give them, and observations made of them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from golive.monitoring.observation import (
    Rule,
    RulesObservation,
    Sample,
    Target,
    TargetsObservation,
)
from golive.monitoring.observation_alerting import Silence, SilencesObservation
from golive.monitoring.profile import AlertRule

CLOCK = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NEVER = "0001-01-01T00:00:00Z"
AGREED = AlertRule(
    alert="HighErrorRate", thresholds=("> 0.01",), holds_for="2 min", labels={"severity": "critical"}
)
ABOUT_REPLICAS = AlertRule(
    alert="ReplicaDown", thresholds=("== 0",), holds_for="1 min", labels={"severity": "critical"}, job="api"
)


def success(data: object) -> bytes:
    """Prometheus' envelope."""
    return json.dumps({"status": "success", "data": data}).encode()


def target(instance: str = "10.0.0.11:3000", **changes: object) -> Target:
    """A target that is up, scraped a second ago."""
    values: dict[str, object] = {
        "job": "api",
        "labels": {"job": "api", "instance": instance},
        "url": f"http://{instance}/metrics",
        "health": "up",
        "error": "",
        "last_scrape": CLOCK - timedelta(seconds=1),
        "interval": timedelta(seconds=15),
    }
    return Target(**values | changes)  # type: ignore[arg-type]


def targets(*several: Target) -> TargetsObservation:
    """What Prometheus knows of targets."""
    return TargetsObservation("prometheus", CLOCK, several)


def rule(alert: str = "HighErrorRate", **changes: object) -> Rule:
    """A rule as it was agreed, evaluated a second ago."""
    values: dict[str, object] = {
        "group": "application",
        "alert": alert,
        "query": "sum(rate(errors[5m])) / sum(rate(requests[5m])) > 0.01",
        "holds_for": 120.0,
        "labels": {"severity": "critical"},
        "annotations": {"runbook_url": "https://runbooks.example/errors"},
        "health": "ok",
        "error": "",
        "last_evaluation": CLOCK - timedelta(seconds=1),
    }
    return Rule(**values | changes)  # type: ignore[arg-type]


def rules(*several: Rule) -> RulesObservation:
    """What Prometheus has loaded."""
    return RulesObservation("prometheus", CLOCK, several)


def matcher(name: str, value: str, *, regex: bool = False, equal: bool = True) -> dict[str, object]:
    """A matcher as Alertmanager's API has it."""
    return {"name": name, "value": value, "isRegex": regex, "isEqual": equal}


def silences(
    *matchers: Mapping[str, object],
    starts: timedelta = timedelta(hours=-1),
    ends: timedelta = timedelta(hours=1),
) -> SilencesObservation:
    """One silence with these matchers, around the clock's moment."""
    silence = Silence.model_validate(
        {
            "id": "1",
            "matchers": matchers,
            "startsAt": CLOCK + starts,
            "endsAt": CLOCK + ends,
            "createdBy": "olga",
            "comment": "while we test",
            "status": {"state": "active"},
        }
    )
    return SilencesObservation("alertmanager", (silence,))


def sample(value: float, **labels: str) -> Sample:
    """A number and its labels."""
    return Sample(labels, value)
