"""What a database holds: rows, checksum and newest row of each table, comparable between copies."""

from collections.abc import Sequence
from datetime import datetime

from golive.database.observation_backups import ContentObservation, TableContent
from golive.database.probe import Session

_TABLES = (
    "SELECT format('%%I.%%I', n.nspname, c.relname),"
    " (SELECT a.attname::text FROM unnest(%s::text[]) WITH ORDINALITY wanted(name, place)"
    "   JOIN pg_attribute a ON a.attname = wanted.name AND a.attrelid = c.oid AND a.atttypid IN"
    "    ('timestamp'::regtype, 'timestamptz'::regtype) ORDER BY wanted.place LIMIT 1)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY(%s) ORDER BY 1"
)


async def read_content(
    session: Session,
    schemas: Sequence[str],
    *,
    timestamps: Sequence[str] = (),
    until: datetime | None = None,
    checksums_up_to: int = 1_000_000,
) -> ContentObservation:
    """Count and checksum every table of ``schemas``.

    Args:
        session: the database.
        schemas: names.
        timestamps: columns that say when a row last changed, the best first.
        until: leave out rows that changed later, where a table says when.
        checksums_up_to: rows up to which a table is read through for its checksum.

    Raises:
        ProbeError: as the session's `rows`.
    """
    tables: dict[str, TableContent] = {}
    for name, timestamp in await session.rows(_TABLES, list(timestamps), list(schemas)):
        tables[str(name)] = await _table(session, name, timestamp, until, checksums_up_to)
    return ContentObservation(session.where, until, tables)


async def _table(
    session: Session, name: str, timestamp: str | None, until: datetime | None, checksums_up_to: int
) -> TableContent:
    column = f'"{timestamp.replace(chr(34), chr(34) * 2)}"'.replace("%", "%%") if timestamp else None
    table = name.replace("%", "%%")
    bound = f"WHERE {column} <= %s" if column and until else ""
    values = [until] if bound else []
    newest = f"max({column})::timestamptz" if column else "NULL::timestamptz"
    # Names come quoted from the catalogue. Hashes are added up, so that the order of rows does not matter.
    count_them = f"SELECT count(*), {newest} FROM {table} t {bound}"  # noqa: S608
    add_up = f"SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t {bound}"  # noqa: S608
    count, latest = await session.row(count_them, *values)
    checksum = ""
    if count <= checksums_up_to:
        (total,) = await session.row(add_up, *values)
        checksum = f"{int(total) & (1 << 96) - 1:x}"
    return TableContent(int(count), checksum, latest, timestamp)
