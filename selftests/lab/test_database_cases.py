"""A real PostgreSQL and what can be wrong with it: sessions, scratch databases, migrations, dumps."""

import asyncio
import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from golive.core.outcome import Blind
from golive.database.dump import look_into
from golive.database.observation_migrations import ApplicationObservation, MigrationFile
from golive.database.probe import DatabaseRefused, PostgresServer
from golive.database.probe_applying import apply_migration
from golive.database.probe_backups import list_backups, restore_newest
from golive.database.probe_catalogue import read_catalogue
from golive.database.probe_migrations import read_prisma_files, read_prisma_history
from golive.database.profile import Backups
from golive.database.rules_migrations import heavy_statements
from golive.net.errors import ConnectFailed, DeadlineExceeded
from golive.profile.secrets import Secret
from selftests.examples.probe_loopback import LOOPBACK_ONLY
from selftests.lab.postgres import SECONDS, Lab, started

NOW = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
ROWS = 3000
SCHEMA = """
    CREATE TABLE song
        (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x', rating int, "createdAt" timestamptz);
    CREATE TABLE empty (id int);
    INSERT INTO song SELECT n, 'x' || n, n % 5, '2026-11-01Z' FROM generate_series(1, 3000) n
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One server for all tests; its database has two tables."""
    with started() as lab:
        lab.run(SCHEMA)
        yield lab


def read_only(lab: Lab, sql: str, **limits: timedelta) -> list[tuple[object, ...]]:
    async def go() -> list[tuple[object, ...]]:
        async with lab.server(**limits).reading() as session:
            return await session.rows(sql)

    return asyncio.run(go())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO song VALUES (0)",
        "CREATE TABLE mine ()",
        "DROP TABLE song",
        "SELECT nextval('s')",
        "TRUNCATE song",
        "COPY song FROM PROGRAM 'true'",
    ],
)
def test_a_session_at_the_live_database_cannot_write(lab, statement):
    """By the server's own refusal, even as a superuser."""
    lab.run("CREATE SEQUENCE IF NOT EXISTS s")
    with pytest.raises(DatabaseRefused, match="read-only transaction") as caught:
        read_only(lab, statement)
    assert caught.value.sqlstate == "25006"


def test_a_session_is_bound_before_its_first_statement(lab):
    """By settings that it begins with: nothing can be asked without them."""
    names = ("default_transaction_read_only", "statement_timeout", "lock_timeout", "application_name")
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    assert read_only(lab, f"SELECT {asked}") == [("on", "10s", "10s", "golive lab")]


def test_a_slow_statement_and_a_lock_end_by_themselves(lab):
    """Nobody queues behind the suite."""
    with pytest.raises(DeadlineExceeded, match="statement timeout"):
        read_only(lab, "SELECT pg_sleep(5)", statement=timedelta(milliseconds=100))

    async def locked() -> None:
        async with lab.server().writing("audotics", limit=SECONDS) as holder:
            await holder.rows("LOCK TABLE song IN ACCESS EXCLUSIVE MODE")
            async with lab.server(lock=timedelta(milliseconds=100)).reading() as session:
                await session.rows("SELECT 1 FROM song")

    with pytest.raises(DatabaseRefused, match="lock timeout"):
        asyncio.run(locked())


@pytest.mark.parametrize(
    ("ending", "error", "words"),
    [
        ("/nowhere", DatabaseRefused, 'database "nowhere" does not exist'),
        ("/audotics?password=wrong", DatabaseRefused, "password authentication failed"),
        ("?no such word=1", Blind, "connection string cannot be read"),
        ("/audotics?schema=public&connection_limit=5", None, ""),
    ],
)
def test_a_wrong_address_is_said_without_the_password(lab, ending, error, words):
    """Prisma's own words in a URL are none of libpq's, and are no mistake."""
    url = lab.database.url.removesuffix("/audotics") + ending
    server = PostgresServer(
        Secret(url),
        guard=LOOPBACK_ONLY,
        connect_deadline=SECONDS,
        statement_timeout=SECONDS,
        lock_timeout=SECONDS,
        name="x",
    )

    async def go() -> None:
        async with server.reading():
            pass

    if error is None:
        asyncio.run(go())
        return
    with pytest.raises(error, match=words) as caught:
        asyncio.run(go())
    assert lab.server().parameters["password"] not in str(caught.value)


def test_a_server_that_is_not_there_is_a_transport_error():
    """Which the control targets then judge."""
    server = PostgresServer(
        Secret("postgresql://a:b@127.0.0.1:1/x"),
        guard=LOOPBACK_ONLY,
        connect_deadline=SECONDS,
        statement_timeout=SECONDS,
        lock_timeout=SECONDS,
        name="x",
    )

    async def go() -> None:
        async with server.reading():
            pass

    with pytest.raises(ConnectFailed, match=r"x@127\.0\.0\.1:1"):
        asyncio.run(go())


