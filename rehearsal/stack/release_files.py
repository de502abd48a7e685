"""The release's files: migrations and seed, as they lie here, or as a fault has changed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.stack.data.database_plan import ReleaseEdit

SOURCE = Path(__file__).parents[1] / "database"
MIGRATIONS = "migrations"
SEED = "seed.sql"


@dataclass(frozen=True)
class ReleaseFiles:
    """Where the release's migrations and its seed lie."""

    folder: Path

    @property
    def migrations(self) -> Path:
        """`<name>/migration.sql` each, and `down.sql` beside it where it can be undone by one."""
        return self.folder / MIGRATIONS

    @property
    def seed(self) -> Path:
        """SQL for an empty database with the release's schema."""
        return self.folder / SEED


def lay_out(destination: Path, edits: Sequence[ReleaseEdit]) -> ReleaseFiles:
    """Return the source's own files; with edits, changed copies below `destination`."""
    if not edits:
        return ReleaseFiles(SOURCE)
    paths = [*SOURCE.glob(f"{MIGRATIONS}/*/*.sql"), SOURCE / SEED]
    files = {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    for edit in edits:
        edit(files)
    for name, text in files.items():
        path = destination / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ReleaseFiles(destination)
