"""What Prometheus and Alertmanager of a healthy stack read. JSON is YAML, so nothing else is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.stack.network.ports import LOOPBACK

ERRORS = 'sum(rate(http_requests_total{job="api",status=~"5.."}[5m]))'
REQUESTS = 'sum(rate(http_requests_total{job="api"}[5m]))'
DURATIONS = 'sum by (le) (rate(http_request_duration_seconds_bucket{job="api"}[5m]))'


@dataclass(frozen=True)
class Places:
    """Ports on loopback. `prometheus`, `alertmanager` and `receiver` are where others find them."""

    prometheus: int
    alertmanager: int
    receiver: int
    exporter: int
    replicas: tuple[int, ...]


def prometheus_document(at: Places, rules: str) -> dict[str, Any]:
    """Prometheus' configuration: everything is scraped every second, so that there is data soon."""
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "900ms", "evaluation_interval": "1s"},
        "rule_files": [rules],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [_at(at.alertmanager)]}]}]},
        "scrape_configs": [
            _job("api", *at.replicas),
            _job("database", at.exporter),
            _job("prometheus", at.prometheus),
            _job("alertmanager", at.alertmanager),
        ],
    }


def alertmanager_document(at: Places) -> dict[str, Any]:
    """Alertmanager's configuration: every alert goes to the receiver, at once, but for the watchdog."""
    return {
        "route": {
            "receiver": "alert-receiver",
            "group_by": ["..."],
            "group_wait": "50ms",
            "group_interval": "1s",
            "repeat_interval": "1h",
            "routes": [{"receiver": "nobody", "matchers": ['alertname="Watchdog"']}],
        },
        "receivers": [
            {"name": "alert-receiver", "webhook_configs": [{"url": f"http://{_at(at.receiver)}/alerts"}]},
            {"name": "nobody"},
        ],
    }


def rules_document(at: Places) -> dict[str, Any]:
    """The alert rules, in two groups: of the application and of the database."""

    def alert(name: str, expression: str, held: str, severity: str) -> dict[str, Any]:
        return {
            "alert": name,
            "expr": expression,
            "for": held,
            "labels": {"severity": severity},
            "annotations": {"runbook_url": f"http://{_at(at.receiver)}/runbooks/{name}"},
        }

    return {
        "groups": [
            {
                "name": "application",
                "rules": [
                    {"alert": "Watchdog", "expr": "vector(1)", "labels": {"severity": "none"}},
                    alert("ReplicaDown", 'up{job="api"} == 0', "1m", "critical"),
                    alert("HighErrorRate", f"{ERRORS} / {REQUESTS} > 0.01", "2m", "critical"),
                    alert("HighLatency", f"histogram_quantile(0.95, {DURATIONS}) > 0.3", "5m", "warning"),
                ],
            },
            {
                "name": "database",
                "rules": [
                    alert("DatabaseDown", 'pg_up{job="database"} == 0', "1m", "critical"),
                    alert(
                        "DatabaseConnectionsHigh",
                        "sum(pg_stat_database_numbackends) / max(pg_settings_max_connections) > 0.8",
                        "5m",
                        "warning",
                    ),
                ],
            },
        ]
    }


def _job(name: str, *ports: int) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [{"targets": [_at(port) for port in ports]}]}


def _at(port: int) -> str:
    return f"{LOOPBACK}:{port}"
