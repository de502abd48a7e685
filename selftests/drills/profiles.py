"""Profiles that a test writes: one laid over another, as TOML."""

from collections.abc import Mapping


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """Return ``base`` with ``over`` laid over it, key by key; None takes a key away."""
    document = dict(base)
    for key, value in over.items():
        below = document.get(key)
        if value is None:
            document.pop(key, None)
        elif isinstance(below, dict) and isinstance(value, Mapping) and "absent" not in value:
            document[key] = merged(below, value)
        else:
            document[key] = merged({}, value) if isinstance(value, Mapping) else value
    return document


def as_toml(value: object) -> str:
    """Write a document as TOML, all of it in inline tables."""
    assert isinstance(value, dict)
    return "\n".join(f"{_key(key)} = {_inline(entry)}" for key, entry in value.items()) + "\n"


def _inline(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case Mapping():
            return "{" + ", ".join(f"{_key(key)} = {_inline(entry)}" for key, entry in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case _:
            return _key(str(value))


def _key(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
