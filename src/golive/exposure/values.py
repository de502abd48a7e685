"""Every value of an answer, with its place; lists and names that are data themselves are drawn together."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

_DEEPEST = 60
_MOST_VALUES = 200_000
_PLAIN_NAME = re.compile(r"[A-Za-z_$@-][\w$@ -]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """One scalar, or the name of a key."""

    place: str
    """As in ``members[].email``; the same for all elements of a list."""
    name: str
    """The nearest key, as it stands there."""
    value: JsonValue
    within: tuple[tuple[str, Mapping[str, JsonValue]], ...] = ()
    """The objects around it, the outermost first, each with the key that it is found by."""


def values_of(content: JsonValue) -> Iterator[Value]:
    """Yield every scalar at any depth, keys that are data, and what stands in a text that is JSON itself."""
    left: list[tuple[str, str, JsonValue, tuple[tuple[str, Mapping[str, JsonValue]], ...], int]]
    left = [("", "", content, (), 0)]
    looked = 0
    while left and looked < _MOST_VALUES:
        place, name, value, within, depth = left.pop()
        looked += 1
        if isinstance(value, dict) and depth < _DEEPEST:
            around = (*within, (name, value))
            for key, inner in value.items():
                plain = _PLAIN_NAME.fullmatch(key) is not None
                step = key if plain else "{key}"
                if not plain:
                    yield Value(f"{place}.{step}".lstrip("."), name, key, around)
                left.append((f"{place}.{step}".lstrip("."), key, inner, around, depth + 1))
        elif isinstance(value, list) and depth < _DEEPEST:
            left.extend((f"{place}[]", name, inner, within, depth + 1) for inner in reversed(value))
        elif isinstance(value, str):
            yield Value(place, name, value, within)
            inner = _json_within(value)
            if inner is not None:
                left.append((place, name, inner, within, depth + 1))
        elif value is not None:
            yield Value(place, name, value, within)


def _json_within(text: str) -> JsonValue:
    if text[:1] not in ("{", "[") or text[-1:] not in ("}", "]"):
        return None
    try:
        found: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) and found else None
