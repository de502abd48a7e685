"""The database of the rehearsal: migrations in Prisma's layout, and generated data.

`prepare` is all that the stack needs: after it the five accounts can sign in and the recommender
has a catalogue with listening history to rank.
"""

from __future__ import annotations

import asyncpg

from rehearsal.database.accounts import Account, Accounts
from rehearsal.database.migrate import migrate
from rehearsal.database.seed import seed

__all__ = ["Account", "Accounts", "prepare"]

TIME_LIMIT_SECONDS = 10.0


async def prepare(database_url: str, accounts: Accounts) -> None:
    """Apply all migrations and seed an empty database. Raises asyncpg errors and TimeoutError."""
    connection = await asyncpg.connect(
        database_url, timeout=TIME_LIMIT_SECONDS, command_timeout=TIME_LIMIT_SECONDS
    )
    try:
        await migrate(connection)
        async with connection.transaction():
            await seed(connection, accounts)
    finally:
        await connection.close(timeout=TIME_LIMIT_SECONDS)
