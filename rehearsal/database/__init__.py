"""The database of the rehearsal: migrations in Prisma's layout, and generated data.

`prepare` is all that the stack needs: after it the five accounts can sign in and the recommender
has a catalogue with listening history to rank.
"""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from rehearsal.database.accounts import Account, Accounts
from rehearsal.database.migrate import migrate
from rehearsal.database.roles import Roles, create_roles
from rehearsal.database.seed import seed
from rehearsal.stack.data.database_plan import DatabasePlan

__all__ = ["Account", "Accounts", "DatabasePlan", "Roles", "prepare"]

TIME_LIMIT_SECONDS = 10.0


async def prepare(
    database_url: str,
    accounts: Accounts,
    roles: Roles | None,
    edits: Sequence[str],
    *,
    collects_statistics: bool,
) -> None:
    """Apply all migrations, seed an empty database, make the server's roles, and run the edits.

    Roles are the server's: None where it has them already. Raises asyncpg errors and TimeoutError.
    """
    connection = await asyncpg.connect(
        database_url, timeout=TIME_LIMIT_SECONDS, command_timeout=TIME_LIMIT_SECONDS
    )
    try:
        await migrate(connection)
        async with connection.transaction():
            await seed(connection, accounts)
        if roles is not None:
            await create_roles(connection, roles)
        if collects_statistics:
            await connection.execute("CREATE EXTENSION pg_stat_statements")
        for edit in edits:
            await connection.execute(edit)
    finally:
        await connection.close(timeout=TIME_LIMIT_SECONDS)
