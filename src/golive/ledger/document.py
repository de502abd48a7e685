"""A whole release as one document: every line with its newest evidence, whichever run it came from."""

from datetime import datetime
from pathlib import Path

from golive.core.accepted import AcceptedRecords
from golive.core.checklist import Checklist
from golive.core.evidence import Evidence
from golive.core.run import CheckRecord, Run, RunFooter
from golive.ledger.release import ReleaseState
from golive.report.files import attachments_of, write_whole
from golive.report.images import ReadAttachment

HTML, MARKDOWN = "release.html", "release.md"
_BETWEEN = "~"
"""Between a run's id and the name of its screenshot; neither has one."""


def render_release(
    folder: Path, checklist: Checklist, state: ReleaseState, accepted: AcceptedRecords, *, now: datetime
) -> tuple[Path, ...]:
    """Write the document into the release's folder; return the paths, the HTML first.

    Args:
        folder: ``reports/<environment>/<version>``.
        checklist: the document.
        state: what its runs come to.
        accepted: what people signed about the release.
        now: the instant of judging, UTC.
    """
    from golive.report.html import render_html  # noqa: PLC0415 - templates, where something is rendered alone
    from golive.report.markdown import render_markdown  # noqa: PLC0415

    run = run_of_release(checklist, state, accepted, now=now)
    read = _attachments(state)
    texts = {
        HTML: render_html(checklist, run, state.verdict, accepted.decisions, read_attachment=read, anew=True),
        MARKDOWN: render_markdown(checklist, run, state.verdict, accepted.decisions, anew=True),
    }
    return tuple(write_whole(folder / name, text) for name, text in texts.items())


def run_of_release(
    checklist: Checklist, state: ReleaseState, accepted: AcceptedRecords, *, now: datetime
) -> Run:
    """All runs as one, for the renderers: from the first start to ``now``, each check's newest record."""
    runs = state.records.runs
    newest = runs[-1].header
    marks = [run.header.watermark for run in runs if run.header.watermark]
    header = newest.model_copy(
        update={
            "run_id": f"{len(runs)} runs from {runs[0].header.run_id} to {newest.run_id}",
            "started": runs[0].header.started,
            "vantage": ", ".join(dict.fromkeys(run.header.vantage for run in runs)),
            "watermark": marks[-1] if marks else None,
            "deployed_at": state.ledger.deployed_at,
            "marker_expression": "",
            "scope": tuple(checklist.items),
            "expected_checks": {
                item: tuple(sorted(checks)) for item, checks in state.ledger.expected_checks.items()
            },
            "faults": tuple(dict.fromkeys(fault for run in runs for fault in run.header.faults)),
        }
    )
    homes = {(record.check, record.started): run.header.run_id for run in runs for record in run.records}
    records = tuple(_at_home(record, homes[record.check, record.started]) for record in state.ledger.records)
    footer = RunFooter(finished=now, pytest_exit_code=0, notes=_notes(state), accepted=accepted)
    return Run(header=header, records=records, footer=footer)


def _notes(state: ReleaseState) -> tuple[str, ...]:
    records = state.records
    runs = [
        f"run {run.header.run_id}, {run.header.marker_expression or 'everything'}, "
        f"SHA-256 of its record {records.digests[run.header.run_id]}"
        for run in records.runs
    ]
    return (*runs, *(f"not counted: {entry}" for entry in records.not_counted))


def _at_home(record: CheckRecord, run_id: str) -> CheckRecord:
    """The record with the names of its screenshots made unique over runs."""

    def named(entry: Evidence) -> Evidence:
        if not entry.attachment:
            return entry
        return entry.model_copy(update={"attachment": f"{run_id}{_BETWEEN}{entry.attachment}"})

    return record.model_copy(update={"evidence": tuple(map(named, record.evidence))})


def _attachments(state: ReleaseState) -> ReadAttachment:
    readers = {run_id: attachments_of(folder) for run_id, folder in state.records.folders.items()}

    def read(name: str) -> bytes | None:
        run_id, _, file = name.partition(_BETWEEN)
        return readers[run_id](file) if run_id in readers else None

    return read
