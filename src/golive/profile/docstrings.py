"""What stands below keys of a profile in the code: the words of its reference and of its JSON Schema."""

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from types import ModuleType

from pydantic import BaseModel

_DECLARES = {"section", "part"}


def key_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return key to the string that stands below it, for every key of ``model`` that has one."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        module = sys.modules.get(base.__module__)
        if issubclass(base, BaseModel) and module is not None:
            found |= _of_module(module).get(base.__qualname__, {})
    return found


def section_docstrings() -> dict[str, str]:
    """Return key to the string below its ``section`` or ``part``, for those of every imported subject."""
    texts: dict[str, str] = {}
    for name, module in sorted(sys.modules.items()):
        if name.rpartition(".")[2].partition("_")[0] == "profile":
            texts |= _of_module(module).get("", {})
    return texts


def model_docstring(model: type[BaseModel]) -> str:
    """Return what ``model`` says of itself, one paragraph; empty for one that was put together."""
    return " ".join((model.__dict__.get("__doc__") or "").partition("\n\n")[0].split())


@cache
def _of_module(module: ModuleType) -> dict[str, dict[str, str]]:
    """Class to its keys' docstrings; the empty name to those of declared sections."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError):
        return {}
    found = {node.name: _below(node.body) for node in tree.body if isinstance(node, ast.ClassDef)}
    return found | {"": _below(tree.body)}


def _below(body: list[ast.stmt]) -> dict[str, str]:
    return {
        key: " ".join(text.split())
        for statement, following in pairwise(body)
        if (key := _key(statement)) and (text := _text(following))
    }


def _key(statement: ast.stmt) -> str:
    match statement:
        case (
            ast.AnnAssign(value=ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(key)), *_]))
            | ast.Assign(value=ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(key)), *_]))
        ) if called in _DECLARES:
            return key
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _text(statement: ast.stmt) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
    return ""
