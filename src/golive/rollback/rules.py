"""Whether the way back is written down, leads somewhere, and can be gone."""

from collections.abc import Sequence

from golive.core.outcome import Blind
from golive.database.rules import compare_catalogues
from golive.net.masking import masked_name
from golive.rollback.observation import ArtefactObservation, LinksObservation, UndoingObservation, UndoTrial
from golive.rollback.profile import RunbookSection, Undoing
from golive.rollback.runbook import Runbook, Section
from golive.rules.failure import fail, require_non_empty

_NUMBERING = "0123456789.) "


def expect_sections(runbook: Runbook, wanted: Sequence[RunbookSection]) -> None:
    """Every section is there, says something, and each of its steps stands in an entry of a list.

    Raises:
        AssertionError: one is missing or empty, or a step is.
    """
    there = {_plain(section.title): section for section in runbook.sections}
    for promise in require_non_empty(wanted, "section that the runbook must have"):
        section = there.get(_plain(promise.title))
        if section is None:
            titles = ", ".join(masked_name(entry.title, longest=40) for entry in runbook.sections[:20])
            fail(
                "runbook",
                expected=f"a section {promise.title!r}",
                observed=f"sections {titles}" if titles else "no section at all",
                where=runbook.source,
            )
        _expect_steps(section, promise, runbook)


def _expect_steps(section: Section, promise: RunbookSection, runbook: Runbook) -> None:
    where = f"{runbook.source}, line {section.line}"
    if not section.blocks:
        fail(f"section {promise.title!r}", expected="something said", observed="nothing", where=where)
    entries = [entry.casefold() for entry in section.entries]
    for step in promise.steps:
        if not any(step.casefold() in entry for entry in entries):
            fail(
                f"section {promise.title!r}",
                expected=f"a step that names {step!r}",
                observed=f"{len(entries)} steps, none of which does",
                where=where,
            )


def expect_links_alive(observation: LinksObservation) -> None:
    """Every link leads somewhere. A document without any link has none that is dead.

    Raises:
        AssertionError: one leads nowhere.
        Blind: one leads to a host that the suite may not ask.
    """
    dead = [link for link in observation.links if link.alive is False]
    if dead:
        more = f", and {len(dead) - 1} more" if len(dead) > 1 else ""
        fail(
            f"link to {dead[0].target}",
            expected="something there",
            observed=f"{dead[0].said}{more}",
            where=f"{observation.source}, line {dead[0].line}",
        )
    unseen = [link for link in observation.links if link.alive is None]
    if unseen:
        raise Blind(
            f"nobody looked at {len(unseen)} links of {observation.source}, such as {unseen[0].target}:"
            f" {unseen[0].said}",
            remedy="add their hosts to [allow.hosts], to be read only, or take the links out",
        )


def expect_retrievable(artefacts: Sequence[ArtefactObservation]) -> None:
    """Everything of the release before can be had, to the byte.

    Raises:
        AssertionError: something is gone, or is something else.
    """
    for seen in require_non_empty(artefacts, "artefact of the release before"):
        if not seen.sha256:
            fail(
                f"{seen.name} of the release before",
                expected="to be had still",
                observed=seen.problem or "nothing",
                where=seen.where,
            )
        if seen.sha256 != seen.wanted:
            fail(
                f"{seen.name} of the release before",
                expected=f"sha256 {seen.wanted[:12]}…",
                observed=f"{seen.sha256[:12]}…, {seen.size} bytes",
                where=seen.where,
            )


def expect_undoable(observation: UndoingObservation, runbook: Runbook, wanted: Undoing) -> None:
    """Each migration of the release has a script that undoes it, or the runbook names it where it restores.

    Raises:
        AssertionError: one has neither.
    """
    blocks = [text.casefold() for section in runbook.sections for text in (*section.blocks, *section.entries)]
    for entry in observation.migrations:
        if entry.statements:
            continue
        covered = any(
            wanted.restore.casefold() in text and entry.migration.casefold() in text for text in blocks
        )
        if not covered:
            script = "no" if entry.statements is None else "an empty or unreadable"
            fail(
                f"way back from migration {entry.migration}",
                expected=f"{wanted.script} beside it, or a step of the runbook that names it and says"
                f" {wanted.restore!r}",
                observed=f"{script} {observation.script}, and no such step",
                where=f"{observation.folder}, {runbook.source}",
            )


def expect_undone(trials: Sequence[UndoTrial]) -> None:
    """Each script that was tried ran, and left the schema as it was before its migration.

    Raises:
        AssertionError: one did not.
        Blind: the servers' versions differ, as `compare_catalogues`.
    """
    for trial in trials:
        if trial.problem:
            fail(
                f"script that undoes {trial.migration}",
                expected="to run",
                observed=trial.problem,
                where=trial.after.where,
            )
        difference = compare_catalogues(trial.after, trial.before)
        left = [f"{masked_name(entry)} is still there" for entry in difference.unexpected]
        left += [f"{masked_name(entry)} is gone" for entry in difference.missing]
        left += [masked_name(entry) for entry in difference.different]
        if left:
            more = f", and {len(left) - 1} more" if len(left) > 1 else ""
            fail(
                f"script that undoes {trial.migration}",
                expected="the schema as it was before the migration",
                observed=f"{left[0]}{more}",
                where=trial.after.where,
            )


def _plain(title: str) -> str:
    return " ".join(title.lstrip(_NUMBERING).casefold().split())
