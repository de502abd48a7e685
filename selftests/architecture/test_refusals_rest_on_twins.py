"""No check that expects a refusal or a silence counts before its rightful twin held, in the same run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFUSING = {
    "expect_callback_refused",
    "expect_client_refused",
    "expect_closed",
    "expect_error_shape",
    "expect_input_refused",
    "expect_not_received",
    "expect_not_signed_with",
    "expect_origin_not_allowed",
    "expect_refusal",
    "expect_refused",
    "expect_sign_in_not_begun",
}
"""Rules that are met by a refusal or a silence."""
OF_THE_TOKEN = {"listener", "friend", "newcomer", "outsider", "rooms", "wronged", "signer"}
"""Fixtures that are there only where an account's own token was let in."""
IN_THE_CHECK = {
    "expect_twin",
    "expect_twin_spoken",
    "expect_held",
    "judge",
    "joined",
    "unjudged",
    "removable",
}
"""What a check calls where its twin is a part of itself, or a control of its own."""
BESIDE_A_CONTROL_PORT = {"test_everything_else_is_closed"}
"""Rules that ask for their twin themselves."""


def checks() -> Iterator[tuple[str, ast.AsyncFunctionDef, ast.Module]]:
    """Every check, with its module."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for function in module.body:
            if isinstance(function, ast.AsyncFunctionDef) and function.name.startswith("test_"):
                yield f"{path.relative_to(ROOT)}::{function.name}", function, module


def called(node: ast.AST, module: ast.Module) -> set[str]:
    """Names of what a function calls, through helpers of its module too."""
    helpers = {
        one.name: one
        for one in module.body
        if isinstance(one, ast.AsyncFunctionDef | ast.FunctionDef) and not one.name.startswith("test_")
    }
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for call in (one for one in ast.walk(waiting.pop()) if isinstance(one, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            if name in helpers and name not in found:
                waiting.append(helpers[name])
            found.add(name)
    return found


def rests_on(function: ast.AsyncFunctionDef, module: ast.Module) -> set[str]:
    """Fixtures that a check uses, by its arguments and by marks of its own and of its module."""
    marks = {one.targets[0].id: one.value for one in module.body if isinstance(one, ast.Assign)
             and isinstance(one.targets[0], ast.Name)}  # fmt: skip
    found = {argument.arg for argument in function.args.args}
    nodes: list[ast.AST] = [*function.decorator_list]
    nodes += [marks[name] for name in ("pytestmark",) if name in marks]
    nodes += [marks[one.id] for one in function.decorator_list if isinstance(one, ast.Name)]
    for node in nodes:
        for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "usefixtures":
                found |= {one.value for one in call.args if isinstance(one, ast.Constant)}
    return found


REFUSALS = [
    (name, function, module) for name, function, module in checks() if called(function, module) & REFUSING
]


def test_refusals_are_found():
    """The test itself is not green by silence."""
    assert len(REFUSALS) > 30


@pytest.mark.parametrize(("name", "function", "module"), REFUSALS, ids=[name for name, *_ in REFUSALS])
def test_refusal_rests_on_its_twin(name, function, module):
    """By a fixture that holds it, or by a rightful request in the check itself."""
    fixtures = rests_on(function, module)
    held = {one for one in fixtures if one.endswith(("_let_in", "let_in", "_are_there", "_is_there"))}
    twins = held | (fixtures & OF_THE_TOKEN) | (called(function, module) & IN_THE_CHECK)
    assert twins or function.name in BESIDE_A_CONTROL_PORT, (
        f"{name} expects a refusal, and rests on nothing that shows that anybody is let in: see"
        " src/golive/core/controls.py"
    )
