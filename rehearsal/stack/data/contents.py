"""What is in the database: made once, and made as it was whenever the stack begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from rehearsal import database as schema
from rehearsal.database import Accounts, Roles
from rehearsal.stack.data.postgres import DATABASE, Database
from rehearsal.stack.errors import PartFailed

PART = "database"
KEPT = "audotics_as_seeded"
"""The copy that the live database is made of again. Nobody connects to it."""
USED = """
SELECT pg_current_xact_id()::text::bigint,
  EXISTS (SELECT FROM pg_replication_slots)
  OR EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')
  OR EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
     AND backend_type = 'client backend' AND state <> 'idle')
"""
"""The number of a transaction of one's own, and whether anybody is in the middle of something, or left it."""
PAUSES_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16)
LIMIT_SECONDS = 10.0
REMEDY = "a migration or the seed does not fit; see the end of the log below"


@dataclass
class Contents:
    """The content of one server's database."""

    server: Database
    accounts: Accounts
    roles: Roles
    _kept: bool = field(default=False, init=False)
    _number: int = field(default=0, init=False)
    """Of the last transaction of which all is known; whoever writes, even in vain, gets a number, too."""

    async def made(self, edits: Sequence[str]) -> Contents:
        """Migrate and seed an empty database, make the server's roles, and run the edits.

        Raises PartFailed.
        """
        await self._prepare(DATABASE, self.roles, edits)
        await self.is_used()
        return self

    async def is_used(self) -> bool:
        """Whether anybody wrote, or is about to, since it was made or last asked; statistics begin anew."""
        try:
            connection = await self._connect(DATABASE)
            try:
                # Replicas are asked all the time how they are, and ask the database; that ends at once.
                for pause_seconds in (*PAUSES_SECONDS, None):
                    is_written, is_held = await self._look(connection)
                    if is_written or not is_held or pause_seconds is None:
                        break
                    await asyncio.sleep(pause_seconds)
                await connection.execute("SELECT pg_stat_reset()")
            finally:
                await connection.close(timeout=LIMIT_SECONDS)
        except (OSError, asyncpg.PostgresError):
            # Whatever nobody can ask was used.
            return True
        return is_written or is_held

    async def _look(self, connection: asyncpg.Connection) -> tuple[bool, bool]:
        row = await connection.fetchrow(USED)
        assert row is not None, "it asks for numbers, of which there is always one row"
        number, is_held = row
        is_written, self._number = number != self._number + 1, number
        return is_written, is_held

    async def renewed(self, edits: Sequence[str]) -> Contents:
        """Make the database as it was before anybody used it. Whoever is connected is not any more.

        Raises PartFailed.
        """
        if not self._kept:
            # What was used cannot be copied: a database that nobody uses is migrated and seeded, once.
            await self._run("postgres", f'DROP DATABASE IF EXISTS "{KEPT}"', f'CREATE DATABASE "{KEPT}"')
            await self._prepare(KEPT, None, ())
            self._kept = True
        await self._run(
            "postgres",
            # They are the server's, and outlive the database that a fault made them in.
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active",
            f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)',
            f'CREATE DATABASE "{DATABASE}" TEMPLATE "{KEPT}" STRATEGY file_copy',
        )
        if edits:
            await self._run(DATABASE, *edits)
        await self.is_used()
        return self

    async def _prepare(self, database: str, roles: Roles | None, edits: Sequence[str]) -> None:
        try:
            await schema.prepare(
                self._url(database),
                self.accounts,
                roles,
                edits,
                collects_statistics=self.server.collects_statistics,
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise self._failed(error) from error

    async def _run(self, database: str, *statements: str) -> None:
        try:
            connection = await self._connect(database)
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close(timeout=LIMIT_SECONDS)
        except (OSError, asyncpg.PostgresError) as error:
            raise self._failed(error) from error

    async def _connect(self, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url(database), timeout=LIMIT_SECONDS, command_timeout=LIMIT_SECONDS
        )

    def _url(self, database: str) -> str:
        return urlunsplit(urlsplit(self.server.url)._replace(path=f"/{database}"))

    def _failed(self, error: Exception) -> PartFailed:
        return PartFailed(PART, str(error), REMEDY, self.server.child.log_tail())
