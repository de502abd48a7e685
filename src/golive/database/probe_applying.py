"""Applying a migration on a scratch copy, and seeing what each of its statements does to existing tables.

PostgreSQL itself is the witness: locks that the transaction holds (``pg_locks``), tables that were read
through in it (``pg_stat_xact_user_tables``), and tables whose file was written anew (``relfilenode``).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from golive.database.observation_migrations import (
    ApplicationObservation,
    AppliedStatement,
    MigrationFile,
    Touched,
)
from golive.database.probe import DatabaseRefused, PostgresServer, Session
from golive.net.errors import DeadlineExceeded

BLOCKING = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
"""Table locks that writers wait for (PostgreSQL's documentation, 13.3.1), the weakest first."""
_TRANSACTIONLESS = "25001"


def statements_of(sql: str) -> tuple[str, ...]:
    """Split a script at its semicolons, by PostgreSQL's lexical rules: quotes, ``$$``, comments.

    A script that breaks those rules is one statement, which the server then refuses in its own words.
    """
    from sqlglot import TokenType  # noqa: PLC0415 - only where a migration is applied
    from sqlglot.dialects.postgres import Postgres  # noqa: PLC0415
    from sqlglot.errors import TokenError  # noqa: PLC0415

    try:
        tokens = Postgres().tokenize(sql)
    except TokenError:
        return (sql,)
    found: list[str] = []
    begin: int | None = None
    end = 0
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            if begin is not None:
                found.append(sql[begin : end + 1])
            begin = None
            continue
        begin, end = token.start if begin is None else begin, token.end
    if begin is not None:
        found.append(sql[begin:])
    return tuple(found)


async def apply_migration(
    server: PostgresServer, database: str, file: MigrationFile, schemas: Sequence[str], limit: timedelta
) -> ApplicationObservation:
    """Apply ``file`` to a scratch database in one transaction, watching what each statement does.

    A single statement that allows no transaction is run alone, as migration tools do. Returns an
    observation whatever the server says; its refusal undoes the migration.

    Raises:
        TransportError: the connection broke.
    """
    where = server.where(database)
    if file.problem:
        return ApplicationObservation(file.name, where, problem=file.problem)
    statements = statements_of(file.sql)
    done: list[AppliedStatement] = []
    async with server.writing(database, limit=limit) as session:
        try:
            rows = await _rows(session, schemas)
            before = await _state(session, schemas)
            for sql in statements:
                began = time.monotonic()
                await session.rows(sql)
                took = (time.monotonic() - began) * 1000
                after = await _state(session, schemas)
                done.append(AppliedStatement(sql, took, _touched(before, after, rows)))
                before = after
            await session.commit()
        except (DatabaseRefused, DeadlineExceeded) as error:
            if getattr(error, "sqlstate", "") != _TRANSACTIONLESS or len(statements) > 1:
                at = f" (statement {len(done) + 1} of {len(statements)})"
                return ApplicationObservation(file.name, where, tuple(done), f"{error.message}{at}")
        else:
            return ApplicationObservation(file.name, where, tuple(done))
    return await _alone(server, database, file, statements[0], limit)


async def _alone(
    server: PostgresServer, database: str, file: MigrationFile, sql: str, limit: timedelta
) -> ApplicationObservation:
    where = server.where(database)
    began = time.monotonic()
    async with server.writing(database, limit=limit, autocommit=True) as session:
        try:
            await session.rows(sql)
        except (DatabaseRefused, DeadlineExceeded) as error:
            return ApplicationObservation(file.name, where, problem=error.message)
    return ApplicationObservation(
        file.name, where, (AppliedStatement(sql, (time.monotonic() - began) * 1000),)
    )


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    file: int
    reads: int
    changes: int
    lock: str


async def _state(session: Session, schemas: Sequence[str]) -> Mapping[int, _Table]:
    found = await session.rows(
        "SELECT c.oid::int8, format('%%I.%%I', n.nspname, c.relname), c.relfilenode::int8,"
        " coalesce(x.seq_scan, 0), coalesce(x.n_tup_upd + x.n_tup_del, 0),"
        " (SELECT l.mode FROM pg_locks l WHERE l.relation = c.oid AND l.pid = pg_backend_pid()"
        "   AND l.mode = ANY(%s) ORDER BY array_position(%s, l.mode) DESC LIMIT 1)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_stat_xact_all_tables x ON x.relid = c.oid"
        " WHERE c.relkind = 'r' AND n.nspname = ANY(%s)",
        list(BLOCKING),
        list(BLOCKING),
        list(schemas),
    )
    return {
        int(oid): _Table(str(name), file, reads, changes, lock or "")
        for oid, name, file, reads, changes, lock in found
    }


async def _rows(session: Session, schemas: Sequence[str]) -> Mapping[int, int]:
    """Rows of every table; counted in a transaction of its own, whose locks are gone before it is watched."""
    counted = {
        oid: int((await session.row(f"SELECT count(*) FROM {table.name}"))[0])  # noqa: S608 - quoted by the server
        for oid, table in (await _state(session, schemas)).items()
    }
    await session.commit()
    return counted


def _touched(
    before: Mapping[int, _Table], after: Mapping[int, _Table], rows: Mapping[int, int]
) -> tuple[Touched, ...]:
    found = []
    for oid, now in after.items():
        if oid not in rows or oid not in before:
            continue
        was = before[oid]
        rewritten, read = now.file != was.file, now.reads > was.reads
        changed = now.changes - was.changes
        if rewritten or changed or now.lock != was.lock or (read and now.lock):
            found.append(Touched(now.name, rows[oid], now.lock, rewritten, read, changed))
    return tuple(found)