def test_scratch_databases_are_journalled_and_dropped_whatever_happens(lab):
    """Before they exist, and after a failure in between."""
    scratch = lab.scratch()

    async def fail() -> None:
        async with scratch.database("a") as name, scratch.database("b", like=name):
            raise RuntimeError("in between")

    before = lab.databases()
    with pytest.raises(RuntimeError, match="in between"):
        asyncio.run(fail())
    names = [f"golive_20261128t130000z_abc123_{purpose}" for purpose in "ab"]
    assert lab.noted == [
        ("creating", names[0]),
        ("creating", names[1]),
        ("dropped", names[1]),
        ("dropped", names[0]),
    ]
    assert lab.databases() == before


def test_a_killed_runs_databases_are_reaped_a_day_later(lab):
    """A run that may still be going on keeps its own; nobody else's database is touched."""
    for name in ("golive_20261127t120000z_dead_a", "golive_20261128t120000z_alive_a", "golive_notes"):
        lab.run(f'CREATE DATABASE "{name}"')
    assert asyncio.run(lab.scratch().reap(NOW)) == ("golive_20261127t120000z_dead_a",)
    assert {"golive_20261128t120000z_alive_a", "golive_notes"} <= lab.databases()


@pytest.mark.parametrize("name", ["audotics", "postgres", "golive_20261128t130000z_other_a"])
def test_no_other_database_is_opened_copied_or_dropped(lab, name):
    """What this run did not create is not its own."""
    scratch = lab.scratch()

    async def open_it() -> None:
        async with scratch.session(name, limit=SECONDS):
            pass

    for deed in (open_it(), scratch.drop(name), scratch.create("a", like=name)):
        with pytest.raises(ValueError, match="no scratch database of this run"):
            asyncio.run(deed)


def applied(lab: Lab, sql: str) -> tuple[ApplicationObservation, list[str]]:
    """Apply a migration to a copy of the database; also what its statements do to large tables."""
    scratch = lab.scratch()

    async def go() -> ApplicationObservation:
        async with scratch.database("m") as name:
            async with scratch.session(name, limit=SECONDS) as session:
                await session.rows(SCHEMA)
                await session.commit()
            return await apply_migration(
                scratch.server, name, MigrationFile("m", "", sql), ["public"], SECONDS
            )

    done = asyncio.run(go())
    return done, [why for _, why in heavy_statements(done, rows=1000)]


@pytest.mark.parametrize(
    ("sql", "heavy"),
    [
        ("ALTER TABLE song ADD COLUMN note text", []),
        ("ALTER TABLE song ADD COLUMN note text NOT NULL DEFAULT 'x'", []),
        ("CREATE INDEX CONCURRENTLY i ON song (rating)", []),
        ("CREATE INDEX i ON empty (id); ALTER TABLE empty ALTER COLUMN id TYPE bigint", []),
        ("ALTER TABLE song ADD CONSTRAINT c CHECK (rating < 9) NOT VALID", []),
        ("CREATE INDEX i ON song (rating)", ["reads through the 3000 rows of public.song under ShareLock"]),
        (
            "ALTER TABLE song ALTER COLUMN rating TYPE bigint",
            ["rewrites the 3000 rows of public.song under Acc"],
        ),
        ("ALTER TABLE song ADD COLUMN r float DEFAULT random()", ["rewrites the 3000 rows of public.song"]),
        ("ALTER TABLE song ALTER COLUMN rating SET NOT NULL", ["reads through the 3000 rows of public.song"]),
        (
            "ALTER TABLE song ADD CONSTRAINT c CHECK (rating < 9)",
            ["reads through the 3000 rows of public.song"],
        ),
        ("UPDATE song SET name = 'y'", ["changes the 3000 rows of public.song, keeping each locked"]),
        ("ALTER TABLE song ADD note text; UPDATE song SET note = name", ["changes the 3000 rows"]),
    ],
)
def test_what_a_migration_does_to_a_large_table_is_seen(lab, sql, heavy):
    """From locks, scans and rewritten files that PostgreSQL itself reports."""
    done, found = applied(lab, sql)
    assert not done.problem
    assert len(found) == len(heavy), found
    for seen, words in zip(found, heavy, strict=True):
        assert seen.startswith(words)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "ALTER TABLE song ADD COLUMN note text NOT NULL",
            'column "note" of relation "song" contains null values',
        ),
        ("SELECT 1; ALTER TABLE nowhere ADD COLUMN a int", "does not exist (statement 2 of 2)"),
        ("SELECT 1; CREATE INDEX CONCURRENTLY i ON song (rating)", "cannot run inside a transaction block"),
        ("CREATE TABLE a (", "syntax error at end of input"),
    ],
)
def test_a_migration_that_does_not_apply_is_said_in_the_servers_words(lab, sql, words):
    """And leaves nothing half done."""
    done, _ = applied(lab, sql)
    assert words in done.problem


