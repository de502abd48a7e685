"""What is left of the release before: files and addresses, to the byte; and scripts that undo migrations."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from golive.database.probe_applying import statements_of
from golive.net.http import HttpProbe
from golive.net.masking import masked_url
from golive.profile.secrets import Secret
from golive.rollback.observation import ArtefactObservation, UndoingObservation, UndoScript
from golive.rollback.profile import Artefact

_CHUNK = 1_048_576
_LARGEST_SCRIPT = 8_000_000


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
        where = masked_url(url)
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
