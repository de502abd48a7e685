"""Monitoring that does not see, and alerts that nobody would get."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rehearsal.faults.base import ApiFault, Fault
from rehearsal.stack.plan import StackPlan

NOWHERE = "127.0.0.1:9"
"""Where nothing listens."""
APPLICATION = ("mon.application",)
ALERTS = ("mon.alerts",)
DATA = ("post.monitoring",)


class _Configured(Fault):
    """A mistake in Prometheus' configuration."""

    def apply(self, stack: StackPlan) -> None:
        stack.monitoring.configuration_edits.append(self.edit)

    @abstractmethod
    def edit(self, document: dict[str, Any]) -> None:
        """Change the configuration in place."""


class _Ruled(Fault):
    """A mistake in one alert rule."""

    alert: str
    expected_failures = ALERTS

    def apply(self, stack: StackPlan) -> None:
        stack.monitoring.rule_edits.append(lambda document: self.change(_rule(document, self.alert)))

    @abstractmethod
    def change(self, rule: dict[str, Any]) -> None:
        """Change the rule in place."""


class TargetDown(_Configured):
    """Prometheus looks for one replica at an address that it has left."""

    name = "monitoring.target-down"
    expected_failures = APPLICATION + DATA
    proves = ("test_fresh_samples_come_from_every_target",)

    def edit(self, document: dict[str, Any]) -> None:
        _job(document, "api")["static_configs"][0]["targets"][1] = NOWHERE


class ScrapedRarely(_Configured):
    """The replicas are scraped every ten minutes."""

    name = "monitoring.scraped-rarely"
    expected_failures = APPLICATION + DATA
    proves = ("test_scrapes_are_recent",)

    def edit(self, document: dict[str, Any]) -> None:
        _job(document, "api")["scrape_interval"] = "10m"


class AlertmanagerDisconnected(_Configured):
    """Prometheus tells nobody of its alerts."""

    name = "monitoring.alertmanager-disconnected"
    expected_failures = APPLICATION
    proves = ("test_alerts_get_through_to_alertmanager", "test_prometheus_is_connected_to_alertmanager")

    def edit(self, document: dict[str, Any]) -> None:
        del document["alerting"]


class MetricRenamed(ApiFault):
    """The release counts its real-time connections under another name, which no dashboard knows."""

    name = "monitoring.metric-renamed"
    expected_failures = (*APPLICATION, "mon.dashboards")
    proves = ("test_required_metrics_have_data",)

    def modify(self, app: Any) -> None:
        healthy = app.metrics.render
        app.metrics.render = lambda: healthy().replace("socketio_connections", "websocket_connections")


class ExporterMissing(Fault):
    """The database's exporter does not run."""

    name = "monitoring.exporter-missing"
    expected_failures = ("mon.application", "db.scaling")
    proves = ("test_every_expected_target_is_up", "test_exporter_sees_the_database")

    def apply(self, stack: StackPlan) -> None:
        stack.monitoring.exporter_runs = False


class DatabaseRulesMissing(Fault):
    """The file with the alert rules about the database was not rolled out."""

    name = "monitoring.database-rules-missing"
    expected_failures = ("mon.alerts", "db.scaling")
    proves = ("test_alert_rules_for_the_database_are_loaded",)

    def apply(self, stack: StackPlan) -> None:
        def forget(document: dict[str, Any]) -> None:
            document["groups"] = [group for group in document["groups"] if group["name"] != "database"]

        stack.monitoring.rule_edits.append(forget)


class RuleFails(_Ruled):
    """The alert on replicas that are down joins two series that do not fit, so it never fires."""

    name = "monitoring.rule-fails"
    proves = ("test_agreed_alert_rules_are_evaluated",)
    alert = "ReplicaDown"

    def change(self, rule: dict[str, Any]) -> None:
        rule["expr"] = 'up{job="api"} * on (job) process_start_time_seconds{job="api"} == 0'


class OtherThreshold(_Ruled):
    """Somebody is called at ten per cent of errors instead of one."""

    name = "monitoring.rule-of-another-threshold"
    proves = ("test_alert_rules_have_the_agreed_thresholds",)
    alert = "HighErrorRate"

    def change(self, rule: dict[str, Any]) -> None:
        rule["expr"] = rule["expr"].replace("> 0.01", "> 0.1")


class NoSeverity(_Ruled):
    """The alert on errors has no severity, so it is routed like a note."""

    name = "monitoring.rule-without-severity"
    proves = ("test_alert_rules_have_the_agreed_severity",)
    alert = "HighErrorRate"

    def change(self, rule: dict[str, Any]) -> None:
        del rule["labels"]["severity"]


class RunbookGone(_Ruled):
    """The runbook of an alert was moved, and its link leads nowhere."""

    name = "monitoring.runbook-gone"
    proves = ("test_runbook_of_every_alert_can_be_read",)
    alert = "HighLatency"

    def change(self, rule: dict[str, Any]) -> None:
        rule["annotations"]["runbook_url"] += "-old"


class SilenceLeftOver(Fault):
    """A silence over half the alerts was left behind by a test."""

    name = "monitoring.silence-left-over"
    expected_failures = ALERTS
    proves = ("test_no_silence_swallows_a_launch_alert",)

    def apply(self, stack: StackPlan) -> None:
        stack.monitoring.silences.append(
            {"name": "alertname", "value": "High.*", "isRegex": True, "isEqual": True}
        )


class ReceiverNotReached(Fault):
    """Alertmanager calls somebody who has moved."""

    name = "monitoring.receiver-not-reached"
    expected_failures = ALERTS
    proves = ("test_drill_alert_reaches_its_receiver",)

    def apply(self, stack: StackPlan) -> None:
        def move(document: dict[str, Any]) -> None:
            document["receivers"][0]["webhook_configs"][0]["url"] = f"http://{NOWHERE}/alerts"

        stack.monitoring.routing_edits.append(move)


class CountersStand(ApiFault):
    """Counters are sent, and stand still."""

    name = "monitoring.counters-stand"
    expected_failures = DATA
    proves = ("test_own_requests_show_in_the_counters",)

    def modify(self, app: Any) -> None:
        healthy = app.metrics.observe

        def observe(method: str, route: str, status: int, seconds: float) -> None:
            # The first request makes its series; after it there is nothing to see.
            if f'route="{route}"' not in app.metrics.render():
                healthy(method, route, status, seconds)

        app.metrics.observe = observe


def _job(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(job for job in document["scrape_configs"] if job["job_name"] == name)


def _rule(document: dict[str, Any], alert: str) -> dict[str, Any]:
    rules = (rule for group in document["groups"] for rule in group["rules"])
    return next(rule for rule in rules if rule["alert"] == alert)
