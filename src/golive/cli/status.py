"""``golive status``: a release at a glance, from all of its runs."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from golive.cli.commands import COMMANDS
from golive.cli.errors import UsageError
from golive.cli.project import read_checklist
from golive.cli.releases import newest_release, state_of
from golive.ledger.status import status_lines

_DESCRIPTION = """\
Say where a release stands: what all of its runs, from wherever they were made, come to by now; which lines
are open and whose they are; what becomes stale when; and which records do not count, and why. Nothing is
verified anew, and nothing is written.
"""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare it."""
    status = commands.add_parser(
        "status",
        help=COMMANDS["status"].help,
        description=_DESCRIPTION,
        epilog="Exit codes are the verdict's: 0 GO, 1 NO-GO or ROLL BACK, 6 INCONCLUSIVE.",
    )
    status.add_argument("--env", metavar="NAME", required=True, help="the environment, such as prod")
    status.add_argument("--release", metavar="VERSION", help="default: that of the newest run there")
    status.add_argument("--reports", type=Path, default=Path("reports"), help="where the records lie")
    status.add_argument("--checklist", type=Path, default=Path("checklist.md"))
    status.add_argument("--attestations", type=Path, metavar="FOLDER", help="where people's records lie")
    status.add_argument("--strict-gate", action="store_true", help="a CONDITIONAL GO ends with exit code 1")
    status.set_defaults(command=_status)


def _status(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    version = options.release or newest_release(options.reports / options.env)
    folder = options.reports / options.env / version
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such release: run pytest --env={options.env} first")
    checklist = read_checklist(options.checklist)
    state, _ = state_of(folder, checklist, options.checklist, attestations=options.attestations, now=now)
    for line in status_lines(checklist, state, now=now):
        sys.stdout.write(f"{_printable(line)}\n")
    return state.verdict.exit_code(strict=options.strict_gate)


def _printable(line: str) -> str:
    # Control characters from a target must not steer the reader's terminal.
    return "".join(character if character.isprintable() else "�" for character in line)
