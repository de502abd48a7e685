"""The keys of profiles, as the registry has put them together: table by table, in the words of the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from golive.core.duration import format_duration
from golive.profile import fields
from golive.profile.base import Absent
from golive.profile.docstrings import key_docstrings, model_docstring, section_docstrings
from golive.profile.profile import Targets, profile_model
from golive.profile.registry import REGISTRY
from golive.profile.subjects import load_subjects
from selftests.drills.drill import ROOT

PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    timedelta: "duration",
    Path: "path",
    date: "date",
    IPv4Network: "network",
    Any: "any value",
}
"""Type to what it is called."""
VALIDATED = {
    fields.HttpUrl: "URL",
    fields.HttpsUrl: "https URL",
    fields.Endpoint: "host:port",
    fields.Ip: "IP address",
}
_BOUNDS = {"ge": "≥ {}", "gt": "> {}", "le": "≤ {}", "lt": "< {}", "min_length": "at least {} long"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a profile."""

    name: str
    kind: str
    """Its type, in words."""
    default: str
    """As TOML; empty where it is required."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a profile."""

    path: tuple[str, ...]
    """Its keys; ``*`` stands for a name that the profile gives, ``#`` for an element of a list."""
    meaning: str
    keys: tuple[Key, ...]

    @property
    def header(self) -> str:
        """As the file has it: ``[targets.api]``, ``[[operations]]``."""
        dotted = ".".join("NAME" if part == "*" else part for part in self.path if part != "#")
        return f"[[{dotted}]]" if self.path[-1:] == ("#",) else f"[{dotted}]"


@cache
def tables() -> tuple[Table, ...]:
    """Every table of this project's profiles: the file's own keys, then the others by their headers."""
    load_subjects(ROOT)
    first, *others = _tables(profile_model(), (), "Keys at the top of the file, before any table.")
    # One model may be reached by several kinds of one table, such as ways of signing in: once is enough.
    return (first, *sorted(dict.fromkeys(others), key=lambda table: (table.path, table.meaning)))


def _tables(model: type[BaseModel], path: tuple[str, ...], meaning: str) -> Iterator[Table]:
    said = key_docstrings(model)
    if path in {(), ("targets",)}:
        said = section_docstrings() | said
    keys = []
    below: list[tuple[tuple[str, ...], type[BaseModel], str]] = []
    for name, field in model.model_fields.items():
        inner = list(_models_of(field.annotation))
        for steps, found in inner:
            any_key = hasattr(found, "STANDS_FOR_EACH_KEY")
            key, words = ("*", "") if any_key else (field.alias or name, said.get(name, ""))
            below.append(((*path, key, *steps), found, words))
        if not inner or path:
            keys.append(_key(name, field, said.get(name, "")))
    if path and (path == ("targets",) or path[0] in REGISTRY.groups):
        keys.sort(key=lambda key: key.name)  # several subjects share the table, in the order of their import
    yield Table(path, meaning or _of_several(path), tuple(keys))
    for steps, found, words in below:
        if steps.count(steps[-1]) < 3:
            yield from _tables(found, steps, model_docstring(found) or words)


def _of_several(path: tuple[str, ...]) -> str:
    if path == ("targets",):
        return model_docstring(Targets)
    models = sorted(REGISTRY.groups.get(path[0], ()), key=lambda model: model.__module__)
    return "\n".join(map(model_docstring, models))


def _key(name: str, field: FieldInfo, meaning: str) -> Key:
    kind = _kind(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
    return Key(field.alias or name, kind, _default(field), meaning)


def _models_of(annotation: Any) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Models that stand below a key, each with the steps that lead to it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation is not Absent:
            yield (), annotation
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _models_of(arguments[0])
    elif origin in {Union, UnionType}:
        for argument in arguments:
            yield from _models_of(argument)
    elif origin is tuple:
        yield from ((("#", *steps), found) for steps, found in _models_of(arguments[0]))
    elif origin is dict:
        yield from ((("*", *steps), found) for steps, found in _models_of(arguments[1]))


def _kind(annotation: Any) -> str:
    if annotation in PLAIN:
        return PLAIN[annotation]
    if annotation is Absent:
        return 'absent = "reason"'
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " or ".join(f'"{member.value}"' for member in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(annotation.__origin__, annotation.__metadata__)
    if origin is Literal:
        return " or ".join(_toml(value) for value in arguments)
    if origin in {Union, UnionType}:
        kinds = [_kind(argument) for argument in arguments if argument is not NoneType]
        return " or ".join(dict.fromkeys(kinds))
    if origin in {tuple, list}:
        kind = _kind(arguments[0])
        return "list of tables" if kind == "table" else f"list of {kind}"
    if origin is dict:
        kind = _kind(arguments[1])
        return "tables by name" if kind == "table" else f"table: {_kind(arguments[0])} to {kind}"
    return "any value"


def _annotated(inner: Any, metadata: tuple[Any, ...]) -> str:
    kind = _kind(inner)
    if fields.NamedSecret in metadata:
        kind = "name of a secret"
    for known, words in VALIDATED.items():
        validator = next(mark for mark in get_args(known) if isinstance(mark, AfterValidator))
        if any(isinstance(mark, AfterValidator) and _same(mark, validator) for mark in metadata):
            kind = words
    bounds = [
        words.format(value)
        for mark in metadata
        for name, words in _BOUNDS.items()
        if (value := getattr(mark, name, None)) is not None
    ]
    return f"{kind}, {', '.join(bounds)}" if bounds else kind


def _same(one: AfterValidator, other: AfterValidator) -> bool:
    """Whether two validators are of the same function, with the same words bound to it."""

    def bound(validator: AfterValidator) -> tuple[Any, ...]:
        function: Any = validator.func
        return function.__qualname__, [cell.cell_contents for cell in function.__closure__ or ()]

    return bound(one) == bound(other)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value is PydanticUndefined:
        return "left out"
    return "its own defaults" if isinstance(value, BaseModel) else _toml(value)


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case timedelta():
            return f'"{format_duration(value)}"'
        case float():
            return f"{value:.4g}"
        case int():
            return str(value)
        case tuple() | list() | frozenset():
            return f"[{', '.join(map(_toml, value))}]"
        case Mapping():
            inner = ", ".join(f"{_toml_key(key)} = {_toml(entry)}" for key, entry in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case BaseModel():
            return _toml(value.model_dump(exclude_defaults=True, by_alias=True))
    return f'"{value}"'


def _toml_key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else f'"{key}"'


def as_toml(value: Any) -> str:
    """Return a value as TOML has it on one line."""
    return _toml(value)
