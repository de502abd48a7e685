"""`make check`: the tests of what has changed since main's last commit, drills left out.

A test module is chosen when it has changed itself, or imports, by itself or through a helper beside it, a
module that has. What is tested in processes of its own is chosen by its folder.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {
    "src/golive/plugin/": "selftests/plugin",
    "src/golive/testing/": "selftests/plugin/test_lane.py",
    "checklist": "selftests/unit/test_gate_real_checklist.py",
}
"""Beginning of a changed path to the tests that start processes of it."""
ALWAYS = "selftests/architecture"
LEFT_OUT = ("selftests/drills/",)


def changed_paths() -> list[str]:
    """Return the paths that differ from the last commit that this branch shares with main, and new ones."""
    shared = _git("merge-base", "HEAD", "main") or ["HEAD"]
    differing = _git("diff", "--name-only", "--diff-filter=d", shared[0])
    return sorted({*differing, *_git("ls-files", "--others", "--exclude-standard")})


def chosen_tests(changed: Iterable[str]) -> list[str]:
    """Return the test modules, and folders of them, that tell whether ``changed`` paths still work."""
    paths = set(changed)
    modules = {_module(path) for path in paths if path.endswith(".py")}
    chosen = {tests for path in paths for begin, tests in FOLDERS.items() if path.startswith(begin)}
    for test in sorted((ROOT / "selftests").rglob("test_*.py")):
        name = str(test.relative_to(ROOT))
        if not name.startswith(LEFT_OUT) and (name in paths or modules & _imported(test)):
            chosen.add(name)
    return sorted({ALWAYS, *chosen})


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
    sys.exit(
        pytest.main([*chosen_tests(changed_paths()), "-n", "2", "--dist", "worksteal", "-q", *sys.argv[1:]])
    )
