"""``golive report``: a run's report, rendered anew from its record."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from golive.cli.project import settings_of
from golive.cli.reports import end_of, text_of_checklist
from golive.environment.attestations import read_records
from golive.environment.people import read_people
from golive.environment.waivers import read_waivers
from golive.gate import decide
from golive.gate.standing import stand
from golive.model.checklist import Checklist
from golive.model.checklist_markdown import parse_checklist
from golive.model.run import Ledger, Run
from golive.model.standing import Standing
from golive.report import render_all, render_signed
from golive.report.events import read_run
from golive.report.ledger import ledger_of_release

_DESCRIPTION = """\
Render a run's report anew from its events.jsonl, also after a run that was killed. What people signed up to
the end of the run is part of it. Decisions on this very report, signed since, are shown in
checklist-signed.html beside it: checklist.html stays as the signers saw it, to the byte.
"""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare it."""
    report = commands.add_parser(
        "report", help="render a run's report anew from its events.jsonl", description=_DESCRIPTION
    )
    report.add_argument("folder", type=Path, help="the run's folder, below reports/")
    report.add_argument("--checklist", type=Path, default=Path("checklist.md"))
    report.add_argument("--waivers", type=Path, default=Path("waivers.toml"))
    report.add_argument(
        "--attestations",
        type=Path,
        metavar="FOLDER",
        help="where signed records lie (default: the profile's)",
    )
    report.add_argument("--strict-gate", action="store_true", help="a CONDITIONAL GO ends with exit code 1")
    report.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    run = read_run(options.folder / "events.jsonl")
    checklist = parse_checklist(text_of_checklist(options.checklist, run), source=options.checklist.name)
    now = datetime.now(UTC)
    finished = end_of(run, now=now)
    waivers = read_waivers(options.waivers, checklist, now=finished, environment=run.header.environment)
    signed_now = _standing(run, checklist, options.attestations, at=now)
    standing = run.footer.standing if run.footer else signed_now
    verdict = decide(
        checklist,
        Ledger.of([run]),
        waivers,
        standing.attestations,
        rejections=standing.rejections,
        release_ledger=ledger_of_release(options.folder.parent, run),
        now=finished,
    )
    paths = list(render_all(options.folder, checklist, run, verdict, standing.decisions))
    on_this = [
        entry
        for entry in signed_now.decisions
        if run.header.run_id in {report.run for report in entry.decision.reports}
    ]
    if on_this:
        paths += render_signed(options.folder, checklist, run, verdict, on_this)
    for path in paths:
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(f"{verdict.decision}: {verdict.reason}\n")
    return verdict.exit_code(strict=options.strict_gate)


def _standing(run: Run, checklist: Checklist, folder: Path | None, *, at: datetime) -> Standing:
    header = run.header
    people = settings_of(header.environment, folder=folder)
    found = read_records(people, header.environment, header.release, now=at)
    return stand(
        found,
        checklist,
        read_people(people.roster),
        environment=header.environment,
        release=header.release,
        now=at,
    )
