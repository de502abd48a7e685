"""Backups as files: which there are, and what the newest of them comes to when it is restored."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.database.dump import DumpObservation, look_into, restore
from golive.database.probe import PostgresServer
from golive.database.probe_content import ContentObservation, read_content
from golive.database.profile import Backups
from golive.database.programs import Programs
from golive.database.scratch import ScratchServer
from golive.net.masking import shown_text


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
            "of other names": [shown_text(name, longest=80) for name in self.strangers[:20]],
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


async def list_backups(backups: Backups, programs: Programs) -> BackupsObservation:
    """Fetch the backups where the profile says how, and list them by the moments in their names.

    Raises:
        Blind: the folder cannot be read, or they cannot be fetched.
    """
    if backups.fetch:
        fetched = await programs.run(backups.fetch, deadline=backups.restore_deadline)
        if fetched.problem:
            raise Blind(
                f"the backups could not be fetched: {fetched.problem}",
                remedy=f"run {backups.fetch[0]} … yourself, or mend targets.database.backups.fetch",
            )
    try:
        paths = sorted(path for path in backups.folder.iterdir() if path.is_file())
    except OSError as error:
        raise Blind(
            f"the folder of backups cannot be read: {error.strerror} ({backups.folder})",
            remedy="mount it, or set targets.database.backups.folder",
        ) from None
    files, strangers = [], []
    for path in paths:
        try:
            taken = datetime.strptime(path.name, backups.name).replace(tzinfo=UTC)
        except ValueError:
            strangers.append(path.name)
        else:
            files.append(BackupFile(path, taken, path.stat().st_size))
    files.sort(key=lambda entry: entry.taken, reverse=True)
    return BackupsObservation(str(backups.folder), tuple(files), tuple(strangers))


async def restore_newest(
    file: BackupFile,
    live: PostgresServer,
    scratch: ScratchServer,
    programs: Programs,
    backups: Backups,
    schemas: Sequence[str],
) -> RestorationObservation:
    """Restore a backup into a scratch database, and read both sides up to the backup's moment.

    Raises:
        Blind: a program is missing, or too old.
        ProbeError: the source, or the scratch server, does not answer.
    """
    dump = await look_into(file.path, file.taken, programs)

    async def read(server: PostgresServer | None, database: str | None) -> ContentObservation:
        session = (
            live.reading()
            if server is None
            else server.writing(database or "", limit=backups.restore_deadline)
        )
        async with session as opened:
            return await read_content(
                opened,
                schemas,
                timestamps=backups.timestamps,
                until=file.taken,
                checksums_up_to=backups.checksums_up_to,
            )

    source = await read(None, None)
    if dump.problem:
        return RestorationObservation(dump, source, None, None, 0.0, dump.problem)
    database = await scratch.create("restored")
    done = await restore(
        file.path,
        dump.format,
        programs,
        scratch.connection(database),
        without_extensions=backups.left_out_extensions,
        deadline=backups.restore_deadline,
    )
    if done.problem:
        await scratch.drop(database)
        return RestorationObservation(
            dump, source, None, None, done.seconds, f"it does not restore: {done.problem}"
        )
    restored = await read(scratch.server, database)
    return RestorationObservation(dump, source, database, restored, done.seconds, "")
