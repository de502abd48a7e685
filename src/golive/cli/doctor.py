"""``golive doctor`` and ``golive schema``."""

import argparse
import json
import sys
from pathlib import Path

from golive.cli.commands import COMMANDS
from golive.cli.needs import BROWSER_NEED, DRIVER, Purpose, browser_here, install_command, lacking
from golive.core.outcome import Blind
from golive.profile.schema import profile_schema
from golive.profile.subjects import load_subjects
from golive.report.summary import summary_schema

_NEEDED_BY_SMOKE = (BROWSER_NEED.name, DRIVER.name, "certutil")
"""Without these, lines of the smoke phase are unknown; all else is said, and no reason to fail."""

_WHOSE = {Purpose.VERIFY: "", Purpose.REHEARSAL: "for make rehearse: ", Purpose.TESTS: "for make test: "}


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare both."""
    doctor = commands.add_parser("doctor", help=COMMANDS["doctor"].help)
    doctor.set_defaults(command=_doctor)

    schema = commands.add_parser("schema", help=COMMANDS["schema"].help)
    schema.add_argument(
        "of", nargs="?", choices=("summary", "profile"), default="summary", help="(default: summary)"
    )
    schema.set_defaults(command=_schema)


def _doctor(_: argparse.Namespace) -> int:
    said: dict[str, str] = {}
    try:
        sys.stdout.write(f"browser: {browser_here()}\n")
    except Blind as blind:
        said[BROWSER_NEED.name] = f"{blind.reason}: {blind.remedy}"
    missing = lacking(Purpose.TESTS)
    for need in missing:
        reason = said.get(need.name, f"no {need.name}")
        sys.stderr.write(f"golive doctor: {_WHOSE[need.purpose]}{reason} ({need.used_for})\n")
    if missing:
        sys.stderr.write(f"golive doctor: to install: {install_command(missing)}\n")
        sys.stderr.write(
            "golive doctor: or to fetch, without root and for golive alone: golive provide tests\n"
        )
    return 1 if any(need.name in _NEEDED_BY_SMOKE for need in missing) else 0


def _schema(options: argparse.Namespace) -> int:
    if options.of == "profile":
        load_subjects(Path.cwd())
        # Sorted: keys come in the order in which subjects were imported.
        text = json.dumps(profile_schema(), indent=2, ensure_ascii=False, sort_keys=True)
    else:
        text = json.dumps(summary_schema(), indent=2)
    sys.stdout.write(text + "\n")
    return 0
