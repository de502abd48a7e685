"""Switching faults on a running stack: told by a program as JSON lines, or by a person as words."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rehearsal.faults import UnknownFault, known, plan_with
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.facts import Facts, write_privately
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.supervisor import Stack

HELP = "NAME switches a fault on or off · off ends all · list [WORD] shows them · Ctrl-C ends the rehearsal"


@dataclass
class Program:
    """Answers a program's orders, `{"switch": 3, "faults": ["tls.expired"]}`, in its facts file."""

    healthy: StackPlan
    file: Path
    _facts: dict[str, Any] = field(default_factory=dict)

    def ready(self, facts: Facts) -> None:
        """The stack has started."""
        self._tell(facts)

    async def hear(self, line: str, stack: Stack) -> None:
        """Carry one order out. What cannot be done is told in the facts, under `switch`."""
        if not line:
            return
        number = -1
        try:
            number, names = _order(line)
            facts = await stack.switch(plan_with(names, self.healthy))
        except (ValueError, UnknownFault, PartFailed) as problem:
            self._facts["switch"] = {"number": number, "error": str(problem)}
            write_privately(self.file, self._facts)
        else:
            self._tell(replace(facts, switch=number))

    def _tell(self, facts: Facts) -> None:
        self._facts = facts.document()
        write_privately(self.file, self._facts)


@dataclass
class Person:
    """Answers what a person types."""

    healthy: StackPlan
    say: Callable[[str], None]
    _on: list[str] = field(default_factory=list)

    async def hear(self, line: str, stack: Stack) -> None:
        """Switch a fault on or off, and say what is then true."""
        command, _, rest = line.partition(" ")
        match command:
            case "":
                return
            case "help" | "?":
                self.say(HELP)
            case "list":
                self._list(rest.strip())
            case "off":
                await self._switch([], stack)
            case name if name in self._on:
                await self._switch([other for other in self._on if other != name], stack)
            case name if name in known():
                await self._switch([*self._on, name], stack)
            case name:
                self.say(str(UnknownFault(name, known())))

    async def _switch(self, names: list[str], stack: Stack) -> None:
        try:
            facts = await stack.switch(plan_with(names, self.healthy))
        except PartFailed as problem:
            self.say(f"it could not be switched: {problem}")
            return
        self._on = names
        touched = ", ".join(facts.touched) or "nothing"
        self.say(f"switched in {facts.started_seconds:.1f} s (made anew: {touched})")
        for name in names:
            self.say(f"  on: {name}  {known()[name].description}")
        if not names:
            self.say("  healthy: no fault is on")

    def _list(self, word: str) -> None:
        found = [name for name in known() if word in name] or difflib.get_close_matches(word, known())
        for name in found:
            mark = "*" if name in self._on else " "
            self.say(f"{mark} {name}  {known()[name].description}")
        if not found:
            self.say(f"no fault's name holds {word!r}")


def _order(line: str) -> tuple[int, list[str]]:
    """The number and the faults of an order. Raises ValueError."""
    try:
        order = json.loads(line)
        number, names = order["switch"], order["faults"]
    except (ValueError, KeyError, TypeError) as problem:
        raise ValueError(f'not an order, {{"switch": NUMBER, "faults": [NAME, …]}}: {problem}') from None
    if not isinstance(number, int) or not isinstance(names, list):
        raise ValueError('not an order, {"switch": NUMBER, "faults": [NAME, …]}')
    return number, [str(name) for name in names]
