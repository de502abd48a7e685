"""Reports, the runs that they are of, and who decided on them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from golive.cli.errors import UsageError
from golive.cli.project import settings_of
from golive.core.accepted import AcceptedDecision
from golive.core.attestation import SeenReport, StakeholderDecision
from golive.core.checklist import Checklist
from golive.core.run import Run, RunHeader
from golive.gate.accepted import accept_records
from golive.people.attestations import read_records
from golive.people.profile import read_people
from golive.report.events import CorruptRecordError, read_run
from golive.report.files import HTML
from golive.report.html import decision_shown


def seen_report(path: Path, checklist: Path) -> tuple[RunHeader, SeenReport]:
    """Return the run and the digest of the report in a run's folder, or of the HTML file itself.

    Raises:
        UsageError: there is no report.
        CorruptRecordError: the run's record cannot be read, or is not of this checklist.
    """
    if path.is_file() and path.name != HTML:
        raise UsageError(f"{path}: sign {HTML}, which is the report, or give its folder")
    folder = path if path.is_dir() else path.parent
    try:
        content = (folder / HTML).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{folder / HTML}: cannot be read: {error.strerror}: is {path} the folder of a run?"
        ) from None
    verdict = decision_shown(content)
    if verdict is None:
        raise UsageError(f"{folder / HTML} shows no verdict: render it anew with golive report {folder}")
    run = read_run(folder / "events.jsonl")
    text_of_checklist(checklist, run)
    digest = hashlib.sha256(content).hexdigest()
    return run.header, SeenReport(run=run.header.run_id, sha256=digest, verdict=verdict)


def text_of_checklist(path: Path, run: Run) -> str:
    """Return the checklist's text. Raises CorruptRecordError unless the run was judged by it."""
    text = path.read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != run.header.checklist_digest:
        raise CorruptRecordError(
            f"{path} is not the checklist that run {run.header.run_id} was judged by"
            f" (SHA-256 {run.header.checklist_digest[:12]}…): give that one with --checklist"
        )
    return text


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided on the report of one run."""

    by_anybody: bool
    """Whether there is a decision on it at all, accepted or not."""
    bound: tuple[AcceptedDecision, ...]
    """Those that are accepted, and were made on the bytes that lie in the folder."""
    elsewhere: tuple[AcceptedDecision, ...]
    """Those that are accepted, and were made on other bytes."""

    def seen_by(self, entry: AcceptedDecision, run: Run) -> SeenReport:
        """The report of ``run`` as the one who decided saw it."""
        return next(seen for seen in entry.decision.reports if seen.run == run.header.run_id)


def decided_on(run: Run, report: Path, checklist: Checklist, folder: Path | None, *, at: datetime) -> Decided:
    """Tell who decided on ``report``, which is that of ``run``.

    Args:
        folder: where signed records lie; None for the place that the environment's profile names.
    """
    header = run.header
    people = settings_of(header.environment, folder=folder)
    found = read_records(people, header.environment, header.release, now=at)
    records = accept_records(
        found,
        checklist,
        read_people(people.roster),
        environment=header.environment,
        release=header.release,
        now=at,
    )
    try:
        digest = hashlib.sha256(report.read_bytes()).hexdigest()
    except OSError:
        digest = ""
    claims = [signed.record for signed in found.signed]
    claims += [record for entry in found.rejected if (record := _claimed(people.folder / entry.path))]
    accepted = [entry for entry in records.decisions if _is_about(entry.decision, header.run_id)]
    bound = tuple(
        entry
        for entry in accepted
        if (header.run_id, digest) in {(seen.run, seen.sha256) for seen in entry.decision.reports}
    )
    return Decided(
        by_anybody=any(_is_about(record, header.run_id) for record in claims),
        bound=bound,
        elsewhere=tuple(entry for entry in accepted if entry not in bound),
    )


def _is_about(record: object, run_id: str) -> bool:
    return isinstance(record, StakeholderDecision) and run_id in {seen.run for seen in record.reports}


def _claimed(path: Path) -> StakeholderDecision | None:
    """A decision that is not accepted: where it cannot be verified here, it may be genuine all the same."""
    try:
        return StakeholderDecision.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, ValueError):
        return None
