"""Migrations that are missing, failed, altered or late in the database; or wrong in the release."""

from __future__ import annotations

from abc import abstractmethod

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

APPLIED = "migrations/20260720083000_interactions/migration.sql"
NEXT = "20261101120000_listening_notes"
PENDING = ("step.backend.migrations",)
PENDING_AND_WRONG = ("db.migrations", "step.backend.migrations")
HARMLESS = 'ALTER TABLE "User" ADD COLUMN "country" TEXT;\n'


class AddsMigration(Fault):
    """A fault that the release has a migration more than the database."""

    migration = NEXT
    undo: str | None = 'ALTER TABLE "User" DROP COLUMN "country";\n'
    """What takes it back, where something does."""

    @property
    @abstractmethod
    def sql(self) -> str:
        """What the migration does."""

    def apply(self, stack: StackPlan) -> None:
        """Put the migration into the release; the database does not have it."""

        def add(files: dict[str, str]) -> None:
            files[f"migrations/{self.migration}/migration.sql"] = self.sql
            if self.undo is not None:
                files[f"migrations/{self.migration}/down.sql"] = self.undo

        stack.database.release_edits.append(add)


class Pending(AddsMigration):
    """The release has a migration that was not applied."""

    name = "migrations.pending"
    expected_failures = PENDING
    proves = ("test_every_migration_is_applied",)
    sql = HARMLESS


class OutOfOrder(AddsMigration):
    """The release has a migration that was not applied, and that comes before one that was."""

    name = "migrations.out-of-order"
    expected_failures = PENDING_AND_WRONG
    proves = ("test_migrations_are_in_order",)
    migration = "20260801000000_country"
    sql = HARMLESS


class Failed(AddsMigration):
    """A migration ended in the middle, and nobody resolved it."""

    name = "migrations.failed"
    expected_failures = PENDING_AND_WRONG
    proves = ("test_no_migration_failed",)
    sql = HARMLESS

    def apply(self, stack: StackPlan) -> None:
        """Record that it was begun, as the migration tool does."""
        super().apply(stack)
        stack.database.edits.append(
            'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, logs) VALUES'
            f" ('f0', repeat('0', 64), '{NEXT}', 'deadlock detected')"
        )


class Edited(Fault):
    """A migration was edited after it had been applied."""

    name = "migrations.edited"
    expected_failures = ("db.migrations",)
    proves = ("test_applied_migrations_are_those_of_the_release",)

    def apply(self, stack: StackPlan) -> None:
        def edit(files: dict[str, str]) -> None:
            files[APPLIED] += "-- reviewed\n"

        stack.database.release_edits.append(edit)


class CannotStartAnew(Fault):
    """An applied migration was edited, and the release makes no database from an empty one any more."""

    name = "migrations.cannot-start-anew"
    expected_failures = ("db.migrations",)
    proves = ("test_migrations_apply_from_the_beginning",)
    masks = "whatever needs a database that the release's migrations make cannot see"

    def apply(self, stack: StackPlan) -> None:
        def edit(files: dict[str, str]) -> None:
            files[APPLIED] += 'ALTER TABLE "Rating" ADD COLUMN "comment" TEXT;\n'

        stack.database.release_edits.append(edit)


class DatabaseAhead(Fault):
    """The database has a migration that the release does not know: it was made for a later one."""

    name = "migrations.database-ahead"
    expected_failures = ("db.migrations",)
    proves = ("test_applied_migrations_are_those_of_the_release",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append(
            'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at)'
            " VALUES ('f1', repeat('1', 64), '20261201090000_next_release', now())"
        )


class RewritesTable(AddsMigration):
    """A migration writes the largest table anew, while nobody can read it."""

    name = "migrations.rewrites-table"
    expected_failures = PENDING_AND_WRONG
    proves = ("test_pending_migrations_apply_to_a_restored_copy",)
    sql = 'ALTER TABLE "TrackInteraction" ALTER COLUMN "rating" TYPE BIGINT;\n'
    undo = 'ALTER TABLE "TrackInteraction" ALTER COLUMN "rating" TYPE INTEGER;\n'


class BuildsIndexInPlace(AddsMigration):
    """A migration builds an index on the largest table without CONCURRENTLY."""

    name = "migrations.builds-index-in-place"
    expected_failures = PENDING_AND_WRONG
    proves = ("test_pending_migrations_apply_to_a_restored_copy",)
    sql = 'CREATE INDEX "TrackInteraction_type_idx" ON "TrackInteraction"("type");\n'
    undo = 'DROP INDEX "TrackInteraction_type_idx";\n'


class RequiredColumn(AddsMigration):
    """A migration adds a required column without a default, which no table with rows can have."""

    name = "migrations.required-column"
    expected_failures = PENDING_AND_WRONG
    proves = ("test_pending_migrations_apply_to_a_restored_copy",)
    sql = 'ALTER TABLE "User" ADD COLUMN "country" TEXT NOT NULL;\n'


class ChangesEveryRow(AddsMigration):
    """A migration changes every row of the largest table in one transaction, and nothing undoes it."""

    name = "migrations.changes-every-row"
    expected_failures = (*PENDING_AND_WRONG, "bkp.rollback-doc")
    proves = ("test_pending_migrations_apply_to_a_restored_copy",)
    undo = None
    sql = 'UPDATE "TrackInteraction" SET "rating" = 3 WHERE "rating" IS NULL;\n'