def test_prismas_files_and_history_are_read(lab, tmp_path):
    """The checksum is the SHA-256 of the file's bytes; a database without a history has none."""
    for name, sql in (("2_b", b"SELECT 2"), ("1_a", b"SELECT 1\n"), ("3_c", b"\xff")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "migration.sql").write_bytes(sql)
    files = read_prisma_files(tmp_path)
    assert [file.name for file in files] == ["1_a", "2_b", "3_c"]
    assert files[0].checksum == hashlib.sha256(b"SELECT 1\n").hexdigest()
    assert files[2].problem == "it is no UTF-8 text"
    with pytest.raises(Blind, match=r"no <name>/migration.sql lies below"):
        read_prisma_files(tmp_path / "1_a")

    async def history() -> object:
        async with lab.server().reading() as session:
            return await read_prisma_history(session)

    assert asyncio.run(history()) == ()


def test_a_catalogue_names_every_kind_of_object(lab):
    """Each by a definition that says what matters of it."""
    lab.run(
        "CREATE TYPE mood AS ENUM ('happy', 'sad')",
        'CREATE TABLE kinds (id int GENERATED ALWAYS AS IDENTITY, m mood, t text COLLATE "C",'
        " twice int GENERATED ALWAYS AS (1 + 1) STORED)",
        "CREATE VIEW seen AS SELECT id FROM kinds",
        "ALTER TABLE kinds ADD CONSTRAINT late CHECK (id > 0) NOT VALID",
    )

    async def read() -> dict[str, str]:
        async with lab.server().reading() as session:
            return dict((await read_catalogue(session, ["public"])).objects)

    objects = asyncio.run(read())
    assert objects["enum public.mood"] == "happy, sad"
    assert objects["column kinds.id"] == "integer not null identity always"
    assert objects["column kinds.twice"] == "integer null generated as (1 + 1)"
    assert objects["column kinds.t"] == "text collate C null"
    assert "FROM public.kinds" in objects["view seen"]
    assert objects["constraint late of kinds"] == "CHECK ((id > 0)) NOT VALID (not validated)"
    lab.run("DROP TABLE kinds CASCADE", "DROP TYPE mood")


FORMATS = {"custom": ("--format=custom",), "tar": ("--format=tar",), "plain": ("--format=plain",)}


@pytest.mark.parametrize("form", [*FORMATS, "gzip"])
def test_a_backup_of_any_format_restores_to_the_same_content(lab, tmp_path, form):
    """pg_dump's archives and its script, compressed or not."""
    file = lab.dump(tmp_path / "20261128.dump", *FORMATS.get(form, FORMATS["plain"]))
    if form == "gzip":
        file.write_bytes(gzip.compress(file.read_bytes()))
    promised = Backups(
        folder=tmp_path,
        name="%Y%m%d.dump",
        every=timedelta(days=1),
        kept=timedelta(days=1),
        recovery_point=timedelta(days=1),
        recovery_time=SECONDS,
    )
    scratch = lab.scratch()

    async def go() -> object:
        (newest,) = (await list_backups(promised, lab.programs)).files
        seen = await restore_newest(newest, lab.server(), scratch, lab.programs, promised, ["public"])
        await scratch.drop_all()
        return seen

    seen = asyncio.run(go())
    assert not seen.problem
    assert seen.live.tables == seen.restored.tables
    assert seen.restored.tables["public.song"].rows == ROWS


def broken(content: bytes) -> dict[str, tuple[bytes, str]]:
    """Name to what is wrong with a script, and how it is said."""
    return {
        "empty": (b"", "the file is empty"),
        "something else": (b"hello", "no dump of PostgreSQL"),
        "cut": (content[: len(content) // 2], "cut off: its last line is missing"),
        "cut when compressed": (gzip.compress(content)[:-200], "cut off or damaged"),
        "connects elsewhere": (
            b"\n\\connect audotics\n".join(content.split(b"\n\n", 1)),
            "a command of psql",
        ),
        "runs a program": (b"\n\\! rm -rf /\n".join(content.split(b"\n\n", 1)), "a command of psql"),
        "makes a database": (
            b"\nCREATE DATABASE audotics2;\n".join(content.split(b"\n\n", 1)),
            "beyond its database",
        ),
    }


def test_a_script_that_is_no_whole_backup_is_said_in_words(lab, tmp_path):
    """Nor one that would reach beyond the scratch database that it is restored into."""
    content = lab.dump(tmp_path / "good", "--format=plain").read_bytes()
    for what, (wrong, words) in broken(content).items():
        (tmp_path / "bad").write_bytes(wrong)
        seen = asyncio.run(look_into(tmp_path / "bad", NOW, lab.programs))
        assert words in seen.problem, what


def test_an_archive_that_is_cut_off_in_its_contents_is_said_in_words(lab, tmp_path):
    """Cut off in its data it is only found by restoring."""
    content = lab.dump(tmp_path / "good", "--format=custom").read_bytes()
    (tmp_path / "bad").write_bytes(content[:1000])
    seen = asyncio.run(look_into(tmp_path / "bad", NOW, lab.programs))
    assert seen.problem.startswith("its table of contents cannot be read")
    assert asyncio.run(look_into(tmp_path / "good", NOW, lab.programs)).database == "audotics"
