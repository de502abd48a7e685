"""``golive``: what is done with records after, and with the machine before, a run."""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from golive.environment.waivers import WaiverError, read_waivers
from golive.gate import decide
from golive.model.checklist import ChecklistError
from golive.model.checklist_markdown import parse_checklist
from golive.model.outcome import Blind
from golive.model.run import Ledger
from golive.probes.browser_executable import find_browser
from golive.report import render_all, summary_schema
from golive.report.events import CorruptRecordError, read_run

EXIT_USAGE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except (ChecklistError, CorruptRecordError, WaiverError, OSError) as error:
        sys.stderr.write(f"golive: {error}\n")
        return EXIT_USAGE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="golive", description="Records, reports and the machine they are made on."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    report = commands.add_parser("report", help="render a run's report anew from its events.jsonl")
    report.add_argument("folder", type=Path, help="the run's folder, below reports/")
    report.add_argument("--checklist", type=Path, default=Path("checklist.md"))
    report.add_argument("--waivers", type=Path, default=Path("waivers.toml"))
    report.add_argument("--strict-gate", action="store_true", help="a CONDITIONAL GO ends with exit code 1")
    report.set_defaults(command=_report)

    doctor = commands.add_parser("doctor", help="say whether this machine has what a run needs")
    doctor.add_argument("--get-browser", action="store_true", help="try to install a missing browser")
    doctor.set_defaults(command=_doctor)

    schema = commands.add_parser("schema", help="print the JSON Schema of summary.json")
    schema.set_defaults(command=_schema)
    return parser


def _report(options: argparse.Namespace) -> int:
    run = read_run(options.folder / "events.jsonl")
    text = options.checklist.read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != run.header.checklist_digest:
        raise CorruptRecordError(
            f"{options.checklist} is not the checklist that run {run.header.run_id} was judged by"
            f" (SHA-256 {run.header.checklist_digest[:12]}…): give that one with --checklist"
        )
    checklist = parse_checklist(text, source=options.checklist.name)
    now = run.footer.finished if run.footer else datetime.now(UTC)
    waivers = read_waivers(options.waivers, checklist, now=now)
    verdict = decide(checklist, Ledger.of([run]), waivers, now=now)
    for path in render_all(options.folder, checklist, run, verdict):
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(f"{verdict.decision}: {verdict.reason}\n")
    return verdict.exit_code(strict=options.strict_gate)


def _doctor(options: argparse.Namespace) -> int:
    problems: list[str] = []
    try:
        browser = find_browser()
    except Blind as missing:
        if options.get_browser and _install_browser():
            browser = find_browser()
        else:
            problems.append(f"{missing.reason}: {missing.remedy}")
            browser = None
    if browser is not None:
        sys.stdout.write(f"browser: {browser}\n")
    if sys.platform == "linux" and shutil.which("certutil") is None:
        problems.append(
            "no certutil, which lets the browser trust a profile's own root: apt-get install libnss3-tools"
        )
    for problem in problems:
        sys.stderr.write(f"golive doctor: {problem}\n")
    return 1 if problems else 0


def _install_browser() -> bool:
    """Let Playwright fetch its own browser; False where its download host is not reached."""
    command = [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]
    try:
        finished = subprocess.run(command, capture_output=True, timeout=300, check=False)  # noqa: S603 - own interpreter
    except subprocess.TimeoutExpired:
        return False
    return finished.returncode == 0


def _schema(_: argparse.Namespace) -> int:
    sys.stdout.write(json.dumps(summary_schema(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
