"""What the database of a stack is like, as plain data: faults change it before anything starts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

DAY_SECONDS = 86_400.0

ReleaseEdit = Callable[[dict[str, str]], None]
"""Changes the release's files (path -> text) in place: its migrations and its seed."""


@dataclass
class BackupPlan:
    """The backups that are found when somebody asks for them. Times in seconds."""

    ages: list[float] = field(default_factory=lambda: [day * DAY_SECONDS for day in range(8)])
    """How long ago each was made, the newest first: daily, for a week."""
    database: str = "audotics"
    """Which database they are of."""
    options: list[str] = field(default_factory=lambda: ["--format=custom"])
    """Options of pg_dump."""
    kept_share: float = 1.0
    """What part of the newest file is left."""

    def document(self) -> dict[str, object]:
        """The plan as JSON types."""
        return dataclasses.asdict(self)


@dataclass
class DatabasePlan:
    """Settings of the server, what was done to the database by hand, the release's files, the backups."""

    settings: dict[str, str] = field(default_factory=dict)
    """Laid over the server's settings, as they stand in its configuration."""
    edits: list[str] = field(default_factory=list)
    """SQL that is run once the database is migrated and seeded."""
    release_edits: list[ReleaseEdit] = field(default_factory=list)
    backups: BackupPlan = field(default_factory=BackupPlan)
    recovery: list[str] = field(default_factory=lambda: ["pg_dump", "--format=custom", "--file={file}"])
    """The command by which operators back a database up."""
