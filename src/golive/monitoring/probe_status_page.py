"""A status page by Statuspage's public API: ``/api/v2/summary.json``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.net.masking import shown_text

SUMMARY_ROUTE = "/api/v2/summary.json"
INDICATORS = frozenset({"none", "minor", "major", "critical", "maintenance"})


@dataclass(frozen=True, slots=True)
class StatusPageObservation:
    """What the page says of itself."""

    kind: ClassVar[str] = "status-page"

    where: str
    problem: str
    """Why it is no answer of the API; empty where it is one."""
    indicator: str = ""
    description: str = ""
    components: Mapping[str, str] = field(default_factory=dict)
    """Name to state."""

    @property
    def title(self) -> str:
        """Where."""
        return f"status page — {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """All of it: a status page is public."""
        states = {shown_text(name, longest=60): shown_text(state, longest=40)
                  for name, state in list(self.components.items())[:40]}  # fmt: skip
        description = shown_text(self.description)
        return {"problem": self.problem, "indicator": self.indicator, "description": description,
                "components": dict(states)}  # fmt: skip


def read_status_page(answer: HttpObservation) -> StatusPageObservation:
    """Read an answer; what is none of the API's is a problem in words."""

    def problem(words: str) -> StatusPageObservation:
        return StatusPageObservation(answer.target, words)

    if answer.status != 200:
        return problem(f"status {answer.status}")
    try:
        body = answer.json()
    except ProtocolError as error:
        return problem(error.message)
    if not isinstance(body, dict) or not isinstance(body.get("page"), dict):
        return problem("an answer that names no page")
    status = body.get("status")
    indicator = status.get("indicator") if isinstance(status, dict) else None
    if not isinstance(status, dict) or not isinstance(indicator, str) or indicator not in INDICATORS:
        return problem("an answer without an indicator of the page's state")
    listed = body.get("components")
    named = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    components = {str(entry["name"]): str(entry.get("status", "")) for entry in named if "name" in entry}
    description = status.get("description")
    return StatusPageObservation(
        answer.target, "", indicator, description if isinstance(description, str) else "", components
    )
