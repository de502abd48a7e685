"""What is seen of dashboards, tracked errors, log lines and a status page. Facts only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import JsonValue

from golive.monitoring.grafana_frames import PanelAnswer
from golive.net.masking import masked_name, masked_text


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of a dashboard's model."""

    title: str
    type: str
    queries: tuple[Mapping[str, Any], ...]
    """Its targets, with their data sources; none of them hidden alone."""
    borrows: bool
    """Shows what another panel asked for."""

    @property
    def shown(self) -> tuple[str, ...]:
        """Reference ids of the queries that are shown, not merely used by others."""
        return tuple(str(query["refId"]) for query in self.queries if not query.get("hide"))


@dataclass(frozen=True, slots=True)
class DashboardObservation:
    """A dashboard and what its panels' queries were answered. ``problem`` where there is none."""

    kind: ClassVar[str] = "dashboard"

    wanted: str
    where: str
    problem: str
    title_found: str = ""
    panels: tuple[Panel, ...] = ()
    answers: tuple[PanelAnswer, ...] = ()
    """One for each panel, in their order."""

    @property
    def title(self) -> str:
        """Which, and where."""
        return f"dashboard {self.wanted} — {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Panels with the series that they show; titles are what the owner needs."""
        seen: dict[str, JsonValue] = {}
        for panel, answer in zip(self.panels, self.answers, strict=True):
            words = answer.problem or f"{answer.series} series, {answer.points} values"
            seen[masked_name(panel.title or "(untitled)", longest=80)] = f"{panel.type}: {words}"
        return {"problem": self.problem, "title": masked_name(self.title_found), "panels": seen}


@dataclass(frozen=True, slots=True)
class TrackedError:
    """What the tracker's web API has of an error; ``body`` is never shown."""

    kind: ClassVar[str] = "error-tracker"

    where: str
    marker: str
    status: int
    body: str
    group: str | None
    """The issue that it belongs to."""
    seconds: float
    """From the first look to the last."""

    @property
    def title(self) -> str:
        """Which error, and where it was looked for."""
        return f"error {self.marker} — {self.where}"

    @property
    def found(self) -> bool:
        """Whether it is there, with its marker."""
        return self.status == 200 and self.marker in self.body

    @property
    def kept(self) -> str:
        """Everything that the tracker says of it; empty where it is not found."""
        return self.body if self.found else ""

    def facts(self) -> dict[str, JsonValue]:
        """Whether, when, and how much of it; none of its words."""
        return {
            "found": self.found,
            "status": self.status,
            "after s": round(self.seconds, 2),
            "bytes": len(self.body),
            "issue": self.group is not None,
        }


@dataclass(frozen=True, slots=True)
class LogLines:
    """Lines that carry a marker; their words are never shown."""

    kind: ClassVar[str] = "logs"

    where: str
    query: str
    streams: int
    lines: tuple[str, ...]
    seconds: float
    """From the first look to the last."""

    @property
    def title(self) -> str:
        """What was asked, and where."""
        return f"{self.query} — {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """How many, and when; none of their words."""
        return {"streams": self.streams, "lines": len(self.lines), "after s": round(self.seconds, 2)}


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
        states = {masked_text(name, longest=60): masked_text(state, longest=40)
                  for name, state in list(self.components.items())[:40]}  # fmt: skip
        description = masked_text(self.description)
        return {"problem": self.problem, "indicator": self.indicator, "description": description,
                "components": dict(states)}  # fmt: skip
