"""Subjects stand alone, and what judges does no I/O, not even through what it imports."""

import subprocess
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
INPUT_OUTPUT = (
    "aiohttp",
    "asyncio",
    "h11",
    "h2",
    "httpx",
    "playwright",
    "psycopg",
    "redis",
    "socketio",
    "ssl",
    "websockets",
)
PURE = sorted(
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    for pattern in ("*/rules*.py", "*/observation*.py", "rules/*.py")
    for path in (ROOT / "src/golive").glob(pattern)
    if path.stem != "__init__"
)


@cache
def imports() -> grimp.ImportGraph:
    """Every import of the engine, standard library included."""
    return grimp.build_graph("golive", include_external_packages=True, cache_dir=None)


def test_there_are_rules_and_observations_in_every_subject_that_judges():
    """The test below is about something."""
    assert len(PURE) > 70


@pytest.mark.parametrize("library", INPUT_OUTPUT)
def test_rules_and_observations_reach_no_input_or_output(library):
    """Rules are given what was observed; where they could look themselves, nobody knew what they had seen."""
    graph = imports()
    assert library in graph.modules, f"the engine does not use {library} any more: take it off the list"
    chains = [graph.find_shortest_chain(module, library) for module in PURE]
    assert not [" → ".join(chain) for chain in chains if chain]


@pytest.mark.parametrize("module", PURE)
def test_rules_and_observations_import_no_probe(module):
    """A probe is handed to checks by fixtures, and what it saw to rules by checks."""
    imported = imports().find_modules_directly_imported_by(module)
    assert not [name for name in imported if name.rpartition(".")[2].startswith("probe")]


def test_the_engine_knows_no_product():
    """What only one suite has lies beside it, examples in docstrings included."""
    words = "audotics|spotify|playlist|recommendations|trending|group.?session"
    found = subprocess.run(
        ["git", "grep", "-niE", words, "--", "src/golive"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode in (0, 1), found.stderr
    assert not found.stdout
