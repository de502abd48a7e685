"""The catalogue of faults: every concrete fault class in a module of this package.

A module is an area, a class a fault. Writing the class is all that is needed to register it.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from copy import deepcopy
from functools import cache

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

AWAITED = "test_awaited_of_kind_"
"""What faults prove whose checks are not there yet: each can be switched on by name, no drill has it."""
VARIANTS = "rehearsal.variants"


class UnknownFault(Exception):
    """Somebody asked for a fault that does not exist; the message names near matches."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`python -m rehearsal faults` lists them"
        super().__init__(f"unknown fault {name!r}: {hint}")


@cache
def catalogue() -> dict[str, Fault]:
    """Every fault by its name, in alphabetical order. Raises ValueError when two share a name."""
    return {name: fault for name, fault in _written().items() if not _is_awaited(fault)}


@cache
def awaited() -> dict[str, Fault]:
    """The faults whose checks are not there yet, by name."""
    return {name: fault for name, fault in _written().items() if _is_awaited(fault)}


@cache
def variants() -> dict[str, Fault]:
    """Healthy deployments that look different, by name: switched on like faults, and nothing may turn red."""
    return _found_in(VARIANTS)


@cache
def known() -> dict[str, Fault]:
    """Whatever can be switched on: faults, those whose checks are not there yet, and variants."""
    return {**catalogue(), **awaited(), **variants()}


def plan_with(names: Iterable[str], healthy: StackPlan) -> StackPlan:
    """`healthy` with the faults or variants called `names`; it itself stays as it is. Raises UnknownFault."""
    plan = deepcopy(healthy)
    for fault in named(names):
        fault.apply(plan)
        plan.faults.append(fault.name)
    return plan


def named(names: Iterable[str]) -> list[Fault]:
    """The faults or variants called `names`, each once. Raises UnknownFault for the first unknown name."""
    chosen: list[Fault] = []
    for name in dict.fromkeys(names):
        if name not in known():
            raise UnknownFault(name, known())
        chosen.append(known()[name])
    return chosen


@cache
def _written() -> dict[str, Fault]:
    return _found_in(__name__)


def _found_in(package: str) -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    for module_info in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        module = importlib.import_module(module_info.name)
        for member in vars(module).values():
            if not _is_fault_of(member, module.__name__):
                continue
            if member.name in found:
                raise ValueError(f"two faults are called {member.name!r}")
            found[member.name] = member()
    return dict(sorted(found.items()))


def _is_awaited(fault: Fault) -> bool:
    return any(check.startswith(AWAITED) for check in fault.proves)


def _is_fault_of(member: object, module_name: str) -> bool:
    return (
        inspect.isclass(member)
        and issubclass(member, Fault)
        and not inspect.isabstract(member)
        and member.__module__ == module_name
    )
