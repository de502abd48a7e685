"""Reports and the runs that they are of."""

import hashlib
from datetime import datetime
from pathlib import Path

from golive.cli.errors import UsageError
from golive.model.attestation import SeenReport
from golive.model.run import Run, RunHeader
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


def end_of(run: Run, *, now: datetime) -> datetime:
    """The instant that a run is judged at."""
    return run.footer.finished if run.footer else now
