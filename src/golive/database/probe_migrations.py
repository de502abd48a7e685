"""The release's migrations as files, and what a database remembers of those that were applied.

A migration tool is a folder's layout and a history table. Prisma is the one that is known; Alembic and
Flyway would be two more functions in `READERS` and `HISTORIES`.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from golive.core.outcome import Blind
from golive.database.probe import DatabaseRefused, Session
from golive.net.masking import shown_name

_LARGEST_FILE = 8_000_000
_NO_SUCH_TABLE = "42P01"


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One migration of the release. ``checksum`` is as the tool records it; ``sql`` is empty if no text."""

    name: str
    checksum: str
    sql: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """One row of the history. Neither finished nor rolled back: it failed, or is still running."""

    name: str
    checksum: str
    started: datetime
    finished: datetime | None
    rolled_back: datetime | None

    @property
    def counts(self) -> bool:
        """Whether the database has it."""
        return self.finished is not None and self.rolled_back is None

    @property
    def failed(self) -> bool:
        """Whether it ended in the middle."""
        return self.finished is None and self.rolled_back is None


@dataclass(frozen=True, slots=True)
class MigrationsObservation:
    """The release's files in the order in which they apply, and a database's history in that of its rows."""

    kind: ClassVar[str] = "database"

    where: str
    folder: str
    files: Sequence[MigrationFile]
    history: Sequence[AppliedMigration]

    @property
    def title(self) -> str:
        """Where."""
        return f"migrations of {self.where}"

    def applied(self) -> Mapping[str, AppliedMigration]:
        """Name to the row that counts, in the order in which they finished."""
        done = sorted(
            (row for row in self.history if row.counts), key=lambda row: row.finished or row.started
        )
        return {row.name: row for row in done}

    def pending(self) -> tuple[MigrationFile, ...]:
        """The release's migrations that the database does not have."""
        applied = self.applied()
        return tuple(file for file in self.files if file.name not in applied)

    def facts(self) -> dict[str, JsonValue]:
        """Names and checksums on both sides."""
        return {
            "release": {file.name: file.checksum[:16] for file in self.files},
            "applied": {
                name: f"{row.checksum[:16]} at {row.finished:%Y-%m-%d %H:%M:%SZ}"
                for name, row in self.applied().items()
            },
            "pending": [file.name for file in self.pending()],
            "failed": [shown_name(row.name) for row in self.history if row.failed],
            "rolled back": [shown_name(row.name) for row in self.history if row.rolled_back is not None],
        }


def read_prisma_files(folder: Path) -> tuple[MigrationFile, ...]:
    """Read ``<name>/migration.sql`` below ``folder``; the checksum is the file's SHA-256 in hexadecimal.

    Source: Prisma's schema engine, ``sql-migration-connector``, which hashes the script's bytes.

    Raises:
        Blind: there is no such folder, or nothing in it.
    """
    files = []
    for path in sorted(folder.glob("*/migration.sql")):
        content = path.read_bytes()[:_LARGEST_FILE]
        checksum = hashlib.sha256(content).hexdigest()
        try:
            files.append(MigrationFile(path.parent.name, checksum, content.decode("utf-8")))
        except UnicodeDecodeError:
            files.append(MigrationFile(path.parent.name, checksum, "", problem="it is no UTF-8 text"))
    if not files:
        raise Blind(
            f"no <name>/migration.sql lies below {folder}",
            remedy="set targets.database.migrations.folder to the release's prisma/migrations",
        )
    return tuple(files)


async def read_prisma_history(session: Session) -> tuple[AppliedMigration, ...]:
    """Read ``_prisma_migrations``, oldest first; no row at all where there is no such table.

    Raises:
        ProbeError: as the session's `rows`.
    """
    try:
        rows = await session.rows(
            "SELECT migration_name, checksum, started_at, finished_at, rolled_back_at"
            ' FROM "_prisma_migrations" ORDER BY started_at, migration_name'
        )
    except DatabaseRefused as error:
        if error.sqlstate != _NO_SUCH_TABLE:
            raise
        return ()
    return tuple(AppliedMigration(*row) for row in rows)


READERS: dict[str, Callable[[Path], tuple[MigrationFile, ...]]] = {"prisma": read_prisma_files}
HISTORIES: dict[str, Callable[[Session], Awaitable[tuple[AppliedMigration, ...]]]] = {
    "prisma": read_prisma_history
}
HISTORY_TABLES = {"prisma": "_prisma_migrations"}
"""Tool to the table of its own, which no migration describes."""
