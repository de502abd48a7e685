"""What is seen of the way back: artefacts, scripts that undo, links of the runbook. Facts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.database.observation import CatalogueObservation


@dataclass(frozen=True, slots=True)
class ArtefactObservation:
    """An artefact as it can be had. ``sha256`` is empty where it cannot; ``problem`` says why."""

    kind: ClassVar[str] = "document"

    name: str
    where: str
    wanted: str
    sha256: str = ""
    size: int = 0
    problem: str = ""

    @property
    def title(self) -> str:
        """Name and place."""
        return f"{self.name} at {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Digests and size."""
        return {
            "sha256": self.sha256 or None,
            "wanted": self.wanted,
            "bytes": self.size,
            "problem": self.problem or None,
        }


@dataclass(frozen=True, slots=True)
class UndoScript:
    """A migration of the release, and the statements of the script that undoes it; None without a script."""

    migration: str
    statements: int | None
    sql: str = ""


@dataclass(frozen=True, slots=True)
class UndoingObservation:
    """The migrations of the release, in order."""

    kind: ClassVar[str] = "database"

    folder: str
    script: str
    migrations: Sequence[UndoScript]

    @property
    def title(self) -> str:
        """How many, and where."""
        return f"{len(self.migrations)} migrations of the release in {self.folder}"

    def facts(self) -> dict[str, JsonValue]:
        """What undoes each."""
        return {
            entry.migration: "no script"
            if entry.statements is None
            else f"{self.script}: {entry.statements} statements"
            for entry in self.migrations[:200]
        }


@dataclass(frozen=True, slots=True)
class UndoTrial:
    """A script, run after its migration on a scratch database. ``problem`` is the server's refusal."""

    kind: ClassVar[str] = "database"

    migration: str
    problem: str
    before: CatalogueObservation
    """Before the migration."""
    after: CatalogueObservation
    """After migration and script."""

    @property
    def title(self) -> str:
        """What was tried, and where."""
        return f"{self.migration} undone at {self.after.where}"

    def facts(self) -> dict[str, JsonValue]:
        """How many objects there were, before and afterwards."""
        objects = {"before": len(self.before.objects), "afterwards": len(self.after.objects)}
        return {"objects": dict(objects), "problem": self.problem or None}


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link, and what is there. ``alive`` is None where nobody may look."""

    target: str
    line: int
    alive: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class LinksObservation:
    """All links of a document."""

    kind: ClassVar[str] = "document"

    source: str
    links: Sequence[LinkSeen]

    @property
    def title(self) -> str:
        """Of which document."""
        return f"links of {self.source}"

    def facts(self) -> dict[str, JsonValue]:
        """Each link with what is there."""
        return {f"line {link.line}: {link.target}": link.said for link in self.links[:200]}
