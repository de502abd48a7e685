"""Room for connections, standbys and statistics of a server, in one look."""

from golive.database.observation import (
    ConnectionsObservation,
    ReplicationObservation,
    Standby,
    StatisticsObservation,
)
from golive.database.probe import DatabaseRefused, Session

_NO_SUCH_TABLE = "42P01"
_NOT_PRELOADED = "55000"


async def observe_connections(session: Session) -> ConnectionsObservation:
    """Raises ProbeError as the session's `rows`."""
    maximum, reserved, in_use, idle = await session.row(
        "SELECT current_setting('max_connections')::int,"
        " current_setting('superuser_reserved_connections')::int"
        "  + coalesce(current_setting('reserved_connections', true), '0')::int,"
        " (SELECT sum(numbackends) FROM pg_stat_database)::int,"
        " (SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        "   AND state_change < now() - interval '1 minute')::int"
    )
    return ConnectionsObservation(session.where, maximum, reserved, in_use, idle)


async def observe_replication(session: Session) -> ReplicationObservation:
    """Raises ProbeError as the session's `rows`."""
    standbys = await session.rows(
        "SELECT coalesce(application_name, ''), coalesce(state, 'not visible to this role'),"
        " CASE WHEN replay_lsn IS NULL THEN NULL"
        "  WHEN replay_lsn >= pg_current_wal_lsn() THEN interval '0'"
        "  ELSE coalesce(replay_lag, interval '0') END"
        " FROM pg_stat_replication"
    )
    slots = await session.rows("SELECT slot_name::text FROM pg_replication_slots WHERE NOT active ORDER BY 1")
    return ReplicationObservation(
        session.where, tuple(Standby(*row) for row in standbys), tuple(str(name) for (name,) in slots)
    )


async def observe_statistics(session: Session) -> StatisticsObservation:
    """Read pg_stat_statements; that it cannot be read is an observation too.

    Raises:
        ProbeError: as the session's `rows`.
    """
    try:
        found = await session.rows(
            "SELECT query, mean_exec_time, calls, count(*) OVER () FROM pg_stat_statements"
            # Utility statements are not normalised, so their text may hold what nobody may see.
            " WHERE query ~* '^\\s*(select|insert|update|delete|with)' ORDER BY mean_exec_time DESC LIMIT 5"
        )
    except DatabaseRefused as error:
        problems = {
            _NO_SUCH_TABLE: "the extension is not created in this database",
            _NOT_PRELOADED: "it is not in shared_preload_libraries, so nothing is collected",
        }
        return StatisticsObservation(session.where, problems.get(error.sqlstate, error.message), 0, ())
    statements = int(found[0][3]) if found else 0
    slowest = tuple((str(text), float(mean), int(calls)) for text, mean, calls, _ in found)
    return StatisticsObservation(session.where, "", statements, slowest)
