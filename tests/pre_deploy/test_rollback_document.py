"""The way back: written down, with links that lead somewhere, and with everything that it needs."""

import pytest

from golive.rollback.rules import (
    expect_links_alive,
    expect_retrievable,
    expect_sections,
    expect_undoable,
    expect_undone,
)

pytestmark = [pytest.mark.checklist("bkp.rollback-doc"), pytest.mark.harm("nuisance")]


async def test_runbook_has_every_section_and_step(runbook, rollback, evidence):
    """The runbook has the sections that are required, and in each of them the steps."""
    expect_sections(evidence(await runbook.read()), rollback.sections)


async def test_links_of_the_runbook_are_alive(runbook, links, evidence):
    """Every link of the runbook leads to a heading, a file or a page that is there."""
    expect_links_alive(evidence(await links.follow(await runbook.read())))


async def test_previous_release_can_still_be_had(previous_release, evidence):
    """What a rollback deploys, the artefacts of the release before, can be had, to the byte."""
    expect_retrievable([evidence(seen) for seen in await previous_release.artefacts()])


async def test_every_migration_can_be_undone(undoing, runbook, rollback, evidence):
    """Each migration of the release has a script that undoes it, or a restore that the runbook names."""
    expect_undoable(evidence(undoing), evidence(await runbook.read()), rollback.undoing)


@pytest.mark.write("database:scratch")
@pytest.mark.serial
@pytest.mark.needs("undo_trial")
async def test_scripts_undo_their_migrations(undoing, undone, evidence):
    """On a scratch database each script runs after its migration, and leaves the schema as it was before."""
    evidence(undoing)
    expect_undone([evidence(trial) for trial in undone])
