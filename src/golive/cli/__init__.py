"""``golive``: what people do with records after, and with the machine before, a run."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence

from golive.cli.commands import COMMANDS
from golive.profile.own_programs import use_own_programs

EXIT_USAGE = 4
_DESCRIPTION = "What people do around a run: sign, waive, render records anew, undo, look at the machine."
_EPILOG = """\
A launch, from end to end:
  golive doctor                                          is this machine able to verify?
  golive provide verify                                  fetch what it lacks, without root
  pytest -m pre_deploy --env=prod                        verify; the report lies in reports/prod/…
  golive attest bkp.dr-plan --env prod --by you@…        say what no check can see, signed with your SSH key
    --evidence docs/dr-plan.md --drilled 2026-11-02
  golive waive infra.tls --reason … --owner OPS          accept a failure, for at most 30 days
    --ticket OPS-412 --expires "7 d"
  golive sign --role "QA Lead" --decision go             decide on the report that you read
    --by you@… reports/prod/1.0.0/RUN
  golive verify --env prod                               which of these are accepted, and why others are not
  golive undo reports/prod/1.0.0/RUN                     remove what a killed run left in its target

golive COMMAND --help explains each. Verification itself is pytest's: pytest --help, group golive.
Exit codes: 0 well, 1 not well, 2 and 4 usage, 6 inconclusive.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = command_parser(only=given[0] if given else "").parse_args(given)
    use_own_programs()
    try:
        code: int = options.command(options)
    except BrokenPipeError:
        # Whoever read along has seen enough, as in `golive verify … | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("golive: stopped\n")
        return 128 + signal.SIGINT
    except Exception as error:
        from golive.cli.explained import EXPLAINED

        if not isinstance(error, EXPLAINED):
            raise
        sys.stderr.write(f"golive: {error}\n")
        return EXIT_USAGE
    return code


def command_parser(*, only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of every command; the reference of commands is written from it.

    Args:
        only: the command that is given: of the others, what they are made of is not imported.
    """
    parser = argparse.ArgumentParser(
        prog="golive",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    wanted = {COMMANDS[only].module} if only in COMMANDS else set()
    for module in dict.fromkeys(command.module for command in COMMANDS.values()):
        if only is None or module in wanted:
            importlib.import_module(f"golive.cli.{module}").add_commands(commands)
            continue
        for name, command in COMMANDS.items():
            if command.module == module:
                commands.add_parser(name, help=command.help)
    return parser
