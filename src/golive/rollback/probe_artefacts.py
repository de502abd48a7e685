"""What is left of the release before: files and addresses, to the byte; and scripts that undo migrations."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from golive.database.probe_applying import statements_of
from golive.database.probe_catalogue import CatalogueObservation
from golive.net.http import HttpProbe
from golive.net.masking import shown_url
from golive.profile.secrets import Secret
from golive.rollback.profile import Artefact

_CHUNK = 1_048_576
_LARGEST_SCRIPT = 8_000_000


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
class ArtefactProbe:
    """Fetches artefacts, with a client that reads bodies as large as they are."""

    root: Path
    http: HttpProbe

    async def look_at(
        self, artefact: Artefact, *, token: Secret | None, deadline: float
    ) -> ArtefactObservation:
        """Return the artefact.

        Raises:
            TransportError, ProtocolError: as `HttpProbe.get`.
        """
        if artefact.file is not None:
            return await asyncio.to_thread(self._read, artefact, artefact.file)
        url = artefact.url or ""
        headers = {"accept": artefact.accept} if artefact.accept else {}
        answer = await self.http.get(url, headers=headers, token=token, deadline=deadline)
        where = shown_url(url)
        if answer.status != 200:
            return ArtefactObservation(
                artefact.name, where, artefact.sha256, problem=f"answered by {answer.status}"
            )
        digest = hashlib.sha256(answer.body).hexdigest()
        return ArtefactObservation(artefact.name, where, artefact.sha256, digest, len(answer.body))

    def _read(self, artefact: Artefact, file: Path) -> ArtefactObservation:
        digest, size = hashlib.sha256(), 0
        try:
            with (self.root / file).open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except OSError as error:
            words = f"it cannot be read: {error.strerror or error}"
            return ArtefactObservation(artefact.name, str(file), artefact.sha256, problem=words)
        return ArtefactObservation(artefact.name, str(file), artefact.sha256, digest.hexdigest(), size)


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


def look_for_scripts(folder: Path, names: Sequence[str], script: str) -> UndoingObservation:
    """Look beside each migration for the script that undoes it."""
    return UndoingObservation(str(folder), script, [_script(name, folder / name / script) for name in names])


def _script(migration: str, path: Path) -> UndoScript:
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST_SCRIPT).decode("utf-8")
    except FileNotFoundError:
        return UndoScript(migration, None)
    except (OSError, UnicodeDecodeError):
        return UndoScript(migration, 0)
    # Comments are no statements.
    return UndoScript(migration, len(statements_of(text)), text)
