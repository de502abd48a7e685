"""Every check says what its failure does to people: what has no class is ranked last, and read last."""

import ast
from pathlib import Path

from golive.core.harm import Harm

TESTS = Path(__file__).parents[2] / "tests"
CLASSES = {harm.name.lower() for harm in Harm}


def named(node: ast.AST) -> set[str]:
    """The classes of harm that a decorator, or a module's own marks, name."""
    return {
        str(call.args[0].value)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "pytest.mark.harm"
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_check_names_its_class_of_harm():
    unranked, unknown = [], set()
    for path in sorted(TESTS.rglob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        marks = [
            node.value
            for node in module.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        ]
        of_module = set().union(*map(named, marks))
        for node in module.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                of_check = set().union(*map(named, node.decorator_list)) or of_module
                unknown |= of_check - CLASSES
                if not of_check:
                    unranked.append(f"{path.relative_to(TESTS)}::{node.name}")
    assert (unranked, unknown) == ([], set())
