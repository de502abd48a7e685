"""Facts of evidence, which are JSON of any shape and size, as a short tree of readable values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from golive.report.text import Excerpt, excerpt, one_line, visible

MAX_TEXT = 2_000
MAX_ENTRIES = 50
MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """One value: either ``text``, or ``entries`` with names, or ``entries`` without."""

    name: str
    text: Excerpt | None = None
    entries: tuple["Fact", ...] = ()
    omitted: str = ""


def shown_facts(facts: Mapping[str, JsonValue]) -> Fact:
    """Return ``facts`` as far as they are shown; whatever is left out is counted."""
    return _fact("", dict(facts), depth=0)


def _fact(name: str, value: JsonValue, depth: int) -> Fact:
    name = one_line(name, 120)
    if isinstance(value, dict | list) and value:
        if depth == MAX_DEPTH:
            return Fact(name, text=excerpt(json.dumps(value, ensure_ascii=False), MAX_TEXT))
        if isinstance(value, list) and (joined := _joined(value)) is not None:
            return Fact(name, text=Excerpt(visible(joined)))
        named = list(value.items()) if isinstance(value, dict) else [("", entry) for entry in value]
        entries = tuple(_fact(key, entry, depth + 1) for key, entry in named[:MAX_ENTRIES])
        left = len(named) - len(entries)
        return Fact(name, entries=entries, omitted=f"{left:,} more not shown" if left else "")
    return Fact(name, text=_leaf(value))


def _joined(values: list[JsonValue]) -> str | None:
    """A short list of plain values in one line; None when it has to be a list."""
    if len(values) > MAX_ENTRIES or any(
        isinstance(v, dict | list | str) and not _is_short(v) for v in values
    ):
        return None
    joined = ", ".join(_leaf(value).text for value in values)
    return joined if len(joined) <= 100 else None


def _is_short(value: JsonValue) -> bool:
    return isinstance(value, str) and len(value) <= 40 and "," not in value and "\n" not in value


def _leaf(value: JsonValue) -> Excerpt:
    match value:
        case True:
            return Excerpt("yes")
        case False:
            return Excerpt("no")
        case None | [] | {} | "":
            return Excerpt("none")
        case float():
            return Excerpt(f"{value:.10g}")
        case str():
            return excerpt(value, MAX_TEXT)
        case _:
            return Excerpt(str(value)[:MAX_TEXT])
