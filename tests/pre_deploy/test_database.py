"""The live database: its schema, its room, its statistics; and the seed, on a scratch database."""

import pytest

from golive.core.outcome import Blind
from golive.database.probe_capacity import observe_connections, observe_replication, observe_statistics
from golive.database.probe_catalogue import read_catalogue
from golive.database.probe_migrations import HISTORY_TABLES
from golive.database.rules import (
    compare_catalogues,
    expect_connections_left,
    expect_no_difference,
    expect_seed_repeatable,
    expect_seeded,
    expect_standbys,
    expect_statistics,
)

pytestmark = pytest.mark.harm("unusable")


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.checklist("db.schema")
async def test_live_schema_is_that_of_its_migrations(
    live_database, scratch, migrated, promised_migrations, database, evidence
):
    """Tables, columns, indexes and constraints are those that the release's migrations make: all that the
    live database says it has. One that is still pending is no drift."""
    broken = next((entry for entry in migrated.applications if entry.problem), None)
    if broken is not None:
        raise Blind(
            f"the migrations make no schema to compare with: {broken.name}: {broken.problem}",
            remedy="fix the migration first",
        )
    hidden = [HISTORY_TABLES[promised_migrations.tool]]
    async with live_database.reading() as session:
        evidence(await session.observe())
        live = evidence(await read_catalogue(session, database.schemas, without=hidden))
    async with scratch.session(migrated.database, limit=database.statement_timeout) as session:
        wanted = evidence(await read_catalogue(session, database.schemas, without=hidden))
    expect_no_difference(evidence(compare_catalogues(live, wanted)), wanted)


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.checklist("db.seed")
async def test_seed_fills_an_empty_database(seeding, promised_seed, evidence):
    """On a database with the release's schema and nothing else the seed makes the rows that are required."""
    expect_seeded(evidence(seeding), promised_seed.rows)


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.checklist("db.seed")
async def test_second_run_of_the_seed_changes_nothing(seeding, promised_seed, evidence):
    """Run again, the seed ends well and leaves every table as it was."""
    expect_seeded(evidence(seeding), promised_seed.rows)
    expect_seed_repeatable(seeding)


@pytest.mark.checklist("db.scaling")
async def test_connections_suffice_for_every_pool(live_database, capacity, replica_count, evidence):
    """With every replica's pool full there are connections left, and nobody sits in an open transaction."""
    async with live_database.reading() as session:
        observation = evidence(await observe_connections(session))
    expect_connections_left(observation, capacity, replicas=replica_count)


@pytest.mark.checklist("db.scaling")
async def test_standbys_follow(live_database, capacity, evidence):
    """As many standbys stream as are declared, none is far behind, and no slot waits for one that is gone."""
    async with live_database.reading() as session:
        expect_standbys(evidence(await observe_replication(session)), capacity)


@pytest.mark.checklist("db.scaling")
@pytest.mark.harm("nuisance")
async def test_statement_statistics_are_collected(live_database, evidence):
    """pg_stat_statements can be read, and knows statements; the slowest are in the evidence."""
    async with live_database.reading() as session:
        expect_statistics(evidence(await observe_statistics(session)))
