"""``golive undo``: removes what a run that was killed left in its target."""

import argparse
import asyncio
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from golive.api.afterwards.account_tokens import secrets_of_account
from golive.api.afterwards.leftovers import undo_again
from golive.api.afterwards.undoing import Ending
from golive.cli.commands import COMMANDS
from golive.cli.errors import UsageError
from golive.cli.project import ENVIRONMENTS
from golive.core.journal import Thing
from golive.core.run import RunHeader
from golive.net.access import Access
from golive.net.http import HttpProbe
from golive.profile.loading import available_environments, load_profile
from golive.profile.profile import Profile
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secrets, find_secrets
from golive.report.events import FILE_NAME as RECORD
from golive.report.events import read_run
from golive.report.journal import FILE_NAME, Journal, JournalReading, read_journal

_DESCRIPTION = f"""\
Remove what a run left in its target: sessions that it opened, replicas that it put into another state and so
on. A run removes them itself; one that was killed could not. What it created, and which requests undo it,
stands in {FILE_NAME} of its folder; what was removed is added there.

The profile of the run's environment must be here, and the secrets of the accounts that undo, as for the run.
Only what its [allow] names is sent. Wait until the run has ended: it needs what it created.
"""
_EPILOG = """\
Each thing is told by one line: removed (it was seen to be gone), already gone, or left behind, with the
reason. Exit codes: 0 nothing is left, 1 something is left behind, 4 the folder or its journal cannot be used.
"""
_WIDTH = max(map(len, Ending)) + 2


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare it."""
    undo = commands.add_parser(
        "undo",
        help=COMMANDS["undo"].help,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    undo.add_argument("folder", type=Path, help="the run's folder, below reports/")
    undo.set_defaults(command=_undo)


def _undo(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    header = _header(folder)
    reading = read_journal(folder, run=header.run_id)
    open_ = reading.open
    sys.stdout.write(f"{folder}: run {header.run_id} in {header.environment}\n")
    if not open_ and not reading.is_cut_off:
        sys.stdout.write(f"nothing to undo: {_seen_to(reading)}\n")
        return 0
    profile = _profile_of(header.environment)
    if profile.start is not None:
        sys.stdout.write(f"nothing to undo: {header.environment} was started by the run, and ended with it\n")
        return 0
    Journal(folder / FILE_NAME, header.run_id).end_last_line()
    endings = asyncio.run(_undo_all(folder, header, profile, open_)) if open_ else Counter()
    if reading.is_cut_off:
        sys.stdout.write(
            f"{Ending.LEFT_BEHIND:{_WIDTH}}a line of {FILE_NAME} is cut off: what it was about is not"
            f" known; look in the target for what names the run {header.run_id}\n"
        )
        endings[Ending.LEFT_BEHIND] += 1
    told = ", ".join(f"{endings[ending]} {ending}" for ending in Ending)
    sys.stdout.write(f"{told}; {_seen_to(reading)}\n")
    return 1 if endings[Ending.LEFT_BEHIND] else 0


def _header(folder: Path) -> RunHeader:
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder: give a run's, such as reports/prod/1.0.0/RUN")
    if not (folder / RECORD).is_file():
        raise UsageError(f"{folder}: is no run's folder: it has no {RECORD}, which says where the run was")
    return read_run(folder / RECORD).header


def _profile_of(environment: str) -> Profile:
    known = available_environments(ENVIRONMENTS)
    if environment not in known:
        raise UsageError(
            f"the run was in {environment}, and there is no such environment in {ENVIRONMENTS}/; "
            f"known: {', '.join(known) or 'none; run golive in the project, beside checklist.md'}"
        )
    return load_profile(ENVIRONMENTS / f"{environment}.toml")


def _seen_to(reading: JournalReading) -> str:
    closed = len(reading.things) - len(reading.open)
    return f"the run saw to {closed} itself" if reading.things else "the run created nothing"


def _secrets_for(profile: Profile, environment: str, things: tuple[Thing, ...]) -> Secrets:
    """The secrets that the steps need; of the others none need be there."""
    steps = [step for thing in things for step in (*thing.steps, *thing.read_backs, thing.knock) if step]
    names = {step.secret for step in steps if step.secret}
    names |= {name for step in steps if step.account for name in secrets_of_account(profile, step.account)}
    needed = {name: source for name, source in profile.secrets.items() if name in names}
    return find_secrets(
        profile.model_copy(update={"secrets": needed}),
        source=str(ENVIRONMENTS / f"{environment}.toml"),
        environ=os.environ,
    )


async def _undo_all(
    folder: Path, header: RunHeader, profile: Profile, things: tuple[Thing, ...]
) -> "Counter[Ending]":
    secrets = _secrets_for(profile, header.environment, things)
    redactor = Redactor(secrets)
    journal = Journal(folder / FILE_NAME, header.run_id, redactor.scrub)
    http = HttpProbe(Access.of(profile))
    endings: Counter[Ending] = Counter()
    again = undo_again(things, journal, http, profile, secrets=secrets, redactor=redactor, clock=_now)
    try:
        async for thing, undone in again:
            endings[undone.ending] += 1
            why = f": {redactor.scrub(undone.why)}" if undone.why else ""
            sys.stdout.write(f"{undone.ending:{_WIDTH}}{thing}{why}\n")
    finally:
        await http.aclose()
    return endings


def _now() -> datetime:
    return datetime.now(UTC)
