"""``golive report``: a run's report, rendered anew from its record."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from golive.cli.commands import COMMANDS
from golive.cli.errors import UsageError
from golive.cli.project import read_checklist
from golive.cli.releases import state_of
from golive.cli.reports import Decided, decided_on, text_of_checklist
from golive.core.accepted import AcceptedDecision
from golive.core.checklist_markdown import parse_checklist
from golive.core.run import Run
from golive.core.verdict import EXIT_NO_GO, Verdict
from golive.gate import judge_run
from golive.ledger.document import render_release
from golive.ledger.earlier_runs import ledger_of_release
from golive.report.events import FILE_NAME, CorruptRecordError, read_run
from golive.report.files import HTML, SIGNED_HTML, render_all, render_signed
from golive.report.headline import headline
from golive.report.vocabulary import DECISIONS, counted

_DESCRIPTION = """\
Render a run's report anew from its events.jsonl, also after a run that was killed. It is judged by what was
known when the run ended: the waivers and signatures that stand in its record, never by those of today. The
record is not sealed: what is rendered from it says that it could have been edited. Decisions on this very
report, signed since, are shown in checklist-signed.html beside it; what people decided on stays as it is.
"""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare it."""
    report = commands.add_parser("report", help=COMMANDS["report"].help, description=_DESCRIPTION)
    report.add_argument("folder", type=Path, help="the run's folder, below reports/; or the release's")
    report.add_argument(
        "--release",
        action="store_true",
        help="render a whole release, judged today, from all of its runs: release.html in its folder",
    )
    report.add_argument("--checklist", type=Path, default=Path("checklist.md"))
    report.add_argument(
        "--attestations",
        type=Path,
        metavar="FOLDER",
        help="where people's decisions lie (default: as the profile says)",
    )
    report.add_argument("--strict-gate", action="store_true", help="a CONDITIONAL GO ends with exit code 1")
    report.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if options.release:
        return _report_release(options)
    if not (folder / FILE_NAME).exists() and list(folder.glob(f"*/{FILE_NAME}")):
        raise UsageError(f"{folder} is a release's folder, and no run's: add --release to render all of it")
    run = read_run(folder / FILE_NAME)
    checklist = parse_checklist(text_of_checklist(options.checklist, run), source=options.checklist.name)
    verdict = judge_run(checklist, run, release_ledger=ledger_of_release(folder.parent, run))
    page = folder / HTML
    decided = decided_on(run, page, checklist, options.attestations, at=datetime.now(UTC))
    paths: tuple[Path, ...] = ()
    if decided.by_anybody and page.exists():
        _refuse_another_verdict(decided, run, verdict, folder)
        sys.stdout.write(f"{page}: left as it is, because people decided on it\n")
        if decided.bound:
            paths = render_signed(folder, checklist, run, verdict, decided.bound)
    else:
        paths = render_all(folder, checklist, run, verdict, run.accepted.decisions, anew=True)
    for path in paths:
        sys.stdout.write(f"{path}\n")
    for entry in decided.elsewhere:
        seen = decided.seen_by(entry, run)
        state = "another one lies there now" if page.exists() else "it is not there any more"
        sys.stdout.write(
            f"{entry.name} decided on a {HTML} whose SHA-256 is {seen.sha256[:12]}…, and {state}: "
            f"their decision is not shown in {SIGNED_HTML}\n"
        )
    sys.stdout.write(
        f"{folder / FILE_NAME}: read as it lies there; it is not sealed, and whoever could write to its"
        f" folder could have edited it\n{headline(checklist, run, verdict)}: {verdict.reason}\n"
    )
    code = verdict.exit_code(strict=options.strict_gate)
    return code or (EXIT_NO_GO if decided.elsewhere else code)


def _report_release(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    folder: Path = options.folder
    if not folder.is_dir() or (folder / FILE_NAME).exists():
        raise UsageError(f"{folder}: --release takes the folder of a release, reports/ENVIRONMENT/VERSION")
    checklist = read_checklist(options.checklist)
    state, accepted = state_of(
        folder.resolve(), checklist, options.checklist, attestations=options.attestations, now=now
    )
    for path in render_release(folder, checklist, state, accepted, now=now):
        sys.stdout.write(f"{path}\n")
    for entry in state.records.not_counted:
        sys.stdout.write(f"not counted: {entry}\n")
    sys.stdout.write(
        f"{DECISIONS[state.verdict.decision].word} for the whole release, "
        f"{counted(len(state.records.runs), 'run')}: {state.verdict.reason}\n"
    )
    return state.verdict.exit_code(strict=options.strict_gate)


def _refuse_another_verdict(decided: Decided, run: Run, verdict: Verdict, folder: Path) -> None:
    """A record that says something else than the report that people decided on is not shown as theirs."""
    other = [entry for entry in decided.bound if decided.seen_by(entry, run).verdict is not verdict.decision]
    if other:
        who, said = _names(other), decided.seen_by(other[0], run).verdict
        raise CorruptRecordError(
            f"{folder / FILE_NAME} says {verdict.decision}, and {who} decided on a report of it that says"
            f" {said}: the record was edited since, or another golive judged it; nothing was written"
        )


def _names(entries: Sequence[AcceptedDecision]) -> str:
    return " and ".join(dict.fromkeys(entry.name for entry in entries))
