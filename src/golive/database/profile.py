"""What a profile says of the database: how it is reached, its migrations, seed, backups and capacity."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration, SecretName
from golive.profile.registry import part


class Migrations(Frozen):
    """The release's migrations."""

    tool: Literal["prisma"] = "prisma"
    """Whose files and table of applied migrations these are."""
    folder: Path
    """Where the release's files lie, ``<name>/migration.sql`` each."""
    longest: Duration = timedelta(minutes=5)
    """What a migration may take on a restored copy of production."""
    blocking_rows: int = Field(default=10_000, ge=0)
    """A table with so many rows must not be rewritten or read through under a lock that blocks writers."""
    accepted: dict[str, str] = {}
    """Migration to the reason why it may block all the same, such as a maintenance window."""


class Seed(Frozen):
    """The script that fills an empty database with what the application needs to begin."""

    command: tuple[str, ...] = Field(min_length=1)
    """Gets the database as ``DATABASE_URL`` and in libpq's variables, PostgreSQL's programs on ``PATH``."""
    deadline: Duration = timedelta(minutes=1)
    """How long the script may take."""
    rows: dict[str, int] = Field(min_length=1)
    """Table to the least number of rows that it must hold afterwards."""


class Backups(Frozen):
    """Where backups are found, and what is promised of them."""

    folder: Path
    """Where the files lie, as the suite reaches them."""
    name: str
    """Their file names as a ``strftime`` pattern in UTC, such as ``shop-%Y%m%dT%H%M%SZ.dump``."""
    fetch: tuple[str, ...] = ()
    """A command that brings them into the folder, where they are kept elsewhere."""
    every: Duration
    """The cadence: no two neighbours are further apart."""
    grace: Duration = timedelta(hours=1)
    """How late one may be."""
    kept: Duration
    """The retention: there is one so old, and none much older."""
    final_age: Duration = timedelta(hours=1)
    """How long before the deployment, or before now, the final backup may have been made."""
    recovery_point: Duration
    """How much work may be lost: the newest backup's age."""
    recovery_time: Duration
    """How long a restore may take."""
    restore_deadline: Duration = timedelta(minutes=30)
    """When a restore is given up."""
    timestamps: tuple[str, ...] = ("updatedAt", "createdAt", "finished_at")
    """Columns that say when a row last changed; only rows up to the backup's moment are compared."""
    changing: dict[str, float] = {}
    """Tables whose old rows change or go, to the share of rows that may differ since the backup."""
    checksums_up_to: int = Field(default=1_000_000, ge=0)
    """Tables with more rows than this are compared by their count and newest row alone."""
    left_out_extensions: tuple[str, ...] = ("pg_stat_statements",)
    """Extensions that a restore leaves out: only a superuser may create them."""
    procedure: tuple[str, ...] = ("pg_dump", "--format=custom", "--file={file}")
    """How a backup is made, for the recovery drill on a scratch database, in libpq's variables."""


class Capacity(Frozen):
    """What the database must have room for."""

    pool: int = Field(ge=1)
    """The most connections of one replica of the API."""
    replicas: int | None = Field(default=None, ge=1)
    """How many replicas there may be; those that the profile lists by default."""
    others: int = Field(default=0, ge=0)
    """Connections of jobs, exporters and people."""
    spare: float = Field(default=0.2, ge=0, lt=1)
    """Share of ``max_connections`` that must be left when everybody has all of theirs."""
    standbys: int = Field(default=0, ge=0)
    """How many standby servers follow."""
    lag: Duration = timedelta(seconds=10)
    """How far a standby may be behind."""


class Database(Frozen):
    """The database of the deployment. Its address is a secret, because its password is in it."""

    dsn: SecretName
    """Of a role that may read: every session of the suite is read-only, and is refused where it is not."""
    scratch: SecretName | None = None
    """Of a server where the suite may create databases, and drops what it created. None: nothing is tried."""
    scratch_on_live_server: str | None = Field(default=None, min_length=8)
    """Why the scratch databases may lie on the live server, which they burden; refused without a reason."""
    schemas: tuple[str, ...] = ("public",)
    """The schemas that belong to the application."""
    programs: Path | None = None
    """The folder of pg_dump, pg_restore and psql; those on the path by default."""
    statement_timeout: Duration = timedelta(seconds=20)
    """When the server ends a statement of the suite."""
    lock_timeout: Duration = timedelta(seconds=2)
    """When the server gives up waiting for a lock, so that nobody queues behind the suite."""
    migrations: Migrations | None = None
    """The release's migrations; None: their lines are unknown."""
    seed: Seed | None = None
    """How an empty database is filled; None: that line is unknown."""
    backups: Backups | None = None
    """What is promised of backups; None: their lines are unknown."""
    capacity: Capacity | None = None
    """What there must be room for; None: that line is unknown."""


DATABASE = part("database", Database)
"""The database, and what is promised of its data."""
