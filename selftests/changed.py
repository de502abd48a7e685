"""`make check`: the tests of what has changed since main's last commit, the nearest first, for a while.

A test module is chosen when it has changed itself; when it imports, by itself or through a helper beside it,
a module that has; or when it bears such a module's name. A document that has changed is read by the tests of
prose. Unit tests come before those that start processes.
What the time does not suffice for is said, and left to `make test`, as drills are.
"""

import argparse
import ast
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BUDGET_SECONDS = 40.0
ALWAYS = "selftests/architecture"
STARTING_PROCESSES = ("plugin", "rehearsal", "lab")
"""Folders whose tests start processes, in the order that they are run in, after all others."""
LEFT_OUT = "drills"
OF_DOCUMENTS = "selftests/documents/test_prose.py"
"""Its tests read every document that people read."""


def changed_paths() -> list[str]:
    """Return the paths that differ from the last commit that this branch shares with main, and new ones."""
    shared = _git("merge-base", "HEAD", "main") or ["HEAD"]
    differing = _git("diff", "--name-only", "--diff-filter=d", shared[0])
    return sorted({*differing, *_git("ls-files", "--others", "--exclude-standard")})


def chosen_tests(changed: Iterable[str]) -> list[str]:
    """Return the test modules that tell whether ``changed`` paths still work, the nearest first."""
    paths = set(changed)
    modules = {_module(path) for path in paths if path.endswith(".py")}
    documents = [OF_DOCUMENTS] if any(path.endswith(".md") for path in paths) else []
    names = {f"test_{path.rpartition('.')[2]}" for path in modules}
    found: list[tuple[int, str]] = []
    for test in (ROOT / "selftests").rglob("test_*.py"):
        name = str(test.relative_to(ROOT))
        folder = name.split("/")[1]
        if folder == LEFT_OUT:
            continue
        distance = STARTING_PROCESSES.index(folder) + 1 if folder in STARTING_PROCESSES else 0
        if name in paths:
            found.append((-1, name))
        elif modules & _imported(test) or test.stem in names:
            found.append((distance, name))
    return list(dict.fromkeys([ALWAYS, *documents, *(name for _, name in sorted(found))]))


class Budget:
    """Stops a run of xdist in good order when its time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self._config: pytest.Config | None = None
        self.ran = self.failed = 0
        self.is_spent = False

    def pytest_configure(self, config: pytest.Config) -> None:
        """Know where xdist is to be found."""
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count, and look at the clock."""
        self.ran += report.when == "call"
        self.failed += report.failed
        if time.monotonic() - self._began > self._seconds and self._config is not None:
            controller: Any = self._config.pluginmanager.get_plugin("dsession")
            if controller is not None and not self.is_spent:
                controller.shouldstop = f"{self._seconds:g} s are over"
                self.is_spent = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Return pytest's exit code; 0 where everything was well that the time sufficed for."""
    parser = argparse.ArgumentParser(prog="python -m selftests.changed", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=BUDGET_SECONDS, help="of tests (default: %(default)g)"
    )
    options, more = parser.parse_known_args(arguments)
    tests = chosen_tests(changed_paths())
    budget = Budget(options.seconds)
    # Few at a time: what a worker has been given it also runs when the time is over.
    spread = ["-n", "2", "--dist", "load", "--maxschedchunk", "2"]
    code = int(pytest.main([*tests, *spread, "-q", *more], [budget]))
    if budget.is_spent and not budget.failed and code == pytest.ExitCode.INTERRUPTED:
        said = f"{budget.ran} tests were well within {options.seconds:g} s; make test runs the others of"
        sys.stdout.write(f"{said} {len(tests)} modules and folders\n")
        return 0
    return code


def _git(*arguments: str) -> list[str]:
    asked = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.splitlines()


def _module(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def _imported(path: Path) -> frozenset[str]:
    """The modules that a test imports, with those of the helpers of the tests that it imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=aliases):
                found |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module), names=aliases):
                found |= {module, *(f"{module}.{alias.name}" for alias in aliases)}
    for name in list(found):
        for helper in (path.parent / f"{name}.py", ROOT / f"{name.replace('.', '/')}.py"):
            if helper.is_file() and helper.is_relative_to(ROOT / "selftests"):
                found |= _imported(helper) | {_module(str(helper.relative_to(ROOT)))}
    return frozenset(found)


if __name__ == "__main__":
    sys.exit(main())
