# ruff: noqa: T201
"""`python -m rehearsal [up | serve | backups | faults | variants]`: the only module that prints."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.faults import UnknownFault, catalogue, plan_with, variants
from rehearsal.packages import not_installed
from rehearsal.stack.data.backups import make
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.plan import StackPlan, healthy_plan

if TYPE_CHECKING:
    from rehearsal.faults.base import Fault
    from rehearsal.stack.facts import Facts
    from rehearsal.stack.run_directory import RunDirectory

DESCRIPTION = "A copy of Audotics on loopback."
FAILED = 1
USAGE_ERROR = 2
FLAVOURS = ("v1", "v2")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the result is the process's exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "faults":
        return _list(catalogue())
    if options.command == "variants":
        return _list(variants())
    if options.command == "backups":
        return make(options.order)
    healthy = healthy_plan()
    healthy.flavour = getattr(options, "flavour", FLAVOURS[0])
    healthy.forms = getattr(options, "form", [])
    if healthy.forms:
        from rehearsal import forms  # noqa: PLC0415 - with the servers' packages, which may be missing

        try:
            for form in forms.named(healthy.forms):
                form.plan(healthy)
        except KeyError as unknown:
            return _complain(f"unknown form {unknown}: known are {', '.join(forms.forms())}", USAGE_ERROR)
    try:
        plan = plan_with(getattr(options, "fault", []), healthy)
    except UnknownFault as error:
        return _complain(str(error), USAGE_ERROR)
    if options.command == "serve":
        folder = options.facts.resolve().parent
        if not folder.is_dir():
            return _complain(f"there is no directory {folder} for the facts", USAGE_ERROR)
        options.facts.unlink(missing_ok=True)
        return _serve(plan, healthy, options.facts)
    return _show(plan, healthy)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    up = commands.add_parser("up", help="start it for a person, until Ctrl-C (the default)")
    serve = commands.add_parser("serve", help="start it for a program, until standard input ends")
    serve.add_argument("--facts", type=Path, required=True, help="file to write when everything is ready")
    for command in (up, serve):
        command.add_argument(
            "--fault", action="append", default=[], metavar="NAME", help="inject a defect (repeatable)"
        )
        command.add_argument(
            "--form", action="append", default=[], metavar="NAME", help="build it in a form (repeatable)"
        )
        command.add_argument(
            "--flavour", choices=FLAVOURS, default=FLAVOURS[0], help="which deployment of the application"
        )
    backups = commands.add_parser("backups", help="make the backups of a running rehearsal, once")
    backups.add_argument("order", type=Path, help="the file that the facts name")
    commands.add_parser("faults", help="list the defects that can be injected")
    commands.add_parser("variants", help="list the healthy deployments that look different, for --fault")
    return parser


def _serve(plan: StackPlan, healthy: StackPlan, facts_file: Path) -> int:
    """For a program, which orders faults on standard input and reads in the facts that they are on."""

    async def served() -> None:
        # Here and not above: the list of faults needs none of the packages that a running stack needs.
        from rehearsal.stack.session import run_stack  # noqa: PLC0415
        from rehearsal.switching import Program  # noqa: PLC0415

        program = Program(healthy, facts_file)
        await run_stack(
            plan, lambda facts, _: program.ready(facts), _say, program.hear, until_stdin_ends=True
        )

    return _run(served)


def _show(plan: StackPlan, healthy: StackPlan) -> int:
    """For a person, who may type names of faults."""

    async def shown() -> None:
        from rehearsal.stack.session import run_stack  # noqa: PLC0415
        from rehearsal.stack.visitor import visitor_guide  # noqa: PLC0415
        from rehearsal.switching import HELP, Person  # noqa: PLC0415

        def welcome(facts: Facts, run: RunDirectory) -> None:
            print(f"{visitor_guide(facts, run)}\n\nFaults: {HELP}", flush=True)

        person = Person(healthy, _say, list(plan.faults))
        await run_stack(plan, welcome, _say, person.hear, until_stdin_ends=False)

    return _run(shown)


def _run(live: Callable[[], Coroutine[Any, Any, None]]) -> int:
    began = time.monotonic()
    try:
        asyncio.run(live())
    except PartFailed as error:
        _complain(f"{error} (after {time.monotonic() - began:.1f} s)", FAILED)
        for line in error.log_tail:
            _say(f"  {error.part} | {line}")
        return FAILED
    except ModuleNotFoundError as error:
        return _complain(not_installed(error), FAILED)
    except OSError as error:
        return _complain(f"the machine refused something: {error}", FAILED)
    return 0


def _list(listed: dict[str, Fault]) -> int:
    faults = listed.values()
    names = max((len(fault.name) for fault in faults), default=0)
    for fault in faults:
        print(f"{fault.name:<{names}}  {','.join(fault.expected_failures)}  {fault.description}")
    return 0


def _complain(message: str, code: int) -> int:
    _say(f"rehearsal: {message}")
    return code


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ModuleNotFoundError as missing:
        sys.exit(_complain(not_installed(missing), FAILED))
