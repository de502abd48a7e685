"""Backups: there, regular, restorable, of this database; and recovery, drilled."""

import pytest

from golive.core.duration import format_duration
from golive.database.rules_backups import (
    expect_cadence,
    expect_of_database,
    expect_recovered,
    expect_recovery_point,
    expect_restored,
    expect_retention,
    expect_same_content,
)

pytestmark = pytest.mark.harm("people")


@pytest.mark.serial
@pytest.mark.checklist("db.backup")
async def test_newest_backup_is_young_enough(backups, promised_backups, evidence, now):
    """What came after the newest backup, and would be lost, is no more than may be lost (RPO)."""
    moment = now()
    if evidence(backups).files:
        evidence.note("recovery point", measured=format_duration(moment - backups.files[0].taken))
    expect_recovery_point(backups, at_most=promised_backups.recovery_point, now=moment)


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.checklist("db.backup", "step.final-backup")
async def test_newest_backup_restores(restoration, live_database, promised_backups, evidence):
    """The newest backup is a whole dump of this database, and restores in the time that recovery may take."""
    evidence(restoration.dump)
    evidence.note("recovery time", measured_s=round(evidence(restoration).seconds, 2))
    async with live_database.reading() as session:
        live = await session.observe()
    expect_of_database(restoration, live.database)
    expect_restored(restoration, within=promised_backups.recovery_time)


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.checklist("db.backup", "step.final-backup")
async def test_restored_backup_holds_the_sources_rows(
    restoration, promised_backups, migrated_since, evidence
):
    """Rows, checksums and newest rows of every table agree with the source's at the backup's moment."""
    evidence(restoration)
    evidence(restoration.live)
    evidence.note("migrations applied since the backup", names=list(migrated_since))
    expect_same_content(restoration, promised_backups.changing, migrated_since=migrated_since)


@pytest.mark.serial
@pytest.mark.checklist("bkp.strategy")
async def test_backups_come_as_often_as_promised(backups, promised_backups, evidence, now):
    """Between any two neighbours lies no more than the declared cadence, up to now."""
    expect_cadence(evidence(backups), promised_backups, now=now())


@pytest.mark.serial
@pytest.mark.checklist("bkp.strategy")
async def test_backups_are_kept_as_long_as_promised(backups, promised_backups, evidence, now):
    """The oldest backup is as old as the declared retention, and not much older."""
    expect_retention(evidence(backups), promised_backups, now=now())


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.checklist("bkp.data-recovery")
async def test_lost_row_is_recovered(recovery, promised_backups, evidence):
    """A row that was backed up and then deleted is back after a restore, and nothing else is different."""
    evidence.note("recovery time", measured_s=round(evidence(recovery).restore_seconds, 2))
    expect_recovered(recovery, within=promised_backups.recovery_time)
