"""Records on disk, and what whoever edits one has to do so that it is read again."""

import json
from collections.abc import Iterable
from typing import Any

from golive.report.events import link


def chained(events: Iterable[dict[str, Any]]) -> str:
    """The events as lines of a record, each of which follows the one before it."""
    text, after = "", ""
    for event in events:
        line = json.dumps(event | {"after": after})
        text, after = f"{text}{line}\n", link(line)
    return text


def events_of(text: str) -> list[dict[str, Any]]:
    """The events of a record."""
    return [json.loads(line) for line in text.splitlines()]
