"""Backups as files: which there are, and what the newest of them comes to when it is restored."""

from collections.abc import Sequence
from datetime import UTC, datetime

from golive.core.outcome import Blind
from golive.database.dump import look_into, restore
from golive.database.observation_backups import (
    BackupFile,
    BackupsObservation,
    ContentObservation,
    RestorationObservation,
)
from golive.database.probe import PostgresServer
from golive.database.probe_content import read_content
from golive.database.profile import Backups
from golive.database.programs import Programs
from golive.database.scratch import ScratchServer


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
                remedy=f"run {backups.fetch[0]} … yourself, or fix targets.database.backups.fetch",
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
