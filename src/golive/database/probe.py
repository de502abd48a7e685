"""Sessions at a PostgreSQL server: read-only by the server's own rule, with time-outs, and typed errors.

psycopg is imported when the first session is opened: its half second is nothing that a run without the
database should pay.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue

from golive.core.outcome import Blind
from golive.net.deadline import Deadline
from golive.net.errors import ConnectFailed, ConnectionLost, DeadlineExceeded, ProbeError
from golive.net.guard import Guard
from golive.net.masking import masked_text
from golive.profile.secrets import Secret

if TYPE_CHECKING:
    import psycopg

_MOST_ROWS = 200_000
_QUERY_CANCELED = "57014"
_IDLE = timedelta(minutes=2)
_PORTS = frozenset({5432})
_PRISMAS_OWN = frozenset({"schema", "connection_limit", "pool_timeout", "socket_timeout", "pgbouncer"})

Row = tuple[Any, ...]


class DatabaseRefused(ProbeError):
    """The server answered with an error. ``sqlstate`` is PostgreSQL's code (its appendix A), may be empty."""

    def __init__(self, message: str, *, target: str, phase: str, sqlstate: str) -> None:
        super().__init__(message, target=target, phase=phase)
        self.sqlstate = sqlstate


@dataclass(frozen=True, slots=True)
class ServerObservation:
    """Who answered, and as whom. ``read_only`` is what the server itself says of the session."""

    kind: ClassVar[str] = "database"

    where: str
    database: str
    user: str
    version: int
    """PostgreSQL's ``server_version_num``, such as 170010."""
    read_only: bool
    identity: str
    """Differs between servers: the moment of the server's start, and its port."""

    @property
    def major(self) -> int:
        """The major version, such as 17."""
        return self.version // 10_000

    @property
    def title(self) -> str:
        """Where."""
        return f"server of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Database, role, version, and whether the session can write."""
        return {
            "database": self.database,
            "role": self.user,
            "version": f"{self.major}.{self.version % 10_000}",
            "read-only session": self.read_only,
        }


class Session:
    """One session; every call is bounded by the server's statement time-out and by a deadline here."""

    def __init__(self, connection: "psycopg.AsyncConnection[Row]", where: str, deadline: float) -> None:
        self._connection = connection
        self.where = where
        self._deadline = deadline

    async def rows(self, query: str, *values: object) -> list[Row]:
        """Return the rows of one statement, at most 200,000 of them.

        Raises:
            DatabaseRefused: the server answered with an error.
            DeadlineExceeded: the statement took too long.
            ConnectionLost: the connection broke.
        """
        import psycopg  # noqa: PLC0415 - see above

        try:
            async with Deadline(self._deadline):
                cursor = await self._connection.execute(query.encode(), values or None)
                return await cursor.fetchmany(_MOST_ROWS) if cursor.description else []
        except TimeoutError:
            message = f"no answer within {self._deadline:g} s"
            raise DeadlineExceeded(message, target=self.where, phase="query") from None
        except psycopg.Error as error:
            raise typed(error, self.where, "query") from None

    async def row(self, query: str, *values: object) -> Row:
        """Return the first row.

        Raises:
            DatabaseRefused: as `rows`, and when there is none.
        """
        found = await self.rows(query, *values)
        if not found:
            raise DatabaseRefused("no row came back", target=self.where, phase="query", sqlstate="")
        return found[0]

    async def commit(self) -> None:
        """End the transaction that is under way, keeping what it did."""
        await self._connection.commit()

    async def rollback(self) -> None:
        """End the transaction that is under way, undoing what it did."""
        await self._connection.rollback()

    async def observe(self) -> ServerObservation:
        """Return who answers."""
        database, user, version, read_only, identity = await self.row(
            "SELECT current_database(), current_user, current_setting('server_version_num')::int,"
            " current_setting('transaction_read_only') = 'on',"
            " pg_postmaster_start_time()::text || ' ' || current_setting('port')"
        )
        return ServerObservation(self.where, database, user, version, read_only, identity)


