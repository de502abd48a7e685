"""Faults that are on at once: drawn by a commit, so that every commit has others, and again the same."""

import os
import random
import subprocess
from collections.abc import Iterable

from golive.testing import Checks
from rehearsal.faults.base import Fault, FrontendFault
from selftests.drills.drill import ROOT

VARIABLE = "GOLIVE_DRAW"
"""Brings the groups of another commit back."""
SIZE = 10
WIDE = 7
"""A fault that fails more lines than this leaves too little to see the others by."""


def seed() -> str:
    """The commit, or what the variable says."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    asked = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "no commit"


def drawn(seed: str, faults: Iterable[Fault], checks: Checks, *, groups: int) -> list[tuple[Fault, ...]]:
    """Return groups of faults of different parts, none in two of them.

    Left out are faults that mask others, that fail many lines, or that only some requests meet: beside them
    nothing can be promised.
    """
    fit = [
        fault
        for fault in faults
        if not (fault.masks or fault.intermittent or len(fault.expected_failures) > WIDE)
    ]
    fit.sort(key=lambda fault: fault.name)
    random.Random(seed).shuffle(fit)  # noqa: S311 - the same groups for the same commit
    found: list[list[Fault]] = [[] for _ in range(groups)]
    for fault in fit:
        for group in found:
            if len(group) < SIZE and not any(_meet(fault, other, checks) for other in group):
                group.append(fault)
                break
    return [tuple(group) for group in found]


def _meet(one: Fault, other: Fault, checks: Checks) -> bool:
    """Whether two faults change the same part, or are seen by checks of the same module."""
    modules = [{check.partition("::")[0] for check in checks.dedicated(fault)} for fault in (one, other)]
    return _part(one) == _part(other) or bool(modules[0] & modules[1])


def _part(fault: Fault) -> str:
    # All of these change the same few texts, whatever they are about.
    return "frontend" if isinstance(fault, FrontendFault) else fault.name.partition(".")[0]
