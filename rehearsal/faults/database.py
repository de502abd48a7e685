"""A database that is not what the migrations made of it, or has no room; and a seed that is wrong."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

SCHEMA = ("db.schema",)
SCALING = ("db.scaling",)
SEED = ("db.seed",)


class IndexMissing(Fault):
    """An index was dropped by hand."""

    name = "database.index-missing"
    breaks = SCHEMA

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append('DROP INDEX "TrackInteraction_trackId_idx"')


class IndexInvalid(Fault):
    """An index is left over from a build that failed: it is kept up to date, and never used."""

    name = "database.index-invalid"
    breaks = SCHEMA

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"Track_genre_idx\"'::regclass"
        )


class ColumnDrifted(Fault):
    """A column was made nullable by hand."""

    name = "database.column-drifted"
    breaks = SCHEMA

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append('ALTER TABLE "Track" ALTER COLUMN "album" DROP NOT NULL')


class DefaultDrifted(Fault):
    """New users are administrators by a default that somebody set by hand."""

    name = "database.default-drifted"
    breaks = SCHEMA

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append("""ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'admin'""")


class ConstraintDropped(Fault):
    """Ratings are no longer held to 1 to 5 by the database."""

    name = "database.constraint-dropped"
    breaks = SCHEMA

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append(
            'ALTER TABLE "TrackInteraction" DROP CONSTRAINT "TrackInteraction_rating_check"'
        )


class TableByHand(Fault):
    """A table is there that no migration made."""

    name = "database.table-by-hand"
    breaks = SCHEMA

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append('CREATE TABLE "User_before_cleanup" AS SELECT "id", "email" FROM "User"')


class FewConnections(Fault):
    """The server allows hardly more connections than the replicas' pools together."""

    name = "database.few-connections"
    breaks = SCALING

    def apply(self, stack: StackPlan) -> None:
        stack.database.settings["max_connections"] = "24"


class StandbyGone(Fault):
    """A standby was taken away, and its replication slot keeps the files that it would have read."""

    name = "database.standby-gone"
    breaks = SCALING

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append("SELECT pg_create_physical_replication_slot('standby_2', true)")


class NoStatistics(Fault):
    """Nobody can ask which statements are slow."""

    name = "database.no-statement-statistics"
    breaks = SCALING

    def apply(self, stack: StackPlan) -> None:
        stack.database.edits.append("DROP EXTENSION IF EXISTS pg_stat_statements")


class SeedUnreadable(Fault):
    """The seed ends in the middle of a statement."""

    name = "database.seed-unreadable"
    breaks = SEED

    def apply(self, stack: StackPlan) -> None:
        def cut(files: dict[str, str]) -> None:
            files["seed.sql"] = files["seed.sql"][:900]

        stack.database.release_edits.append(cut)


class SeedForOtherSchema(Fault):
    """The seed fills a column that the release's migrations do not make."""

    name = "database.seed-for-another-schema"
    breaks = SEED

    def apply(self, stack: StackPlan) -> None:
        def rename(files: dict[str, str]) -> None:
            files["seed.sql"] = files["seed.sql"].replace('"releaseYear"', '"releasedIn"')

        stack.database.release_edits.append(rename)


class SeedIncomplete(Fault):
    """The seed makes tracks, and nothing of what recommendations need to know of them."""

    name = "database.seed-incomplete"
    breaks = SEED

    def apply(self, stack: StackPlan) -> None:
        def cut(files: dict[str, str]) -> None:
            tracks, separator, _ = files["seed.sql"].partition('INSERT INTO "TrackFeatures"')
            files["seed.sql"] = f"{tracks}COMMIT;" if separator else tracks

        stack.database.release_edits.append(cut)


class SeedRepeats(Fault):
    """Every run of the seed adds the starter catalogue again."""

    name = "database.seed-not-idempotent"
    breaks = SEED

    def apply(self, stack: StackPlan) -> None:
        def repeat(files: dict[str, str]) -> None:
            files["seed.sql"] += """
                INSERT INTO "Track"
                SELECT gen_random_uuid()::text, gen_random_uuid()::text, "name", "artists", "album", "genre",
                    "releaseYear", "durationMs"
                FROM "Track" WHERE "id" LIKE 'starter-%';
            """

        stack.database.release_edits.append(repeat)


class SeedResets(Fault):
    """The second run of the seed fails on what the first one made."""

    name = "database.seed-runs-once"
    breaks = SEED

    def apply(self, stack: StackPlan) -> None:
        def insist(files: dict[str, str]) -> None:
            files["seed.sql"] = (
                files["seed.sql"]
                .replace("ON CONFLICT", "-- ON CONFLICT")
                .replace("DO NOTHING;", "DO NOTHING;\n;")
            )

        stack.database.release_edits.append(insist)
