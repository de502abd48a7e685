"""The deployment's own steps at the database."""

import pytest

from golive.database.rules_backups import expect_final_backup
from golive.database.rules_migrations import expect_none_failed, expect_nothing_pending

pytestmark = pytest.mark.harm("unusable")


@pytest.mark.serial
@pytest.mark.checklist("step.final-backup")
@pytest.mark.harm("people")
async def test_final_backup_was_made_before_the_deployment(backups, promised_backups, deployment, evidence):
    """Shortly before the deployment, and not after it, a backup was made; that it restores is checked too."""
    evidence(backups)
    expect_final_backup(backups, deployment=deployment, at_most=promised_backups.final_age)


@pytest.mark.serial
@pytest.mark.checklist("step.backend.migrations")
async def test_every_migration_is_applied(migrations, evidence):
    """The live database has every migration of the release, and none of them failed."""
    evidence(migrations)
    expect_none_failed(migrations)
    expect_nothing_pending(migrations)
