"""Room for connections, standbys and statistics of a server, in one look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import JsonValue

from golive.database.probe import DatabaseRefused, Session
from golive.net.masking import shown_name, shown_text

_NO_SUCH_TABLE = "42P01"
_NOT_PRELOADED = "55000"


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that follows. ``lag`` is None where it never confirmed anything."""

    name: str
    state: str
    lag: timedelta | None


@dataclass(frozen=True, slots=True)
class ConnectionsObservation:
    """Connections: how many there may be, how many are kept for superusers, and how many there are now."""

    kind: ClassVar[str] = "database"

    where: str
    maximum: int
    reserved: int
    in_use: int
    idle_in_transaction: int

    @property
    def title(self) -> str:
        """Where."""
        return f"connections of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """All of it."""
        return {
            "max_connections": self.maximum,
            "reserved for superusers": self.reserved,
            "in use": self.in_use,
            "idle in a transaction for over a minute": self.idle_in_transaction,
        }


@dataclass(frozen=True, slots=True)
class ReplicationObservation:
    """Standbys that follow, and replication slots that nobody reads from: those keep files for ever."""

    kind: ClassVar[str] = "database"

    where: str
    standbys: Sequence[Standby]
    idle_slots: Sequence[str]

    @property
    def title(self) -> str:
        """Where."""
        return f"replication of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Each standby's state and lag."""
        shown: list[JsonValue] = [
            {
                "name": shown_name(standby.name, longest=60),
                "state": shown_name(standby.state, longest=30),
                "lag s": None if standby.lag is None else round(standby.lag.total_seconds(), 3),
            }
            for standby in self.standbys
        ]
        return {
            "standbys": shown,
            "slots without a reader": [shown_name(name, longest=60) for name in self.idle_slots],
        }


@dataclass(frozen=True, slots=True)
class StatisticsObservation:
    """What pg_stat_statements knows. ``problem`` says why it cannot be read; empty when it can."""

    kind: ClassVar[str] = "database"

    where: str
    problem: str
    statements: int
    slowest: Sequence[tuple[str, float, int]]
    """Statement, mean milliseconds and calls: the five slowest on average that read or change rows."""

    @property
    def title(self) -> str:
        """Where."""
        return f"statement statistics of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """How many statements are known, and the slowest."""
        slowest: list[JsonValue] = [
            {
                "statement": shown_text(" ".join(text.split()), longest=160),
                "mean ms": round(mean, 2),
                "calls": calls,
            }
            for text, mean, calls in self.slowest
        ]
        return {"statements": self.statements, "problem": self.problem, "slowest": slowest}


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
