"""Which checks use which table and key of a profile, as far as reading the code shows it.

From each check through its fixtures, and through what these call, to the names of sections and keys.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from selftests.drills.drill import ROOT

_SOURCES = {"src": "golive", "audotics": "", "fixtures": "", "tests": ""}
_DECLARES = {"section", "part", "extend"}
Name = tuple[str, str]
"""Module and what it defines."""


@dataclass
class Unit:
    """A function, class or constant of a module, and what it mentions."""

    module: str
    is_fixture: bool = False
    declares: tuple[str, ...] = ()
    """Path of the table that this handle of the registry leads to; empty for anything else."""
    parameters: tuple[str, ...] = ()
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    tables: set[tuple[str, ...]] = field(default_factory=set)
    """Read by name, as ``profile.network`` is."""


@dataclass(frozen=True)
class Uses:
    """What one check reaches."""

    check: str
    tables: frozenset[tuple[str, ...]]
    keys: frozenset[tuple[tuple[str, ...], str]]
    """Table, at the top of the file or below ``[targets]``, and an attribute named where it is known."""


@cache
def uses() -> tuple[Uses, ...]:
    """Return what every check of ``tests/`` reaches, in the order of their names."""
    code = _Code()
    return tuple(code.reached_by(check) for check in sorted(code.checks()))


def checks_using(table: tuple[str, ...], key: str | None = None) -> list[str]:
    """Names of the checks that reach a table, and name one key where that table is known."""
    top = table[:2] if table[0] == "targets" else table[:1]
    found = [
        one.check.rpartition("::")[2]
        for one in uses()
        if (top in one.tables if key is None else (top, key) in one.keys)
    ]
    return sorted(set(found))


class _Code:
    """Every module of the engine and of the suite, read but not run."""

    def __init__(self) -> None:
        self.units: dict[Name, Unit] = {}
        self.imports: dict[str, dict[str, Name]] = {}
        self.origins: dict[str, set[str]] = {}
        for folder in _SOURCES:
            for path in sorted((ROOT / folder).rglob("*.py")):
                self._read(path)
        self.fixtures = {name: key for key in self.units if self.units[key].is_fixture for name in [key[1]]}

    def checks(self) -> Iterator[str]:
        for module, name in self.units:
            if module.startswith("tests.") and name.startswith("test_"):
                yield f"{module}::{name}"

    def reached_by(self, check: str) -> Uses:
        module, _, name = check.partition("::")
        seen: set[Name] = set()
        waiting = [(module, name)]
        while waiting:
            key = waiting.pop()
            unit = self.units.get(key)
            if unit is None or key in seen:
                continue
            seen.add(key)
            known = self.imports[unit.module]
            waiting += [known.get(mentioned, (unit.module, mentioned)) for mentioned in unit.names]
            waiting += [
                self.fixtures[parameter] for parameter in unit.parameters if parameter in self.fixtures
            ]
        handles = {key: self.units[key].declares for key in seen if self.units[key].declares}
        tables = {*handles.values()}.union(*(self.units[key].tables for key in seen))
        declared: dict[str, set[tuple[str, ...]]] = {}
        for (declaring, _), table in handles.items():
            declared.setdefault(declaring, set()).add(table)
        named = set()
        for key in seen:
            unit = self.units[key]
            near = unit.tables.union(*(declared.get(origin, ()) for origin in self.origins[unit.module]))
            named |= {(table, attribute) for table in near for attribute in unit.attributes}
        return Uses(check, frozenset(tables), frozenset(named))

    def _read(self, path: Path) -> None:
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[1:] if parts[0] == "src" else parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        self.imports[module] = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        self.origins[module] = {origin for origin, _ in self.imports[module].values()}
        for node in tree.body:
            for name in _defined(node):
                self.units[module, name] = _unit(module, node)


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def _unit(module: str, node: ast.stmt) -> Unit:
    unit = Unit(module, declares=_declared(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        unit.is_fixture = any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
        if unit.is_fixture or node.name.startswith("test_"):
            unit.parameters = tuple(argument.arg for argument in (*node.args.args, *node.args.kwonlyargs))
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="profile"), attr="targets"), attr=name):
                unit.tables.add(("targets", name))
            case ast.Attribute(value=ast.Name(id="profile"), attr=name):
                unit.tables.add((name,))
            case ast.Name(id=name):
                unit.names.add(name)
        if isinstance(inner, ast.Attribute):
            unit.attributes.add(inner.attr)
    return unit


def _declared(node: ast.stmt) -> tuple[str, ...]:
    match node:
        case (
            ast.AnnAssign(value=ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(key)), *_]))
            | ast.Assign(value=ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(key)), *_]))
        ) if called in _DECLARES:
            return ("targets", key) if called == "part" else (key,)
    return ()
