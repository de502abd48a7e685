"""What operators see: health, and how many replicas there are."""

from __future__ import annotations

from typing import ClassVar

from rehearsal.forms.base import Answered, Asked, Form, Overlay
from rehearsal.stack.plan import StackPlan


class SilentHealth(Form):
    """Health is `{"status": "ok"}`, and names no dependency."""

    name = "silent-health"
    profile: ClassVar[Overlay] = {
        "targets": {"api": {"dependencies": {"absent": "the health route names none"}}}
    }

    def answered(self, asked: Asked, answer: Answered) -> None:
        if asked.path == "/health" and answer.status == 200:
            answer.json = {"status": answer.json["status"]}


class Terminus(Form):
    """Health is `{status, info, error, details}`, each dependency `{"status": "up"}`."""

    name = "terminus"

    def answered(self, asked: Asked, answer: Answered) -> None:
        body = answer.json
        if asked.path == "/health" and isinstance(body, dict) and "dependencies" in body:
            states = {name: {"status": one["status"]} for name, one in body["dependencies"].items()}
            up = {name: one for name, one in states.items() if one["status"] == "up"}
            down = {name: one for name, one in states.items() if name not in up}
            status = "error" if down else "ok"
            answer.json = {"status": status, "info": up, "error": down, "details": states}


class Components(Form):
    """Health is `{"status": "UP", "components": {…}}`, as Spring Boot has it."""

    name = "components"

    def answered(self, asked: Asked, answer: Answered) -> None:
        body = answer.json
        if asked.path == "/health" and isinstance(body, dict) and "dependencies" in body:
            states = {name: {"status": one["status"].upper()} for name, one in body["dependencies"].items()}
            status = "UP" if all(one["status"] == "UP" for one in states.values()) else "DOWN"
            answer.json = {"status": status, "components": states}


class OneReplica(Form):
    """There is one replica, which nobody reaches but through the public address."""

    name = "one-replica"
    profile: ClassVar[Overlay] = {
        "targets": {"api": {"replicas": 1}, "monitoring": {"jobs": {"api": {"targets": 1}}}},
        "features": {"rate_limit_trial": {"absent": "nobody reaches the replica itself"}},
    }

    def plan(self, stack: StackPlan) -> None:
        del stack.replicas[1:]
