"""The cases of every check, as the rehearsal's profile and the parameters beside the checks make them."""

import subprocess
import sys
from functools import cache

from selftests.drills.drill import ROOT

_DEADLINE_SECONDS = 120


@cache
def cases_of_checks() -> dict[str, tuple[str, ...]]:
    """Return function to its cases, in order; a check without parameters has none."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--env=rehearsal"]
    command += ["-p", "no:html", "-p", "no:allure_pytest"]
    collected = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=True
    )
    cases: dict[str, list[str]] = {}
    for line in collected.stdout.splitlines():
        path, separator, rest = line.partition("::")
        if separator and path.endswith(".py"):
            function, _, case = rest.partition("[")
            cases.setdefault(f"{path}::{function}", []).extend([case.removesuffix("]")] if case else [])
    return {function: tuple(found) for function, found in cases.items()}
