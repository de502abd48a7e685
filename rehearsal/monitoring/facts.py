"""What a stack tells of its monitoring: where it is found, or why nobody can look at it."""

from __future__ import annotations

from typing import Any

from rehearsal.monitoring.programs import NoPrograms
from rehearsal.monitoring.stack import ALERTMANAGER, PROMETHEUS, Watch
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.services import ALERT_RECEIVER


def monitoring_facts(watch: Watch | NoPrograms, plan: StackPlan) -> dict[str, Any]:
    """The profile's part, as JSON types."""
    if isinstance(watch, NoPrograms):
        return {"unseen": {"reason": watch.reason, "remedy": watch.remedy}}
    urls = {part: f"http://{LOOPBACK}:{port}" for part, port in watch.doors.items()}
    return {
        "prometheus": urls[PROMETHEUS],
        "alertmanagers": [urls[ALERTMANAGER]],
        "jobs": {"api": {"targets": len(plan.replicas)}},
        "drill": {"read_back": {"url": f"{urls[ALERT_RECEIVER]}/received"}},
    }
