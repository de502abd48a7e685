"""What a stack tells of its monitoring: where it is found, or why nobody can look at it."""

from __future__ import annotations

from typing import Any

from rehearsal.monitoring.programs import NoPrograms
from rehearsal.monitoring.stack import ALERTMANAGER, PROMETHEUS, MonitoringStack
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.services import ALERT_RECEIVER


def monitoring_facts(monitoring: MonitoringStack | NoPrograms, plan: StackPlan) -> dict[str, Any]:
    """The profile's part, as JSON types."""
    if isinstance(monitoring, NoPrograms):
        return {"unseen": {"reason": monitoring.reason, "remedy": monitoring.remedy}}
    urls = {part: f"http://{LOOPBACK}:{port}" for part, port in monitoring.proxies.items()}
    return {
        "prometheus": urls[PROMETHEUS],
        "alertmanagers": [urls[ALERTMANAGER]],
        "jobs": {"api": {"targets": len(plan.replicas)}},
        "drill": {"read_back": {"url": f"{urls[ALERT_RECEIVER]}/received"}},
    }
