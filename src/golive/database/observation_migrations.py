"""What is seen of migrations: their files, what the database remembers, what applying one did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pydantic import JsonValue

from golive.net.masking import masked_name, masked_text


@dataclass(frozen=True, slots=True)
class Touched:
    """What a statement did to a table that was there before the migration."""

    table: str
    rows: int
    """That the table held before the migration."""
    lock: str
    """The strongest lock held on it by then; empty when it blocks no writer."""
    rewritten: bool
    read_through: bool
    changed: int
    """Rows that were updated or deleted."""


@dataclass(frozen=True, slots=True)
class AppliedStatement:
    """One statement, how long it took, and the existing tables that it touched."""

    sql: str
    milliseconds: float
    touched: Sequence[Touched] = ()

    @property
    def short(self) -> str:
        """Its beginning, on one line."""
        return masked_text(" ".join(self.sql.split()), longest=110)


@dataclass(frozen=True, slots=True)
class ApplicationObservation:
    """One migration, applied. ``problem`` is the server's refusal; empty when all of it was applied."""

    kind: ClassVar[str] = "database"

    name: str
    where: str
    statements: Sequence[AppliedStatement] = field(default=())
    problem: str = ""

    @property
    def milliseconds(self) -> float:
        """All statements together."""
        return sum(statement.milliseconds for statement in self.statements)

    @property
    def title(self) -> str:
        """What was applied, and where."""
        return f"{self.name} applied at {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Times, and what was touched by which statement."""
        touched: list[JsonValue] = [
            {
                "statement": statement.short,
                "ms": round(statement.milliseconds, 1),
                "table": entry.table,
                "rows": entry.rows,
                "lock": entry.lock or "none that blocks writers",
                "rewritten": entry.rewritten,
                "read through": entry.read_through,
                "rows changed": entry.changed,
            }
            for statement in self.statements
            for entry in statement.touched
        ]
        return {
            "statements": len(self.statements),
            "ms": round(self.milliseconds, 1),
            "touched": touched[:60],
            **({"problem": self.problem} if self.problem else {}),
        }


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One migration of the release. ``checksum`` is as the tool records it; ``sql`` is empty if no text."""

    name: str
    checksum: str
    sql: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """One row of the history. Neither finished nor rolled back: it failed, or is still running."""

    name: str
    checksum: str
    started: datetime
    finished: datetime | None
    rolled_back: datetime | None

    @property
    def counts(self) -> bool:
        """Whether the database has it."""
        return self.finished is not None and self.rolled_back is None

    @property
    def failed(self) -> bool:
        """Whether it ended in the middle."""
        return self.finished is None and self.rolled_back is None


@dataclass(frozen=True, slots=True)
class MigrationsObservation:
    """The release's files in the order in which they apply, and a database's history in that of its rows."""

    kind: ClassVar[str] = "database"

    where: str
    folder: str
    files: Sequence[MigrationFile]
    history: Sequence[AppliedMigration]

    @property
    def title(self) -> str:
        """Where."""
        return f"migrations of {self.where}"

    def applied(self) -> Mapping[str, AppliedMigration]:
        """Name to the row that counts, in the order in which they finished."""
        done = sorted(
            (row for row in self.history if row.counts), key=lambda row: row.finished or row.started
        )
        return {row.name: row for row in done}

    def pending(self) -> tuple[MigrationFile, ...]:
        """The release's migrations that the database does not have."""
        applied = self.applied()
        return tuple(file for file in self.files if file.name not in applied)

    def facts(self) -> dict[str, JsonValue]:
        """Names and checksums on both sides."""
        return {
            "release": {file.name: file.checksum[:16] for file in self.files},
            "applied": {
                name: f"{row.checksum[:16]} at {row.finished:%Y-%m-%d %H:%M:%SZ}"
                for name, row in self.applied().items()
            },
            "pending": [file.name for file in self.pending()],
            "failed": [masked_name(row.name) for row in self.history if row.failed],
            "rolled back": [masked_name(row.name) for row in self.history if row.rolled_back is not None],
        }
