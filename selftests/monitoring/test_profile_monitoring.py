"""What a profile says of monitoring: complete, readable, and naming nothing that it does not declare."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from golive.monitoring.profile import AlertRule
from golive.profile.base import Absent
from golive.profile.loading import ProfileError, load_profile
from golive.profile.profile import present

ROOT = Path(__file__).parents[2]
SHIPPED = ("prod", "rehearsal", "rehearsal-v2", "staging")


def loaded(name: str, **monitoring: object):
    overlay = {"targets": {"monitoring": monitoring}} if monitoring else {}
    return load_profile(ROOT / f"environments/{name}.toml", overlay=overlay)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_profile_says_what_must_be_watched(name):
    """Jobs, alerts with a severity, metrics with a meaning, the database's own alerts."""
    monitoring = present(loaded(name).targets.monitoring, "monitoring")
    assert {"api", "database"} <= set(monitoring.jobs)
    assert all("severity" in rule.labels for rule in monitoring.rules)
    assert monitoring.metrics
    assert monitoring.series
    assert monitoring.database
    assert monitoring.own_requests
    assert monitoring.every <= monitoring.scrape_age


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": "nowhere"}, "targets.monitoring.token names the secret 'nowhere'"),
        ({"series": [{"name": "x", "job": "jobs"}]}, "series.x.job names the job 'jobs', which is none"),
        ({"database": {"job": "database", "rules": ["Gone"]}}, "database.rules names 'Gone', which is none"),
        ({"promtheus": "x"}, "targets.monitoring.promtheus: unknown key — did you mean 'prometheus'?"),
        ({"every": 15}, "has no unit"),
    ],
)
def test_mistakes_are_said_before_any_request(changes, words):
    """With the key, and what is known."""
    with pytest.raises(ProfileError) as failure:
        loaded("prod", **changes)
    assert words in str(failure.value)


def test_monitoring_that_is_absent_takes_its_checks_along():
    """Those of other lines need it by name."""
    profile = load_profile(ROOT / "environments/prod.toml")
    assert "monitoring" not in profile.absent_features()
    targets = profile.targets.model_copy(update={"monitoring": Absent(absent="another team's")})
    without = profile.model_copy(update={"targets": targets})
    assert without.absent_features()["monitoring"] == without.absent_parts()["monitoring"] == "another team's"


@pytest.mark.parametrize("text", ["0.01", "> ", "> one", "=> 1", "> 1 or so", ""])
def test_threshold_is_a_comparison_with_a_number(text):
    """And is written in one way, so that it can be compared."""
    with pytest.raises(ValidationError):
        AlertRule(alert="A", thresholds=(text,), holds_for="1 min", labels={"severity": "x"})
    rule = AlertRule(alert="A", thresholds=(">  0.010",), holds_for="1 min", labels={"severity": "x"})
    assert rule.thresholds == ("> 0.01",)
