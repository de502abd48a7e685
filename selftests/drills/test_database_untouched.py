"""A run against a live database never writes to it: shown by the server's own statement log."""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from selftests.drills.drill import ROOT
from selftests.drills.profiles import as_toml, merged
from selftests.rehearsal.stack_process import RunningStack, open_directory, start_stack

READS = ("begin", "commit", "rollback", "select", "set", "show")
"""What a statement of the verifying role may begin with; each is in a READ ONLY transaction besides."""
LOGGED = re.compile(
    r"^(?P<database>[^|]*)\|(?P<role>[^|]*)\|(?P<name>[^|]*)\|LOG:  (?:statement|execute [^:]*): (?P<sql>.*)$"
)
LINES = (
    "db.schema",
    "db.seed",
    "db.backup",
    "db.migrations",
    "db.scaling",
    "bkp.data-recovery",
    "step.final-backup",
)


@pytest.fixture
def stack() -> Iterator[RunningStack]:
    """A rehearsal that writes every statement into its log."""
    with open_directory() as temporary:
        stack = start_stack(temporary)
        with psycopg.connect(stack.facts["stack"]["database_url"], autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET log_statement = 'all'")
            connection.execute("ALTER SYSTEM SET log_line_prefix = '%d|%u|%a|'")
            connection.execute("SELECT pg_reload_conf()")
        try:
            yield stack
        finally:
            stack.end()


def test_run_writes_nothing_to_the_live_database(stack, tmp_path):
    """Every statement of the verifying role in the live database reads, and its counters and rows stay."""
    before = _content(stack)
    summary = _verify(stack, tmp_path)
    assert all(f'"{line}"' in summary for line in LINES), summary
    statements = _statements(stack)
    live = [sql for database, role, sql in statements if database == "audotics" and role.startswith("golive")]
    assert len(live) > 20, "the log shows what the checks asked"
    assert not [sql for sql in live if not sql.lower().startswith(READS)]
    written = {database for database, role, sql in statements if role == "golive_scratch"}
    assert written
    assert all(name.startswith("golive_") or name == "postgres" for name in written)
    assert _content(stack) == before
    assert _databases(stack) == {"audotics", "postgres", "template0", "template1"}, (
        "scratch databases are gone"
    )


def _verify(stack: RunningStack, folder: Path) -> str:
    """Verify the running stack as an environment that the run did not start."""
    profile = tomllib.loads((ROOT / "environments" / "rehearsal.toml").read_text(encoding="utf-8"))
    del profile["start"]
    # Profiles lie below the project's root; what is in reports/ is kept by nobody.
    with tempfile.TemporaryDirectory(dir=ROOT / "reports", prefix=".environments-") as environments:
        document = merged(profile, stack.facts["profile"])
        # Nobody signs by rehearsal where the run did not start the environment.
        document.get("people", {}).pop("rehearse", None)
        live = as_toml(document)
        (Path(environments) / "live.toml").write_text(live, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "tests/pre_deploy", "tests/deploy", "-k", "database"]
        command += ["-m", "pre_deploy or deploy", "--env=live", "-p", "no:html", "-p", "no:allure_pytest"]
        command += ["-o", f"golive_environments={environments}", "-o", f"golive_reports={folder}"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | stack.facts["secrets"],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    said = done.stdout + done.stderr
    assert re.search(r"\b\d+ passed", said), said
    assert not re.search(r"\d+ (failed|error)", said), said
    (record,) = folder.rglob("summary.json")
    return record.read_text(encoding="utf-8")


def _statements(stack: RunningStack) -> list[tuple[str, str, str]]:
    (run,) = stack.directories()
    log = (run / "logs" / "postgres.log").read_text(encoding="utf-8", errors="replace")
    found = (LOGGED.match(line) for line in log.splitlines())
    return [(match["database"], match["role"], match["sql"].strip()) for match in found if match]


def _content(stack: RunningStack) -> dict[str, object]:
    """Rows and checksum of each table, and what the server counted of rows written."""
    with psycopg.connect(stack.facts["stack"]["database_url"]) as connection:
        names = connection.execute(
            "SELECT quote_ident(relname) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        content: dict[str, object] = {
            name: connection.execute(f"SELECT count(*), sum(hashtext(t::text)) FROM {name} t").fetchone()  # noqa: S608
            for (name,) in names
        }
        content["written"] = connection.execute(
            "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables"
        ).fetchone()
        return content


def _databases(stack: RunningStack) -> set[str]:
    with psycopg.connect(stack.facts["stack"]["database_url"]) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
