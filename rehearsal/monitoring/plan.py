"""What a stack's monitoring is like, as plain data: faults change it before anything starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Edit = Callable[[dict[str, Any]], None]
"""Changes a document in place, before it is written."""


@dataclass
class MonitoringPlan:
    """Changes of the documents that Prometheus and Alertmanager read, and what people did at them."""

    configuration_edits: list[Edit] = field(default_factory=list)
    """Of Prometheus' configuration."""
    rule_edits: list[Edit] = field(default_factory=list)
    """Of the alert rules: `{"groups": [{"name", "rules"}]}`."""
    routing_edits: list[Edit] = field(default_factory=list)
    """Of Alertmanager's configuration."""
    silences: list[dict[str, Any]] = field(default_factory=list)
    """Matchers, as Alertmanager's API takes them: each is a silence of a week."""
    exporter_runs: bool = True
    exporter_password: str | None = None
    """What the database's exporter signs in with; the right one when None."""
