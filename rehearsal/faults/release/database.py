"""A database that is not what the migrations made of it, or has no room; and a seed that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

SCHEMA = ("db.schema",)
SCALING = ("db.scaling",)
SEED = ("db.seed",)
STARTERS_AGAIN = """
    INSERT INTO "Track"
    SELECT gen_random_uuid()::text, gen_random_uuid()::text, "name", "artists", "album", "genre",
        "releaseYear", "durationMs"
    FROM "Track" WHERE "id" LIKE 'starter-%';
"""

Apply = Callable[[Any, StackPlan], None]


def ran(statement: str) -> Apply:
    """The `apply` of a fault that is a statement which somebody ran by hand."""

    def apply(_fault: Any, stack: StackPlan) -> None:
        stack.database.edits.append(statement)

    return apply


def seeded(change: Callable[[str], str]) -> Apply:
    """The `apply` of a fault that is a release with another seed."""

    def edit(files: dict[str, str]) -> None:
        files["seed.sql"] = change(files["seed.sql"])

    def apply(_fault: Any, stack: StackPlan) -> None:
        stack.database.release_edits.append(edit)

    return apply


class IndexMissing(Fault):
    """An index was dropped by hand."""

    name = "database.index-missing"
    expected_failures = SCHEMA
    proves = ("test_live_schema_is_that_of_its_migrations",)
    apply = ran('DROP INDEX "TrackInteraction_trackId_idx"')


class IndexInvalid(Fault):
    """An index is left over from a build that failed: it is kept up to date, and never used."""

    name = "database.index-invalid"
    expected_failures = SCHEMA
    proves = ("test_live_schema_is_that_of_its_migrations",)
    apply = ran("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"Track_genre_idx\"'::regclass")


class ColumnDrifted(Fault):
    """A column was made nullable by hand."""

    name = "database.column-drifted"
    expected_failures = SCHEMA
    proves = ("test_live_schema_is_that_of_its_migrations",)
    apply = ran('ALTER TABLE "Track" ALTER COLUMN "album" DROP NOT NULL')


class DefaultDrifted(Fault):
    """New users are administrators by a default that somebody set by hand."""

    name = "database.default-drifted"
    expected_failures = SCHEMA
    proves = ("test_live_schema_is_that_of_its_migrations",)
    apply = ran("""ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'admin'""")


class ConstraintDropped(Fault):
    """Ratings are no longer held to 1 to 5 by the database."""

    name = "database.constraint-dropped"
    expected_failures = SCHEMA
    proves = ("test_live_schema_is_that_of_its_migrations",)
    apply = ran('ALTER TABLE "TrackInteraction" DROP CONSTRAINT "TrackInteraction_rating_check"')


class TableByHand(Fault):
    """A table is there that no migration made."""

    name = "database.table-by-hand"
    expected_failures = SCHEMA
    proves = ("test_live_schema_is_that_of_its_migrations",)
    apply = ran('CREATE TABLE "User_before_cleanup" AS SELECT "id", "email" FROM "User"')


class FewConnections(Fault):
    """The server allows hardly more connections than the replicas' pools together."""

    name = "database.few-connections"
    expected_failures = SCALING
    proves = ("test_connections_suffice_for_every_pool",)

    def apply(self, stack: StackPlan) -> None:
        stack.database.settings["max_connections"] = "24"


class StandbyGone(Fault):
    """A standby was taken away, and its replication slot keeps the files that it would have read."""

    name = "database.standby-gone"
    expected_failures = SCALING
    proves = ("test_standbys_follow",)
    apply = ran("SELECT pg_create_physical_replication_slot('standby_2', true)")


class NoStatistics(Fault):
    """Nobody can ask which statements are slow."""

    name = "database.no-statement-statistics"
    expected_failures = SCALING
    proves = ("test_statement_statistics_are_collected",)
    apply = ran("DROP EXTENSION IF EXISTS pg_stat_statements")


class SeedUnreadable(Fault):
    """The seed ends in the middle of a statement."""

    name = "database.seed-unreadable"
    expected_failures = SEED
    proves = ("test_seed_fills_an_empty_database",)
    apply = seeded(lambda seed: seed[:900])


class SeedForOtherSchema(Fault):
    """The seed fills a column that the release's migrations do not make."""

    name = "database.seed-for-another-schema"
    expected_failures = SEED
    proves = ("test_seed_fills_an_empty_database",)
    apply = seeded(lambda seed: seed.replace('"releaseYear"', '"releasedIn"'))


def _without_features(seed: str) -> str:
    tracks, separator, _ = seed.partition('INSERT INTO "TrackFeatures"')
    return f"{tracks}COMMIT;" if separator else tracks


class SeedIncomplete(Fault):
    """The seed makes tracks, and nothing of what recommendations need to know of them."""

    name = "database.seed-incomplete"
    expected_failures = SEED
    proves = ("test_seed_fills_an_empty_database",)
    apply = seeded(_without_features)


class SeedRepeats(Fault):
    """Every run of the seed adds the starter catalogue again."""

    name = "database.seed-not-idempotent"
    expected_failures = SEED
    proves = ("test_second_run_of_the_seed_changes_nothing",)
    apply = seeded(lambda seed: seed + STARTERS_AGAIN)


class SeedResets(Fault):
    """The second run of the seed fails on what the first one made."""

    name = "database.seed-runs-once"
    expected_failures = SEED
    proves = ("test_second_run_of_the_seed_changes_nothing",)
    apply = seeded(
        lambda seed: seed.replace("ON CONFLICT", "-- ON CONFLICT").replace("DO NOTHING;", "DO NOTHING;\n;")
    )
