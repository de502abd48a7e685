"""What is seen of backups: files, what was restored from them, recovery, the seed. Facts only."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.net.masking import masked_text

Format = Literal["custom", "tar", "plain", "unknown"]


@dataclass(frozen=True, slots=True)
class DumpObservation:
    """One backup file, as it says itself; ``problem`` says in words why it is none."""

    kind: ClassVar[str] = "database"

    name: str
    taken: datetime
    """By its file's name."""
    size: int
    format: Format = "unknown"
    database: str | None = None
    made: datetime | None = None
    """By its own header: in the time zone of whoever made it, so up to 14 h off."""
    problem: str = ""

    @property
    def title(self) -> str:
        """Its name."""
        return f"backup {self.name}"

    def facts(self) -> dict[str, JsonValue]:
        """What is known of it."""
        return {
            "taken": self.taken.isoformat(),
            "bytes": self.size,
            "format": self.format,
            "of database": self.database,
            "header says": self.made.isoformat() if self.made else None,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class TableContent:
    """One table. ``checksum`` does not depend on the order of rows; empty where the table is too large."""

    rows: int
    checksum: str
    newest: datetime | None
    timestamp: str | None
    """The column that ``newest`` is of, and that the rows were bounded by."""


@dataclass(frozen=True, slots=True)
class ContentObservation:
    """Every table of a database, by its quoted name with its schema."""

    kind: ClassVar[str] = "database"

    where: str
    until: datetime | None
    """Only rows that had last changed by then were looked at, in tables that say when."""
    tables: Mapping[str, TableContent]

    @property
    def title(self) -> str:
        """Where."""
        return f"content of {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Rows, checksum and newest row of each table."""
        return {
            "until": self.until.isoformat() if self.until else None,
            "tables": {
                name: {
                    "rows": table.rows,
                    "checksum": table.checksum or "too large for one",
                    "newest": table.newest.isoformat() if table.newest else None,
                }
                for name, table in self.tables.items()
            },
        }


@dataclass(frozen=True, slots=True)
class RecoveryObservation:
    """A canary was written, backed up, deleted, and looked for after the restore."""

    kind: ClassVar[str] = "database"

    canary: str
    problem: str
    deleted: bool
    """Whether the canary was really gone before the restore."""
    back: bool
    lost_tables: Sequence[str]
    """Tables whose content was another than before."""
    backup_seconds: float
    restore_seconds: float

    @property
    def title(self) -> str:
        """What."""
        return "recovery drill on scratch databases"

    def facts(self) -> dict[str, JsonValue]:
        """All of it."""
        return {
            "canary": self.canary,
            "deleted": self.deleted,
            "back after the restore": self.back,
            "tables that differ": list(self.lost_tables),
            "backup took s": round(self.backup_seconds, 2),
            "restore took s": round(self.restore_seconds, 2),
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class SeedObservation:
    """The seed, run twice on a database that has the release's schema and nothing else."""

    kind: ClassVar[str] = "database"

    problems: Sequence[str]
    """Of each run in turn; empty where it ended well."""
    tables: Sequence[Mapping[str, TableContent]]
    """Content after each run, by the tables' names."""
    seconds: Sequence[float]

    @property
    def title(self) -> str:
        """What."""
        return "seed on a scratch database"

    def facts(self) -> dict[str, JsonValue]:
        """Rows after each run, and times."""
        return {
            "runs": [
                {"took s": round(seconds, 2), "problem": problem}
                for seconds, problem in zip(self.seconds, self.problems, strict=True)
            ],
            "rows": [{name: table.rows for name, table in tables.items()} for tables in self.tables],
        }


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file, and the moment that its name gives."""

    path: Path
    taken: datetime
    size: int


@dataclass(frozen=True, slots=True)
class BackupsObservation:
    """Every backup, the newest first; and files of other names."""

    kind: ClassVar[str] = "database"

    folder: str
    files: Sequence[BackupFile]
    strangers: Sequence[str]

    @property
    def title(self) -> str:
        """Where."""
        return f"backups in {self.folder}"

    def facts(self) -> dict[str, JsonValue]:
        """The newest, the oldest, the widest gap, and each file's size."""
        moments = [entry.taken for entry in self.files]
        gaps = [newer - older for newer, older in itertools.pairwise(moments)]
        return {
            "count": len(self.files),
            "newest": moments[0].isoformat() if moments else None,
            "oldest": moments[-1].isoformat() if moments else None,
            "widest gap": format_duration(max(gaps)) if gaps else None,
            "bytes": {entry.path.name: entry.size for entry in self.files[:60]},
            "of other names": [masked_text(name, longest=80) for name in self.strangers[:20]],
        }


@dataclass(frozen=True, slots=True)
class RestorationObservation:
    """The newest backup, restored into a scratch database, next to the source at the backup's moment."""

    kind: ClassVar[str] = "database"

    dump: DumpObservation
    live: ContentObservation
    database: str | None
    """The scratch database that holds it; None when nothing could be restored."""
    restored: ContentObservation | None
    seconds: float
    problem: str

    @property
    def title(self) -> str:
        """Which."""
        return f"{self.dump.name} restored"

    def facts(self) -> dict[str, JsonValue]:
        """How long it took, and each table on both sides."""
        restored = self.restored.tables if self.restored else {}
        tables: dict[str, JsonValue] = {
            name: "equal" if restored.get(name) == table else _difference(table.rows, restored.get(name))
            for name, table in self.live.tables.items()
        }
        rows = sum(table.rows for table in restored.values())
        return {
            "restore took s": round(self.seconds, 2),
            "rows restored": rows,
            "problem": self.problem,
            "tables, against the source up to the backup's moment": tables,
            "beyond the source": list[JsonValue](sorted(set(restored) - set(self.live.tables))),
        }


def _difference(rows: int, restored: object) -> str:
    return f"source {rows} rows, restored {getattr(restored, 'rows', 'no such table')}"
