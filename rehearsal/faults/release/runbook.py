"""A way back that is not written down, leads nowhere, or cannot be gone."""

from __future__ import annotations

from abc import abstractmethod

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

UNDO = "migrations/20260907101500_group_sessions/down.sql"


class RunbookFault(Fault):
    """A fault of the rollback runbook's text."""

    expected_failures = ("bkp.rollback-doc",)

    def apply(self, stack: StackPlan) -> None:
        """Write another text."""
        stack.code.documents["rollback.md"] = self.edit(stack.code.documents["rollback.md"])

    @abstractmethod
    def edit(self, text: str) -> str:
        """Return the changed text."""


class SectionMissing(RunbookFault):
    """The runbook says nothing of who decides."""

    name = "runbook.section-missing"
    proves = ("test_runbook_has_every_section_and_step",)

    def edit(self, text: str) -> str:
        before, _, rest = text.partition("## Who decides\n")
        return before + rest[rest.index("## ") :]


class StepCommentedOut(RunbookFault):
    """The step that purges the page stands in a comment, where nobody reads it."""

    name = "runbook.step-commented-out"
    proves = ("test_runbook_has_every_section_and_step",)

    def edit(self, text: str) -> str:
        step = next(line for line in text.splitlines(keepends=True) if "purge" in line)
        return text.replace(step, f"\n<!-- {step.strip()} -->\n")


class DeadLink(RunbookFault):
    """The runbook's page of contacts is gone."""

    name = "runbook.dead-link"
    proves = ("test_links_of_the_runbook_are_alive",)

    def edit(self, text: str) -> str:
        return text.replace("contacts.md)", "people.md)")


class RestoreNotNamed(RunbookFault):
    """A migration has no script that undoes it, and the runbook does not say what does."""

    name = "runbook.migration-without-a-way-back"
    proves = ("test_every_migration_can_be_undone",)

    def edit(self, text: str) -> str:
        return text.replace("Else, and for `20260720083000_interactions`, restore", "Else restore")


class ArtefactGone(Fault):
    """The previous build was deleted from the artefact store."""

    name = "artefacts.gone"
    expected_failures = ("bkp.rollback-doc",)
    proves = ("test_previous_release_can_still_be_had",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.artefacts_lost.add("frontend.tar")


class ArtefactRebuilt(Fault):
    """The previous image's manifest is not the one any more that was deployed."""

    name = "artefacts.rebuilt"
    expected_failures = ("bkp.rollback-doc",)
    proves = ("test_previous_release_can_still_be_had",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.artefacts_changed.add("api-image.json")


class UndoesHalf(Fault):
    """The script that undoes a migration leaves one of its tables behind."""

    name = "runbook.script-undoes-half"
    expected_failures = ("bkp.rollback-doc",)
    proves = ("test_scripts_undo_their_migrations",)
    masks = "a migration that does not apply leaves it nothing to undo"

    def apply(self, stack: StackPlan) -> None:
        def forget(files: dict[str, str]) -> None:
            files[UNDO] = files[UNDO].replace('DROP TABLE "PlaylistUpdate";\n', "")
            files[UNDO] = files[UNDO].replace('DROP TABLE "Playlist";', 'DROP TABLE "Playlist" CASCADE;')

        stack.database.release_edits.append(forget)
