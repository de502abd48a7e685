"""Reads configuration files (JSON, YAML, TOML) and their JSON Schemas."""

import json
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from golive.configuration.observation import ConfigurationObservation, Leaf
from golive.configuration.profile import ConfigurationFile
from golive.net.errors import ProtocolError

LARGEST_FILE = 1_000_000
"""Bytes."""
_MOST_VALUES = 20_000
"""A few lines of YAML with references to each other can stand for billions of values."""


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
