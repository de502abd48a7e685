"""Migrations: what the live database remembers of them, and the release's own, tried on scratch databases."""

import pytest

from golive.database.rules_migrations import (
    expect_applied,
    expect_in_order,
    expect_none_failed,
    expect_not_blocking,
    expect_unaltered,
    heavy_statements,
)

pytestmark = [pytest.mark.checklist("db.migrations"), pytest.mark.harm("unusable")]


@pytest.mark.serial
async def test_no_migration_failed(migrations, evidence):
    """Every row of the history is finished, or was rolled back."""
    expect_none_failed(evidence(migrations))


@pytest.mark.serial
async def test_applied_migrations_are_those_of_the_release(migrations, evidence):
    """Each applied migration is in the release, byte for byte as it was when it was applied."""
    expect_unaltered(evidence(migrations))


@pytest.mark.serial
async def test_migrations_are_in_order(migrations, evidence):
    """They were applied in the order of their names, and none that is pending would come in between."""
    expect_in_order(evidence(migrations))


@pytest.mark.write("database:scratch")
@pytest.mark.serial
async def test_migrations_apply_from_the_beginning(migrated, promised_migrations, evidence):
    """Every migration that the live database has applies to an empty one, in turn."""
    for application in migrated.applications:
        evidence(application)
    expect_applied(migrated.applications, within=promised_migrations.longest)


@pytest.mark.write("database:scratch")
@pytest.mark.serial
async def test_pending_migrations_apply_to_a_restored_copy(upgrade, promised_migrations, evidence):
    """What the release still has to do applies to a restored copy of production, in the time that it may
    take, and works through no large table while writers wait. Nothing pending is said so."""
    evidence(upgrade.migrations)
    rows = promised_migrations.blocking_rows
    for application in upgrade.applications:
        evidence(application)
        heavy = [f"{why}: {statement.short}" for statement, why in heavy_statements(application, rows=rows)]
        evidence.note(f"statements of {application.name} that make writers wait", statements=heavy)
    expect_none_failed(upgrade.migrations)
    if upgrade.applications:
        expect_applied(upgrade.applications, within=promised_migrations.longest)
        expect_not_blocking(upgrade.applications, rows=rows, accepted=promised_migrations.accepted)
