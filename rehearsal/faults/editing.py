"""For faults: texts of the release that are changed before they are delivered. Holds no fault itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Edit = Callable[[Any, dict[str, str]], None]


def swap(files: dict[str, str], name: str, old: str, new: str) -> None:
    """Replace a text that occurs once. Raises ValueError when the source has changed since."""
    if files[name].count(old) != 1:
        raise ValueError(f"{name} does not contain once: {old}")
    files[name] = files[name].replace(old, new)


def changed(name: str, old: str, new: str) -> Edit:
    """The `edit` of a fault that is one changed place."""

    def edit(_fault: Any, files: dict[str, str]) -> None:
        swap(files, name, old, new)

    return edit


def added(name: str, text: str) -> Edit:
    """The `edit` of a fault that is a text at the end of a file."""

    def edit(_fault: Any, files: dict[str, str]) -> None:
        files[name] += text

    return edit
