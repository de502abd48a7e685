"""The rules of the house, as far as a machine can hold them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("src", "audotics", "fixtures", "tests", "rehearsal")
    for path in (ROOT / folder).rglob("*.py")
)
PURE = sorted(path for folder in ("core", "gate") for path in (ROOT / "src/golive" / folder).glob("*.py"))
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
CLOCKS_ARE_READ_IN = {"cli", "plugin", "report", "testing"}
"""Folders of the engine that pass the time on to all others."""
TIMELESS = sorted(
    path
    for folder in ("audotics", "fixtures", "tests", "src/golive")
    for path in (ROOT / folder).rglob("*.py")
    if path.relative_to(ROOT / folder).parts[0] not in CLOCKS_ARE_READ_IN
)
IMPURE = {
    "pytest",
    "_pytest",
    "time",
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "random",
    "secrets",
    "asyncio",
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_imports_go_one_way():
    """import-linter keeps the contracts of pyproject.toml."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", [path for path in SOURCES if path.stat().st_size > 8000], ids=name)
def test_no_file_is_longer_than_400_lines(path):
    """Only files that might be: a shorter one has fewer bytes."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [ROOT / "conftest.py", *ROOT.glob("tests/**/conftest.py")], ids=name)
def test_conftest_stays_short(path):
    """What it would hold has a module of its own."""
    assert len(path.read_text(encoding="utf-8").splitlines()) < 30


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=name)
def test_every_check_states_its_requirement(path):
    """The docstring is what the report shows as the thing that must hold."""
    checks = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    silent = [node.name for node in checks if node.name.startswith("test_") and not ast.get_docstring(node)]
    assert not silent


@pytest.mark.parametrize("path", PURE, ids=name)
def test_model_and_gate_do_no_io_and_read_no_clock(path):
    """A verdict depends on what it is given, and on nothing else."""
    imported, called = set(), set()
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=aliases):
                imported |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module)):
                imported.add(module.partition(".")[0])
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
                called.add((owner, method))
            case ast.Call(func=ast.Name(id="open")):
                called.add(("builtins", "open"))
    assert not imported & IMPURE
    assert not called & (CLOCKS | {("builtins", "open")})


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_checks_have_the_time_from_the_clock_that_says_where_it_is_wrong(path):
    """Only who takes the fixture ``now`` is blind where this machine's clock is wrong."""
    called = {
        (node.func.value.id, node.func.attr)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    }
    assert not called & CLOCKS
