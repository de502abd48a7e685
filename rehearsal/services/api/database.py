"""The database pool: opens connections when they are needed, so that a replica starts without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError,
               asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError)  # fmt: skip
"""What a database that cannot be reached looks like to a query."""


class Database:
    """Queries with a time limit. Every method raises one of UNREACHABLE when there is no database."""

    TIMEOUT_SECONDS = 3.0
    LARGEST_POOL = 8

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Prepare the pool. No connection is made yet."""
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self.LARGEST_POOL,
            timeout=self.TIMEOUT_SECONDS,
            command_timeout=self.TIMEOUT_SECONDS,
        )

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()

    async def fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:
        async with self._connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *values)
            return rows

    async def row(self, query: str, *values: Any) -> asyncpg.Record | None:
        async with self._connection() as connection:
            return await connection.fetchrow(query, *values)

    async def value(self, query: str, *values: Any) -> Any:
        async with self._connection() as connection:
            return await connection.fetchval(query, *values)

    async def execute(self, query: str, *values: Any) -> None:
        async with self._connection() as connection:
            await connection.execute(query, *values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """One connection inside a transaction."""
        async with self._connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def one_at_a_time(self, what: str) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        """One connection, while nobody else, at whichever replica, has one for the same."""
        async with self._connection() as connection:
            await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", what)
            # The pool lets go of it with what else a connection holds, when it takes the connection back.
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        if self._pool is None:
            raise ConnectionError("the database pool is not open")
        async with self._pool.acquire(timeout=self.TIMEOUT_SECONDS) as connection:
            yield connection
