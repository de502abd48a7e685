"""``golive waive``: accept a failure, for a while."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from golive.cli.commands import COMMANDS
from golive.cli.instants import instant_of
from golive.cli.project import read_checklist
from golive.core.waiver import Waiver
from golive.profile.waivers import add_waiver

_DESCRIPTION = """\
Accept the failure of a line, for a while. Its checks still run and their result is still shown; the line
is then waived, never green, and the verdict CONDITIONAL GO at best. A waiver ends, after at most 30 days; a
run with one that has ended is an error, until the failure is fixed or waived anew.
"""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare it."""
    waive = commands.add_parser(
        "waive",
        help=COMMANDS["waive"].help,
        description=_DESCRIPTION,
        epilog='example: golive waive infra.tls --reason "old CDN host is renewed on Monday" --owner OPS '
        "--ticket OPS-412 --expires 2026-12-01T12:00:00Z",
    )
    waive.add_argument("item", metavar="ITEM", help="the line's id, such as infra.tls")
    waive.add_argument("--reason", required=True, help="why the failure is accepted, one sentence")
    waive.add_argument("--owner", required=True, help="who takes it upon themselves")
    waive.add_argument("--ticket", required=True, help="where its fix is followed")
    waive.add_argument(
        "--expires",
        required=True,
        metavar="WHEN",
        help="2026-12-01T12:00:00Z, or how long from now: '7 d'; at most 30 d",
    )
    waive.add_argument("--env", metavar="NAME", help="only there (default: in every environment)")
    waive.add_argument("--checklist", type=Path, default=Path("checklist.md"))
    waive.add_argument("--waivers", type=Path, default=Path("waivers.toml"), help="file it is written to")
    waive.set_defaults(command=_waive)


def _waive(options: argparse.Namespace) -> int:
    now = datetime.now(UTC).replace(microsecond=0)
    waiver = Waiver(
        item=options.item,
        reason=options.reason,
        owner=options.owner,
        ticket=options.ticket,
        expires=instant_of(options.expires, now=now, option="--expires"),
        environment=options.env,
    )
    add_waiver(options.waivers, waiver, read_checklist(options.checklist), now=now)
    sys.stdout.write(
        f"{options.waivers}: {waiver.item} is waived until {waiver.expires:%Y-%m-%d %H:%M:%SZ}, "
        "in words that are reviewed: commit it\n"
    )
    return 0
