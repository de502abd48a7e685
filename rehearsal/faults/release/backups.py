"""Backups that are missing, late, broken, or of something else; and a procedure that saves too little."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.stack.data.database_plan import DAY_SECONDS
from rehearsal.stack.plan import StackPlan

UNUSABLE = ("db.backup", "step.final-backup")
NOT_THERE = (*UNUSABLE, "bkp.strategy")


class NoBackup(Fault):
    """There is no backup at all."""

    name = "backups.none"
    expected_failures = NOT_THERE
    proves = ("test_newest_backup_is_young_enough",)
    masks = "whatever needs the restored copy cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.ages = []


class Stale(Fault):
    """Backups stopped three days ago."""

    name = "backups.stale"
    expected_failures = NOT_THERE
    proves = ("test_newest_backup_is_young_enough",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.ages = [day * DAY_SECONDS for day in range(3, 8)]


class Gap(Fault):
    """Two nights in the week had no backup."""

    name = "backups.gap"
    expected_failures = ("bkp.strategy",)
    proves = ("test_backups_come_as_often_as_promised",)

    def apply(self, stack: StackPlan) -> None:
        ages = stack.database.backups.ages
        stack.database.backups.ages = [ages[0], ages[1], *ages[4:]]


class RemovedTooEarly(Fault):
    """Backups are removed after three days instead of a week."""

    name = "backups.removed-too-early"
    expected_failures = ("bkp.strategy",)
    proves = ("test_backups_are_kept_as_long_as_promised",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.ages = stack.database.backups.ages[:4]


class NeverRemoved(Fault):
    """Backups are never removed, so what users had deleted is kept for ever."""

    name = "backups.never-removed"
    expected_failures = ("bkp.strategy",)
    proves = ("test_backups_are_kept_as_long_as_promised",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.ages = [day * DAY_SECONDS for day in range(20)]


class NoFinalBackup(Fault):
    """The newest backup is last night's: none was made for the deployment."""

    name = "backups.no-final-backup"
    expected_failures = ("step.final-backup",)
    proves = ("test_final_backup_was_made_before_the_deployment",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.ages = [(day + 0.4) * DAY_SECONDS for day in range(7)]


class EmptyFile(Fault):
    """The newest backup is an empty file: the disk was full."""

    name = "backups.empty"
    expected_failures = UNUSABLE
    proves = ("test_newest_backup_restores",)
    masks = "whatever needs the restored copy cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.kept_share = 0.0


class Truncated(Fault):
    """The newest backup is cut off: its table of contents reads well, its data end in the middle."""

    name = "backups.truncated"
    expected_failures = UNUSABLE
    proves = ("test_newest_backup_restores",)
    masks = "whatever needs the restored copy cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.kept_share = 0.6


class OfAnotherDatabase(Fault):
    """The job backs up the wrong database."""

    name = "backups.of-another-database"
    expected_failures = UNUSABLE
    proves = ("test_newest_backup_restores",)
    masks = "whatever needs the restored copy cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.database = "postgres"


class SchemaOnly(Fault):
    """The job saves the schema, and no row."""

    name = "backups.schema-only"
    expected_failures = UNUSABLE
    proves = ("test_restored_backup_holds_the_sources_rows",)
    masks = "whatever needs the restored copy cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.options.append("--schema-only")


class TableLeftOut(Fault):
    """The job leaves the rows of the largest table out."""

    name = "backups.table-left-out"
    expected_failures = UNUSABLE
    proves = ("test_restored_backup_holds_the_sources_rows",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.options.append('--exclude-table-data="TrackInteraction"')


class PlainTruncated(Fault):
    """The newest backup is a script of SQL that is cut off."""

    name = "backups.script-truncated"
    expected_failures = UNUSABLE
    proves = ("test_newest_backup_restores",)
    masks = "whatever needs the restored copy cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.database.backups.options = ["--format=plain"]
        stack.database.backups.kept_share = 0.6


class ProcedureSavesNoRows(Fault):
    """By the recovery procedure that operators follow, tables come back empty."""

    name = "backups.procedure-saves-no-rows"
    expected_failures = ("bkp.data-recovery",)
    proves = ("test_lost_row_is_recovered",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.recovery.append("--schema-only")


class ProcedureFails(Fault):
    """The recovery procedure names an option that its program does not have."""

    name = "backups.procedure-fails"
    expected_failures = ("bkp.data-recovery",)
    proves = ("test_lost_row_is_recovered",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.recovery.append("--compress-very-well")
