"""Scratch databases: named after the run, dropped by it, and reaped when their run was killed."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from golive.core.outcome import Blind
from golive.database.probe import DatabaseRefused, PostgresServer, ServerObservation, Session
from golive.net.errors import ProbeError

PREFIX = "golive_"
_NAME = re.compile(rf"{PREFIX}(?P<stamp>\d{{8}}t\d{{6}}z)_[a-z0-9_]+")
_STAMP = "%Y%m%dt%H%M%Sz"
_FORGOTTEN_AFTER = timedelta(days=1)
_CREATING = timedelta(minutes=10)

Note = Callable[..., None]
"""Told an event, such as "creating", and the database's name, before it happens; or what went wrong, too."""


class ScratchServer:
    """Where the suite creates databases of its own. It opens no other database than those.

    Args:
        server: by its DSN, whose database is only used to create and drop from.
        run_id: the run's; names begin with it.
        note: the journal.
    """

    def __init__(self, server: PostgresServer, *, run_id: str, note: Note) -> None:
        self.server = server
        self._base = f"{PREFIX}{re.sub('[^a-z0-9]+', '_', run_id.lower())}"[:48]
        self._note = note
        self._created: set[str] = set()

    async def observe(self) -> ServerObservation:
        """Return who answers, at the database that is created and dropped from."""
        async with self._maintenance() as session:
            return await session.observe()

    async def reap(self, now: datetime) -> tuple[str, ...]:
        """Drop what killed runs left behind for more than a day, and return the names.

        Raises:
            ProbeError: as the server's.
        """
        async with self._maintenance() as session:
            found = await session.rows(
                "SELECT datname::text FROM pg_database WHERE datname LIKE 'golive\\_%'"
            )
            old = tuple(name for (name,) in found if _is_forgotten(name, now))
            for name in old:
                self._note("reaping", name)
                await session.rows(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        return old

    async def create(self, purpose: str, *, like: str | None = None) -> str:
        """Create a database of this run, empty or a copy of another of this run, and return its name.

        Args:
            purpose: the end of its name: letters, digits and underscores.
            like: a scratch database to copy; nobody may be connected to it.

        Raises:
            Blind: the server refuses.
            TransportError: it cannot be reached.
        """
        name = f"{self._base}_{purpose}"
        template = f'"{self._own(like)}"' if like else "template0"
        self._note("creating", name)
        self._created.add(name)
        try:
            async with self._maintenance() as session:
                await session.rows(f'CREATE DATABASE "{name}" TEMPLATE {template}')
        except DatabaseRefused as error:
            raise Blind(
                f"a scratch database could not be created: {error}",
                remedy="let the scratch role create databases (ALTER ROLE … CREATEDB)",
            ) from None
        return name

    async def drop(self, name: str) -> None:
        """Drop a database of this run; that it could not be is in the journal, and not raised."""
        try:
            async with self._maintenance() as session:
                await session.rows(f'DROP DATABASE IF EXISTS "{self._own(name)}" WITH (FORCE)')
        except ProbeError as error:
            self._note("not dropped", name, str(error))
        else:
            self._note("dropped", name)
            self._created.discard(name)

    async def drop_all(self) -> None:
        """Drop whatever this run created and did not drop."""
        for name in sorted(self._created):
            await self.drop(name)

    @asynccontextmanager
    async def database(self, purpose: str, *, like: str | None = None) -> AsyncIterator[str]:
        """A database as `create` makes it, dropped at the end, whatever happened in between."""
        name = f"{self._base}_{purpose}"
        try:
            yield await self.create(purpose, like=like)
        finally:
            if name in self._created:
                await self.drop(name)

    @asynccontextmanager
    async def session(self, name: str, *, limit: timedelta) -> AsyncIterator[Session]:
        """A session at a scratch database of this run, and at no other."""
        async with self.server.writing(self._own(name), limit=limit) as session:
            yield session

    def connection(self, name: str) -> dict[str, str]:
        """libpq's keywords for a scratch database of this run."""
        return self.server.parameters | {"dbname": self._own(name)}

    def url(self, name: str) -> str:
        """The same as a URL, as Prisma and others take it."""
        known = self.server.parameters
        secret = f":{quote(known['password'], safe='')}" if "password" in known else ""
        user = f"{quote(known['user'], safe='')}{secret}@" if "user" in known else ""
        rest = {key: value for key, value in known.items() if key.startswith("ssl")}
        query = f"?{urlencode(rest)}" if rest else ""
        host = known.get("host", "localhost")
        return f"postgresql://{user}{host}:{known.get('port', '5432')}/{self._own(name)}{query}"

    def _own(self, name: str) -> str:
        if name not in self._created:
            raise ValueError(f"{name} is no scratch database of this run")
        return name

    @asynccontextmanager
    async def _maintenance(self) -> AsyncIterator[Session]:
        database = self.server.parameters.get("dbname", "postgres")
        async with self.server.writing(database, limit=_CREATING, autocommit=True) as session:
            yield session


def _is_forgotten(name: str, now: datetime) -> bool:
    match = _NAME.fullmatch(name)
    if match is None:
        return False
    created = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
    return now - created > _FORGOTTEN_AFTER
