"""What backups must be: there, young, regular, whole, restorable, and the source's own data."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from golive.core.duration import format_duration
from golive.database.observation_backups import (
    BackupsObservation,
    RecoveryObservation,
    RestorationObservation,
    TableContent,
)
from golive.database.profile import Backups
from golive.net.masking import masked_text
from golive.rules.failure import fail

_ZONES = timedelta(hours=15)
"""A dump's header is in the local time of whoever made it."""
_CLOCKS = timedelta(minutes=5)


def expect_some_backup(observation: BackupsObservation) -> None:
    """There is a backup at all."""
    if not observation.files:
        strangers = f"; {len(observation.strangers)} files of other names" if observation.strangers else ""
        fail("backups", expected="at least one", observed=f"none{strangers}", where=observation.folder)


def expect_recovery_point(observation: BackupsObservation, *, at_most: timedelta, now: datetime) -> None:
    """The newest backup is young enough: what came after it would be lost (RPO)."""
    expect_some_backup(observation)
    newest = observation.files[0]
    age = now - newest.taken
    where = f"{newest.path.name} in {observation.folder}"
    if age > at_most:
        fail(
            "newest backup's age",
            expected=f"≤ {format_duration(at_most)}",
            observed=format_duration(age),
            where=where,
        )
    if age < -_CLOCKS:
        fail("newest backup's moment", expected="in the past", observed=newest.taken.isoformat(), where=where)


def expect_cadence(observation: BackupsObservation, backups: Backups, *, now: datetime) -> None:
    """From the oldest that must be kept to now, no two neighbours are further apart than promised."""
    expect_some_backup(observation)
    moments = [now, *(entry.taken for entry in observation.files)]
    most = backups.every + backups.grace
    for newer, older in itertools.pairwise(moments):
        if newer - older > most:
            fail(
                "gap in the backups",
                expected=f"one every {format_duration(backups.every)}, within {format_duration(most)}",
                observed=f"none for {format_duration(newer - older)} before {newer:%Y-%m-%d %H:%M}Z",
                where=observation.folder,
            )


def expect_retention(observation: BackupsObservation, backups: Backups, *, now: datetime) -> None:
    """Backups reach as far back as promised, and hardly further: what is kept too long is kept wrongly."""
    expect_some_backup(observation)
    oldest = now - observation.files[-1].taken
    slack = backups.every + backups.grace
    kept = format_duration(backups.kept)
    if oldest < backups.kept - slack:
        observed = f"{format_duration(oldest)} ({len(observation.files)} backups)"
        fail("oldest backup", expected=f"kept for {kept}", observed=observed, where=observation.folder)
    if oldest > backups.kept + slack:
        fail(
            "oldest backup",
            expected=f"removed after {kept}",
            observed=f"{format_duration(oldest)} old",
            where=observation.folder,
        )


def expect_final_backup(observation: BackupsObservation, *, deployment: datetime, at_most: timedelta) -> None:
    """A backup was made shortly before the deployment, and not after it."""
    expect_some_backup(observation)
    before = [entry.taken for entry in observation.files if entry.taken <= deployment + _CLOCKS]
    newest = max(before, default=None)
    if newest is None or deployment - newest > at_most:
        observed = f"{format_duration(deployment - newest)} before" if newest else "none before"
        fail(
            "final backup",
            expected=f"at most {format_duration(at_most)} before {deployment:%Y-%m-%d %H:%M}Z",
            observed=observed,
            where=observation.folder,
        )


def expect_of_database(observation: RestorationObservation, database: str) -> None:
    """The backup can be read, is of this database, and was made when its name says."""
    dump = observation.dump
    if dump.problem:
        fail(
            f"backup {dump.name}",
            expected="a whole dump of PostgreSQL",
            observed=dump.problem,
            where=dump.title,
        )
    if dump.database is not None and dump.database != database:
        fail(
            "backup of",
            expected=f"database {database}",
            observed=masked_text(dump.database),
            where=dump.title,
        )
    if dump.made is not None and abs(dump.made - dump.taken) > _ZONES:
        fail(
            "backup's own header",
            expected=f"to be of {dump.taken:%Y-%m-%d %H:%M}Z, as its name says",
            observed=f"{dump.made:%Y-%m-%d %H:%M}",
            where=dump.title,
        )


def expect_restored(observation: RestorationObservation, *, within: timedelta) -> None:
    """The backup restored without an error, in the time that recovery may take (RTO)."""
    if observation.problem or observation.restored is None:
        problem = observation.problem or "nothing was restored"
        fail(
            f"restore of {observation.dump.name}",
            expected="no error",
            observed=problem,
            where=observation.dump.title,
        )
    took = timedelta(seconds=observation.seconds)
    if took > within:
        fail(
            "time to restore",
            expected=f"≤ {format_duration(within)}",
            observed=format_duration(took),
            where=observation.dump.title,
        )


def expect_same_content(
    observation: RestorationObservation,
    changing: Mapping[str, float],
    *,
    migrated_since: Sequence[str] = (),
) -> None:
    """Every table of the source was restored, with the rows that it held at the backup's moment.

    Args:
        observation: both sides, up to the backup's moment.
        changing: table to the share of rows that may have changed or gone since.
        migrated_since: migrations that were applied since. Tables may be new then, and rows may have other
            columns, so that only their number is compared.
    """
    restored = observation.restored.tables if observation.restored else {}
    source = observation.live.tables
    where = observation.dump.title
    if not source or not any(table.rows for table in source.values()):
        fail("rows of the source", expected="some", observed="none", where=observation.live.where)
    missing = sorted(set(source) - set(restored))
    if missing and not migrated_since:
        observed = f"without {', '.join(missing[:5])}" + (
            f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        )
        fail("tables in the backup", expected=f"all {len(source)}", observed=observed, where=where)
    for name, wanted in source.items():
        found = restored.get(name)
        if found is None or (migrated_since and found.rows == wanted.rows):
            continue
        if found != wanted:
            _expect_drift(name, wanted, found, changing.get(_plain(name), 0.0), where)


def _expect_drift(name: str, wanted: TableContent, found: TableContent, share: float, where: str) -> None:
    apart = abs(wanted.rows - found.rows)
    if share and apart <= share * max(wanted.rows, found.rows, 1):
        return
    if apart:
        fail(f"rows of {name}", expected=wanted.rows, observed=found.rows, where=where)
    if wanted.newest != found.newest:
        fail(f"newest row of {name}", expected=wanted.newest, observed=found.newest, where=where)
    fail(
        f"checksum over the {wanted.rows} rows of {name}",
        expected=wanted.checksum,
        observed=found.checksum,
        where=where,
    )


def expect_recovered(observation: RecoveryObservation, *, within: timedelta) -> None:
    """The canary was deleted and came back, nothing else is different, and it took no longer than it may."""
    where = observation.title
    if observation.problem:
        fail("recovery drill", expected="to end well", observed=observation.problem, where=where)
    if not observation.deleted:
        fail("canary", expected="deleted before the restore", observed="still there", where=where)
    if not observation.back:
        fail("canary", expected="back after the restore", observed="lost", where=where)
    if observation.lost_tables:
        observed = ", ".join(observation.lost_tables[:5])
        fail(
            "tables after the restore",
            expected="as before",
            observed=f"other content in {observed}",
            where=where,
        )
    took = timedelta(seconds=observation.restore_seconds)
    if took > within:
        fail(
            "time to recover",
            expected=f"≤ {format_duration(within)}",
            observed=format_duration(took),
            where=where,
        )


def _plain(name: str) -> str:
    return name.partition(".")[2].strip('"')
