"""Roles for those who verify the database, one that may only read, one that may only make its own; and for
its exporter."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg

READER = "golive_reader"
SCRATCH = "golive_scratch"
EXPORTER = "exporter"


@dataclass(frozen=True)
class Roles:
    """Passwords of one run."""

    reader_password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    scratch_password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    exporter_password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)

    def reader_url(self, database_url: str) -> str:
        """The database, as the role that may only read it."""
        parts = urlsplit(database_url)
        return f"postgresql://{READER}:{self.reader_password}@{parts.hostname}:{parts.port}{parts.path}"

    def scratch_url(self, database_url: str) -> str:
        """The same server, as the role that may create databases and read nobody else's."""
        parts = urlsplit(database_url)
        return f"postgresql://{SCRATCH}:{self.scratch_password}@{parts.hostname}:{parts.port}/postgres"

    def exporter_url(self, database_url: str, password: str | None = None) -> str:
        """The database, as its exporter signs in; with the right password unless another is given."""
        parts = urlsplit(database_url)
        known = password or self.exporter_password
        return f"postgresql://{EXPORTER}:{known}@{parts.hostname}:{parts.port}{parts.path}"


async def create_roles(connection: asyncpg.Connection, roles: Roles) -> None:
    """Create all; passwords are of letters, digits, `-` and `_`."""
    await connection.execute(
        f"CREATE ROLE {READER} LOGIN PASSWORD '{roles.reader_password}' IN ROLE pg_read_all_data, pg_monitor;"
        f"CREATE ROLE {SCRATCH} LOGIN CREATEDB PASSWORD '{roles.scratch_password}';"
        f"CREATE ROLE {EXPORTER} LOGIN PASSWORD '{roles.exporter_password}' IN ROLE pg_monitor"
    )
