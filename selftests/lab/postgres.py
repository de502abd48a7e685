"""A PostgreSQL of a test's own, without the rest of a rehearsal."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from golive.database.probe import PostgresServer
from golive.database.programs import Programs
from golive.database.scratch import ScratchServer
from golive.profile.secrets import Secret
from rehearsal.stack.data.postgres import Database, start_postgres
from rehearsal.stack.network.ports import PortReservations
from rehearsal.stack.processes import Children
from rehearsal.stack.run_directory import RunDirectory
from selftests.examples.probe_loopback import LOOPBACK_ONLY

RUN_ID = "20261128T130000Z-abc123"
SECONDS = timedelta(seconds=10)


@dataclass(frozen=True)
class Lab:
    """A running server; ``noted`` is what its scratch databases' journal was told."""

    database: Database
    noted: list[tuple[str, str]]

    def server(self, *, statement: timedelta = SECONDS, lock: timedelta = SECONDS) -> PostgresServer:
        """The database that stands for the live one."""
        return PostgresServer(
            Secret(self.database.url),
            guard=LOOPBACK_ONLY,
            connect_deadline=SECONDS,
            statement_timeout=statement,
            lock_timeout=lock,
            name="golive lab",
        )

    def scratch(self) -> ScratchServer:
        """Scratch databases of a run."""
        return ScratchServer(self.server(), run_id=RUN_ID, note=lambda *words: self.noted.append(words))

    @property
    def programs(self) -> Programs:
        """pg_dump and the others."""
        return Programs(self.database.programs)

    def dump(self, destination: Path, *options: str) -> Path:
        """Dump the live database."""
        done = asyncio.run(
            self.programs.run(
                ["pg_dump", *options, f"--file={destination}"],
                deadline=SECONDS,
                connection=self.server().parameters,
            )
        )
        assert not done.problem, done.problem
        return destination

    def run(self, *statements: str, database: str | None = None) -> list[tuple[object, ...]]:
        """Run statements, each for itself, and return the last one's rows."""

        async def go() -> list[tuple[object, ...]]:
            name = database or "audotics"
            async with self.server().writing(name, limit=SECONDS, autocommit=True) as session:
                return [await session.rows(statement) for statement in statements][-1]

        return asyncio.run(go())

    def databases(self) -> set[str]:
        """All that there are."""
        return {str(name) for (name,) in self.run("SELECT datname::text FROM pg_database")}


@contextlib.contextmanager
def started() -> Iterator[Lab]:
    """Start a server, in a thread with a loop of its own, and end it."""
    ready, over = threading.Event(), threading.Event()
    found: list[Database] = []

    async def live() -> None:
        run, children, ports = RunDirectory(), Children(), PortReservations()
        await children.start_guard()
        try:
            found.append(await start_postgres(run, ports, children, {"wal_level": "logical"}))
            ready.set()
            await asyncio.to_thread(over.wait)
        finally:
            ready.set()
            await children.stop()
            ports.close()
            run.remove()

    thread = threading.Thread(target=lambda: asyncio.run(live()), name="lab-postgres")
    thread.start()
    try:
        ready.wait(30)
        assert found, "PostgreSQL did not start"
        yield Lab(found[0], [])
    finally:
        over.set()
        thread.join(20)
