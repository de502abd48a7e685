"""Reads configuration files (JSON, YAML, TOML) and their JSON Schemas."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from pydantic import JsonValue

from golive.configuration.profile import ConfigurationFile
from golive.net.errors import ProtocolError
from golive.net.masking import shown_name

LARGEST_FILE = 1_000_000
"""Bytes."""
_MOST_VALUES = 20_000
"""A few lines of YAML with references to each other can stand for billions of values."""

Leaf = str | int | float | bool | None


@dataclass(frozen=True, slots=True, repr=False)
class ConfigurationObservation:
    """One file and its schema. Whatever stands in the file may be a secret: it is shown by its keys."""

    kind: ClassVar[str] = "configuration"

    name: str
    document: Any
    schema: dict[str, Any]
    leaves: tuple[tuple[str, Leaf], ...]
    """Dotted key to value, in the file's order; entries of lists are numbered from 0: ``origins[0]``."""

    def __repr__(self) -> str:
        return f"<{self.title}>"

    @property
    def title(self) -> str:
        """The file's name."""
        return f"configuration file {self.name}"

    def facts(self) -> dict[str, JsonValue]:
        """Its keys with the types of their values, and the schema's title."""
        return {
            "schema": shown_name(str(self.schema.get("$id") or self.schema.get("title") or "unnamed")),
            "values": len(self.leaves),
            "keys": {shown_name(key, longest=80): _type(value) for key, value in self.leaves[:200]},
        }

    def at(self, key: str) -> Any:
        """Return the value at a dotted key; None where there is none."""
        value = self.document
        for word in key.split("."):
            if not isinstance(value, dict) or word not in value:
                return None
            value = value[word]
        return value


def read_configuration(declared: ConfigurationFile, folder: Path) -> ConfigurationObservation:
    """Read a file and its schema, relative paths below ``folder``.

    Raises:
        OSError: one of them cannot be read.
        ProtocolError: one of them is not of its format, or too large.
    """
    document = _parsed(folder / declared.path)
    schema = _parsed(folder / declared.schema_file)
    if not isinstance(schema, dict) or not schema:
        words = "the schema is no object, or an empty one that everything fits"
        raise ProtocolError(words, target=declared.schema_file.name, phase="read")
    leaves = []
    for leaf in _leaves("", document):
        leaves.append(leaf)
        if len(leaves) > _MOST_VALUES:
            words = f"more than {_MOST_VALUES} values"
            raise ProtocolError(words, target=declared.path.name, phase="read")
    return ConfigurationObservation(declared.path.name, document, schema, tuple(leaves))


def _parsed(path: Path) -> Any:
    with path.open("rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ProtocolError(f"more than {LARGEST_FILE} bytes", target=path.name, phase="read")
    suffix = path.suffix.lower()
    try:
        text = content.decode()
        if suffix == ".json":
            return json.loads(text)
        if suffix == ".toml":
            return tomllib.loads(text)
        if suffix in (".yaml", ".yml"):
            import yaml  # noqa: PLC0415 - only runs that look at such files need it

            try:
                loaded = yaml.safe_load(text)
            except yaml.YAMLError as error:
                mark = getattr(error, "problem_mark", None)
                raise ValueError(f"line {mark.line + 1}" if mark else "unreadable") from None
            if sum(1 for _ in islice(_nodes(loaded), _MOST_VALUES + 1)) > _MOST_VALUES:
                raise ValueError(f"more than {_MOST_VALUES} values")
            # Through JSON: dates and the like become what a schema knows.
            return json.loads(json.dumps(loaded, default=str))
    except (ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        place = f" (line {line})" if line else f" ({error})" if suffix in (".yaml", ".yml") else ""
        raise ProtocolError(f"not {suffix[1:].upper()}{place}", target=path.name, phase="read") from None
    raise ProtocolError("neither .json nor .yaml nor .toml", target=path.name, phase="read")


def _nodes(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(inner)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{key}.{name}".lstrip("."), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(f"{key}[{number}]", inner)
    elif value is None or isinstance(value, str | int | float | bool):
        yield key, value
    else:
        yield key, str(value)


def _type(value: Leaf) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "text"
        case _:
            return "number"