class PostgresServer:
    """A server, or one of its databases, by its connection string.

    Args:
        dsn: libpq's, as a URL or as keywords.
        guard: asked whether its hosts may be connected to; a local socket leaves no machine.
        connect_deadline: to connect and sign in.
        statement_timeout: the server ends a statement after it.
        lock_timeout: the server gives up waiting for a lock after it: nobody queues behind the suite.
        name: what the sessions call themselves.
    """

    def __init__(
        self,
        dsn: Secret,
        *,
        guard: Guard,
        connect_deadline: timedelta,
        statement_timeout: timedelta,
        lock_timeout: timedelta,
        name: str,
    ) -> None:
        self._dsn = dsn
        self._guard = guard
        self._connect_deadline = connect_deadline.total_seconds()
        self._statement_timeout = statement_timeout
        self._lock_timeout = lock_timeout
        self._name = name

    @property
    def parameters(self) -> dict[str, str]:
        """The connection string's keywords and values, the password among them.

        Whoever connects, libpq's own programs too, needs them: so the guard is asked here.

        Raises:
            Blind: it is none.
            Refused: one of its hosts, or one that libpq would take from the environment, is not allowed.
        """
        import psycopg  # noqa: PLC0415 - see above
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

        try:
            read = conninfo_to_dict(_without_prismas_own(self._dsn.reveal()))
            known = {key: str(value) for key, value in read.items()}
            for host, port in _dialled(_defaults(known.get("service")) | known):
                self._guard.permit_connection(host, port, usual=_PORTS)
            return known
        except psycopg.ProgrammingError:
            # libpq's message repeats the string.
            raise Blind(
                "the database's connection string cannot be read",
                remedy="write it as postgresql://role:password@host:port/database",
            ) from None

    def where(self, database: str | None = None) -> str:
        """Database, host and port, for messages."""
        known = self.parameters
        name = database or known.get("dbname", "")
        return f"{name}@{known.get('host', 'local socket')}:{known.get('port', '5432')}"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A session that cannot write, in one snapshot (REPEATABLE READ).

        Raises:
            Blind: the server would let it write all the same.
        """
        async with self._connected(None, read_only=True, limit=self._statement_timeout) as session:
            if not (await session.observe()).read_only:
                raise Blind(
                    f"the session at {session.where} would be able to write, so nothing was asked of it",
                    remedy="connect without a pooler that drops session settings, or give a read-only role",
                )
            yield session

    @asynccontextmanager
    async def writing(
        self, database: str, *, limit: timedelta, autocommit: bool = False
    ) -> AsyncIterator[Session]:
        """A session at another database of the server, for scratch databases only."""
        async with self._connected(database, read_only=False, limit=limit, autocommit=autocommit) as open_:
            yield open_

    @asynccontextmanager
    async def _connected(
        self, database: str | None, *, read_only: bool, limit: timedelta, autocommit: bool = False
    ) -> AsyncIterator[Session]:
        import psycopg  # noqa: PLC0415 - see above
        from psycopg.conninfo import make_conninfo  # noqa: PLC0415

        where = self.where(database)
        parameters = self.parameters
        if database is not None:
            parameters["dbname"] = database
        parameters["options"] = " ".join([parameters.get("options", ""), *self._options(read_only, limit)])
        parameters["application_name"] = self._name
        try:
            async with Deadline(self._connect_deadline):
                connection = await psycopg.AsyncConnection.connect(
                    make_conninfo(**parameters), autocommit=autocommit
                )
        except TimeoutError:
            message = f"no session within {self._connect_deadline:g} s"
            raise DeadlineExceeded(message, target=where, phase="connect") from None
        except psycopg.Error as error:
            raise typed(error, where, "connect") from None
        try:
            if not autocommit:
                await connection.set_isolation_level(
                    psycopg.IsolationLevel.REPEATABLE_READ
                    if read_only
                    else psycopg.IsolationLevel.READ_COMMITTED
                )
                await connection.set_read_only(read_only)
            yield Session(connection, where, limit.total_seconds() + 2)
        finally:
            await connection.close()

    def _options(self, read_only: bool, limit: timedelta) -> Sequence[str]:
        settings = {
            "statement_timeout": f"{limit / timedelta(milliseconds=1):.0f}",
            "lock_timeout": f"{self._lock_timeout / timedelta(milliseconds=1):.0f}",
            "idle_in_transaction_session_timeout": f"{max(limit, _IDLE).total_seconds():.0f}s",
            # So that a row's text is the same everywhere.
            "timezone": "UTC",
            "datestyle": "ISO",
            "intervalstyle": "postgres",
            "bytea_output": "hex",
        }
        if read_only:
            settings["default_transaction_read_only"] = "on"
        return [f"-c {name}={value}" for name, value in settings.items()]


def _defaults(service: str | None) -> dict[str, str]:
    """What libpq takes from its environment: ``PGHOST`` and the like, and the service file's words."""
    from psycopg import pq  # noqa: PLC0415 - see above

    if service is not None:
        raise Blind(
            "the database's connection string names a service, whose host nobody here can see",
            remedy="write it as postgresql://role:password@host:port/database",
        )
    options = pq.Conninfo.get_defaults()
    return {option.keyword.decode(): option.val.decode() for option in options if option.val}


def _dialled(parameters: dict[str, str]) -> list[tuple[str, int]]:
    """Hosts and ports that libpq would try, in order; none for a local socket."""
    names = (parameters.get("hostaddr") or parameters.get("host", "")).split(",")
    ports = parameters.get("port", "").split(",")
    given = zip(names, ports if len(ports) == len(names) else ports[:1] * len(names), strict=True)
    return [
        (name, int(port) if port.isdigit() else 5432)
        for name, port in given
        if name and not name.startswith(("/", "@"))
    ]


def _without_prismas_own(dsn: str) -> str:
    """Leave out what only Prisma knows in a connection URL: libpq refuses words that it does not know."""
    if "://" not in dsn or "?" not in dsn:
        return dsn
    url, _, query = dsn.partition("?")
    kept = [pair for pair in query.split("&") if pair.partition("=")[0] not in _PRISMAS_OWN]
    return f"{url}?{'&'.join(kept)}" if kept else url


def typed(error: "psycopg.Error", where: str, phase: str) -> ProbeError:
    """Return what an error of psycopg means: an answer of the server, or a broken transport."""
    sqlstate = error.sqlstate or ""
    words = masked_text((error.diag.message_primary if error.diag else None) or str(error))
    if sqlstate == _QUERY_CANCELED:
        return DeadlineExceeded(words, target=where, phase=phase)
    if sqlstate:
        detail = error.diag.message_detail
        more = f" ({masked_text(detail, longest=120)})" if detail else ""
        return DatabaseRefused(f"{words}{more}", target=where, phase=phase, sqlstate=sqlstate)
    import psycopg  # noqa: PLC0415 - see above

    if not isinstance(error, psycopg.OperationalError):
        return DatabaseRefused(words, target=where, phase=phase, sqlstate="")
    # libpq learns of a refused sign-in without a code of its own.
    if "FATAL:" in str(error):
        return DatabaseRefused(words, target=where, phase=phase, sqlstate="")
    if phase == "connect":
        return ConnectFailed(words, target=where, phase=phase)
    return ConnectionLost(words, target=where, phase=phase)
