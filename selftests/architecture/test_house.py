"""The rules of the house, as far as a machine can hold them."""

import ast
import subprocess
import sys
from collections import Counter
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
MOST_FILES = 25
"""Of one folder."""
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


def test_no_folder_is_a_flat_room():
    """What there is more of is parted by what it is about."""
    listed = subprocess.run(
        ["git", "ls-files", "src", "audotics", "fixtures", "tests", "rehearsal", "selftests"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    folders = Counter(str(Path(name).parent) for name in listed.stdout.splitlines())
    assert {folder: count for folder, count in folders.items() if count > MOST_FILES} == {}


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


KNOWS_PYTESTS_INSIDE = ROOT / "src/golive/plugin/pytest_internals.py"


def knows_pytest(path: Path) -> bool:
    """Whether it imports pytest, from inside or out."""
    imported = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    return bool(imported & {"pytest", "_pytest"})


PLUGIN = [path for path in SOURCES if path != KNOWS_PYTESTS_INSIDE and knows_pytest(path)]


def private_pytest_names(module: ast.Module) -> list[str]:
    """Imports of pytest's own modules, and underscored attributes of what is not one's own object."""
    found = []
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name.partition(".")[0] == "_pytest"]
            case ast.ImportFrom(module=str(source)) if source.partition(".")[0] == "_pytest":
                found.append(source)
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr="_exit" | "_replace"):
                pass  # of os, and of named tuples: documented, for all their underscores
            case ast.Attribute(attr=attribute) if attribute.startswith("_") and not attribute.endswith("__"):
                found.append(attribute)
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(attribute)), *_]):
                found += [attribute] if attribute.startswith("_") else []
    return found


@pytest.mark.parametrize(
    "source",
    [
        "from _pytest.skipping import evaluate_skip_marks",
        "import _pytest.terminal as terminal",
        "width = terminalreporter._tw.fullwidth",
        "item.session._setupstate.teardown_exact(None)",
        "getattr(item, '_request').getfixturevalue('tls')",
    ],
)
def test_a_private_name_of_pytests_is_found(source):
    assert private_pytest_names(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "import pytest\nreporter: pytest.TerminalReporter",
        "self._request = None\ncls._tw = 1",
        "os._exit(0)",
        "item.__class__.__name__",
        "getattr(item, 'callspec', None)",
    ],
)
def test_what_is_public_or_ones_own_is_not_found(source):
    assert not private_pytest_names(ast.parse(source))


@pytest.mark.parametrize("path", PLUGIN, ids=name)
def test_private_names_of_pytests_stand_in_one_module(path):
    assert not private_pytest_names(tree(path)), f"belongs in {name(KNOWS_PYTESTS_INSIDE)}"
