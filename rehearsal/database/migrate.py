"""Applies the migrations and records them as Prisma does.

Every folder `migrations/<timestamp>_<name>/` holds one `migration.sql`; its row in
`_prisma_migrations` carries the SHA-256 of the file's bytes, so that files and database can be
compared later.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).parent / "migrations"

_HISTORY = """
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)
"""


@dataclass(frozen=True)
class Migration:
    """One migration of the release; `checksum` is the hexadecimal SHA-256 of its file."""

    name: str
    sql: str
    checksum: str


def migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """The release's migrations in the order in which they apply."""
    found = []
    for path in sorted(folder.glob("*/migration.sql")):
        content = path.read_bytes()
        found.append(Migration(path.parent.name, content.decode(), hashlib.sha256(content).hexdigest()))
    return found


async def migrate(connection: asyncpg.Connection) -> None:
    """Apply what the history does not list as finished; each migration in a transaction of its own."""
    await connection.execute(_HISTORY)
    finished = {
        row["migration_name"]
        for row in await connection.fetch(
            'SELECT migration_name FROM "_prisma_migrations"'
            " WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL"
        )
    }
    for migration in migrations():
        if migration.name in finished:
            continue
        async with connection.transaction():
            await connection.execute(
                'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at)'
                " VALUES ($1, $2, $3, clock_timestamp())",
                str(uuid.uuid4()),
                migration.checksum,
                migration.name,
            )
            await connection.execute(migration.sql)
            await connection.execute(
                'UPDATE "_prisma_migrations" SET finished_at = clock_timestamp(), applied_steps_count = 1'
                " WHERE migration_name = $1",
                migration.name,
            )
