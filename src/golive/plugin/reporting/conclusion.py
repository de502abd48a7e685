"""The end of a run: what is missing is written down, and the verdict is read off the record."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from golive.core.accepted import AcceptedDecision, AcceptedRecords
from golive.core.checklist import Checklist
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger, Run
from golive.core.verdict import Decision, Verdict
from golive.gate import judge_run
from golive.ledger.earlier_runs import ledger_of_release
from golive.plugin.collection.collected import read_collected
from golive.plugin.exposures import EXPOSURES, seen_by_all
from golive.plugin.reporting.outcomes import not_run
from golive.plugin.reporting.run_log import RunLog
from golive.plugin.reporting.run_notes import notes_of_run, unseen_builds
from golive.plugin.running.exclusive_run import LOCKED_FILE
from golive.plugin.running.lost_connections import beyond_tolerance
from golive.plugin.verification import Verification
from golive.report.events import read_run
from golive.report.headline import headline
from golive.report.journal import left_behind

VERDICT = pytest.StashKey[Verdict]()
HEADLINE = pytest.StashKey[str]()
NOTES = pytest.StashKey[tuple[str, ...]]()
NO_VERDICT = pytest.StashKey[str]()
"""Why there is none, where the folder could not be written."""

_KEPT_EXIT_CODES = frozenset({2, 3, 4, 5})

Render: TypeAlias = Callable[[Path, Checklist, Run, Verdict, tuple[AcceptedDecision, ...]], tuple[Path, ...]]
"""Writes the reports, from folder, checklist, run, verdict and decisions."""


def conclude_run(
    config: pytest.Config,
    verification: Verification,
    log: RunLog,
    *,
    accepted: AcceptedRecords,
    exit_code: int,
    interruption: str,
    late_seconds: float,
    render: Render,
) -> Verdict:
    """Complete the record, judge it, write the reports, and leave verdict, headline and notes in the stash.

    Args:
        accepted: what people had signed when the checks had ended.
        exit_code: pytest's own.
        interruption: what kept the run from being complete; empty for a complete one.
        late_seconds: how long the suite's own event loop stood still.
        render: writes the reports.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = verification.folder
    for record in (
        *beyond_tolerance(log.records.values()),
        *seen_by_all(log.held, config.stash[EXPOSURES]),
    ):
        log.amend(record)
    for record in _silent(verification, log):
        log.amend(record)
    notes = config.stash[NOTES] = (
        *notes_of_run(config, verification, late_seconds=late_seconds),
        *unseen_builds(log.builds),
        *(f"signed record not accepted: {entry}" for entry in accepted.rejections),
        *left_behind(folder, run=verification.run_id, stays=verification.profile.start is None),
    )
    log.finish(pytest_exit_code=exit_code, interruption=interruption, notes=notes, accepted=accepted)
    (folder / LOCKED_FILE).unlink(missing_ok=True)
    # From the record alone, as anybody can do again later.
    run = read_run(log.path)
    checklist = verification.checklist
    verdict = judge_run(checklist, run, release_ledger=_ledger_of_release(verification, run))
    config.stash[VERDICT] = verdict
    config.stash[HEADLINE] = headline(checklist, run, verdict)
    render(folder, checklist, run, verdict, accepted.decisions)
    return verdict


def exit_code_of(pytest_code: int, verdict: Verdict, log: RunLog, *, strict: bool) -> int:
    """Return the process's exit code: the verdict's, where pytest's own says nothing else."""
    if pytest_code in _KEPT_EXIT_CODES:
        return pytest_code
    code = verdict.exit_code(strict=strict)
    # A check of what does not apply may have been blind, and then pytest calls it a failure.
    is_red = any(record.outcome is not Outcome.PASSED for record in log.records.values())
    unexplained = pytest_code != 0 and verdict.decision is Decision.GO and not is_red
    return pytest_code if unexplained else code


def _silent(verification: Verification, log: RunLog) -> list[CheckRecord]:
    """Records for collected checks of the scope that nothing was heard of."""
    now: datetime = verification.clock()
    silent: list[CheckRecord] = []
    for check, entry in read_collected(verification.folder).items():
        if check in log.records or not verification.scope.intersection(entry["items"]):
            continue
        reason = "deselected on the command line" if entry["deselected"] else "the run ended before it"
        remedy = "run it without that selection" if entry["deselected"] else "run it again"
        reason, remedy = entry.get("reason", reason), entry.get("remedy", remedy)
        silent.append(
            not_run(
                check,
                function=entry["function"],
                items=tuple(entry["items"]),
                reason=f"{entry['function']}: {reason}",
                remedy=remedy,
                at=now,
            )
        )
    return silent


def _ledger_of_release(verification: Verification, run: Run) -> Ledger | None:
    """Earlier runs of the release, where a line of the scope sums them up; unread otherwise."""
    items = verification.checklist.items
    if any(items[item].completes for item in verification.scope):
        return ledger_of_release(verification.folder.parent, run)
    return None
