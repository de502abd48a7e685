"""The release's migrations as files, and what a database remembers of those that were applied.

A migration tool is a folder's layout and a history table. Prisma is the one that is known; Alembic and
Flyway would be two more functions in `READERS` and `HISTORIES`.
"""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from golive.core.outcome import Blind
from golive.database.observation_migrations import AppliedMigration, MigrationFile
from golive.database.probe import DatabaseRefused, Session

_LARGEST_FILE = 8_000_000
_NO_SUCH_TABLE = "42P01"


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
