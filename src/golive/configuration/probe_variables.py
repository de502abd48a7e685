"""Reads the variables of a release from where they are kept. Values come out as secrets, and are never shown.

What stands in two sources of a part with two values is nobody's to choose: it is noted.
"""

import base64
import binascii
import contextlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from golive.configuration.observation import VariablesObservation
from golive.configuration.profile import VariableSource
from golive.net.errors import ProtocolError
from golive.net.masking import masked_name
from golive.profile.secrets import Secret

LARGEST_SOURCE = 1_000_000
"""Bytes."""


def read_variables(
    part: str,
    sources: Iterable[VariableSource],
    *,
    folder: Path,
    names: frozenset[str],
    environ: Mapping[str, str],
) -> VariablesObservation:
    """Read all sources of a part, in order.

    Args:
        part: of the manifest.
        sources: as the profile names them.
        folder: what relative paths are below.
        names: of the manifest; what else the process has is somebody else's.
        environ: the process' variables.

    Raises:
        OSError: a file cannot be read.
        ProtocolError: it is not what it should be; the message shows none of it.
    """
    values: dict[str, Secret] = {}
    places: dict[str, str] = {}
    twice: list[str] = []
    described: list[str] = []
    for source in sources:
        where, pairs = _read(source, folder, names, environ)
        described.append(where)
        for name, value in pairs:
            if name in values and values[name].reveal() != value:
                twice.append(name)
            values[name], places[name] = Secret(value), where
    return VariablesObservation(part, tuple(described), values, places, tuple(dict.fromkeys(twice)))


def _read(
    source: VariableSource, folder: Path, names: frozenset[str], environ: Mapping[str, str]
) -> tuple[str, Sequence[tuple[str, str]]]:
    if source.dotenv is not None:
        return source.dotenv.name, parse_dotenv(_text(folder / source.dotenv), where=source.dotenv.name)
    if source.dump is not None:
        return source.dump.name, parse_dump(_text(folder / source.dump), where=source.dump.name)
    return "the process' environment", [
        (name, value)
        for name, value in environ.items()
        if name in names or (source.prefixes and name.startswith(source.prefixes))
    ]


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(LARGEST_SOURCE + 1)
    if len(content) > LARGEST_SOURCE:
        raise ProtocolError(f"more than {LARGEST_SOURCE} bytes", target=path.name, phase="read")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ProtocolError("not UTF-8", target=path.name, phase="read") from None


def parse_dotenv(text: str, *, where: str) -> list[tuple[str, str]]:
    """Return the variables of a dotenv file, in its order, those that stand twice twice.

    Raises:
        ProtocolError: a line is no ``NAME=value``, which readers of such files silently leave out.
    """
    from dotenv.parser import parse_stream  # noqa: PLC0415 - only runs that look at variables need it

    found: list[tuple[str, str]] = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            # A binding's text begins with the blank lines and comments before it.
            skipped = len(binding.original.string) - len(binding.original.string.lstrip())
            line = binding.original.line + binding.original.string[:skipped].count("\n")
            raise ProtocolError(f"line {line} is no NAME=value", target=where, phase="read")
        if binding.key is not None:
            found.append((binding.key, binding.value or ""))
    return found


def parse_dump(text: str, *, where: str) -> list[tuple[str, str]]:
    """Return the variables of a secret store's dump, whichever of the known wrappings it has.

    Known are a plain object; ``{"data": {"data": {…}}}`` (Vault's KV version 2); ``{"SecretString": "{…}"}``
    (AWS Secrets Manager); ``{"kind": "Secret", "data": {…}}`` with values in base64 (Kubernetes).

    Raises:
        ProtocolError: it is no JSON, or not of a known form.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError("not JSON", target=where, phase="read") from None
    pairs = _unwrapped(document, where)
    for name, value in pairs.items():
        if not isinstance(value, str | int | float | bool):
            words = f"{masked_name(str(name), longest=60)} is no text"
            raise ProtocolError(words, target=where, phase="read")
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in pairs.items()]


def _unwrapped(document: Any, where: str) -> Mapping[str, Any]:
    match document:
        case {"kind": "Secret"}:
            encoded = document.get("data") or {}
            return {name: _decoded(value, where) for name, value in encoded.items()} | (
                document.get("stringData") or {}
            )
        case {"data": {"data": dict() as inner}}:
            return inner
        case {"SecretString": str() as inner_text}:
            with contextlib.suppress(ValueError, RecursionError):
                return _unwrapped(json.loads(inner_text), where)
        case dict():
            return document
    raise ProtocolError("no object of names and values", target=where, phase="read")


def _decoded(value: object, where: str) -> str:
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ProtocolError(
            "a value of a Kubernetes Secret is no base64", target=where, phase="read"
        ) from None
