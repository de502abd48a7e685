"""The recovery drill and the seed's trial, both on scratch databases."""

import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from golive.database.dump import look_into, restore
from golive.database.observation_backups import (
    ContentObservation,
    RecoveryObservation,
    SeedObservation,
    TableContent,
)
from golive.database.probe_content import read_content
from golive.database.profile import Backups, Seed
from golive.database.programs import Finished, Programs
from golive.database.scratch import ScratchServer

CANARY = "golive_canary"
_WRITE = "INSERT INTO golive_canary VALUES (%s)"
_DELETE = "DELETE FROM golive_canary WHERE id = %s"
_LOOK = "SELECT id FROM golive_canary WHERE id = %s"


async def drill_recovery(
    scratch: ScratchServer,
    source: str,
    canary: str,
    programs: Programs,
    backups: Backups,
    schemas: Sequence[str],
) -> RecoveryObservation:
    """Lose a canary row on a copy of the scratch database ``source``, and recover it by the procedure.

    Raises:
        ProbeError: the scratch server does not answer.
        Blind: a program is missing.
    """
    with tempfile.TemporaryDirectory(prefix="golive-drill-") as place:
        file = Path(place) / "drill.dump"
        async with scratch.database("drill", like=source) as name:
            async with scratch.session(name, limit=backups.restore_deadline) as session:
                await session.rows(f"CREATE TABLE {CANARY} (id text PRIMARY KEY)")
                await session.rows(_WRITE, canary)
                await session.commit()
                before = await read_content(session, schemas, checksums_up_to=backups.checksums_up_to)
            made = await _back_up(scratch, name, file, programs, backups)
            async with scratch.session(name, limit=backups.restore_deadline) as session:
                await session.rows(_DELETE, canary)
                await session.commit()
                left = len(await session.rows(_LOOK, canary))
        if made.problem or not file.exists() or not file.stat().st_size:
            problem = made.problem or "it wrote no file"
            return RecoveryObservation(
                canary, f"the backup failed: {problem}", left == 0, False, (), made.seconds, 0
            )
        return await _recover(scratch, file, canary, programs, backups, before, made.seconds, left == 0)


async def _back_up(
    scratch: ScratchServer, name: str, file: Path, programs: Programs, backups: Backups
) -> Finished:
    command = [word.replace("{file}", str(file)) for word in backups.procedure]
    return await programs.run(
        command,
        deadline=backups.restore_deadline,
        connection=scratch.connection(name),
        url=scratch.url(name),
    )


async def _recover(
    scratch: ScratchServer,
    file: Path,
    canary: str,
    programs: Programs,
    backups: Backups,
    before: ContentObservation,
    backup_seconds: float,
    deleted: bool,
) -> RecoveryObservation:
    began = time.monotonic()
    made = datetime.fromtimestamp(file.stat().st_mtime, UTC)  # noqa: ASYNC240 - of one file
    dump = await look_into(file, made, programs)
    async with scratch.database("recovered") as name:
        problem = dump.problem
        if not problem:
            done = await restore(
                file,
                dump.format,
                programs,
                scratch.connection(name),
                without_extensions=backups.left_out_extensions,
                deadline=backups.restore_deadline,
            )
            problem = done.problem
        took = time.monotonic() - began
        if problem:
            return RecoveryObservation(
                canary, f"the restore failed: {problem}", deleted, False, (), backup_seconds, took
            )
        schemas = sorted({table.partition(".")[0].strip('"') for table in before.tables})
        async with scratch.session(name, limit=backups.restore_deadline) as session:
            after = await read_content(session, schemas, checksums_up_to=backups.checksums_up_to)
            known = any(table.endswith(f".{CANARY}") for table in after.tables)
            found = await session.rows(_LOOK, canary) if known else []
    lost = [table for table, content in before.tables.items() if after.tables.get(table) != content]
    return RecoveryObservation(canary, "", deleted, bool(found), tuple(lost), backup_seconds, took)


async def try_seed(
    scratch: ScratchServer, name: str, seed: Seed, programs: Programs, schemas: Sequence[str]
) -> SeedObservation:
    """Run the seed twice on the scratch database ``name``; the second run only after a good first one.

    Raises:
        ProbeError: the scratch server does not answer.
        Blind: the seed's program is not here.
    """
    problems: list[str] = []
    tables: list[Mapping[str, TableContent]] = []
    seconds: list[float] = []
    for _ in range(2):
        done = await programs.run(
            seed.command, deadline=seed.deadline, connection=scratch.connection(name), url=scratch.url(name)
        )
        problems.append(f"{shlex.join(seed.command)[:120]}: {done.problem}" if done.problem else "")
        seconds.append(done.seconds)
        async with scratch.session(name, limit=seed.deadline) as session:
            tables.append((await read_content(session, schemas)).tables)
        if done.problem:
            break
    return SeedObservation(tuple(problems), tuple(tables), tuple(seconds))
