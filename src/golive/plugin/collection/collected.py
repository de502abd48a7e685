"""Which checks were collected, written down where the process that reports finds it."""

import json
from pathlib import Path
from typing import Any

import pytest

from golive.plugin.collection.binding import BINDING
from golive.plugin.collection.cases import UNHEARD, Entries
from golive.plugin.options import runs_nothing
from golive.plugin.settings import SETTINGS

COLLECTED = "collected.json"


class CollectedChecks:
    """Writes down, in every process that collects, which checks there are and which were deselected."""

    def __init__(self) -> None:
        self._deselected: list[pytest.Item] = []

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Remember what will not run; its lines are not run either, where they are in scope."""
        self._deselected += items

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write the list where the reporting process finds it, also after a crash of this one."""
        if runs_nothing(session.config):
            return
        unheard: Entries = session.config.stash.get(UNHEARD, {})
        entries = dict(unheard)
        for item, deselected in [(item, True) for item in self._deselected] + [
            (item, False) for item in session.items
        ]:
            binding = item.stash.get(BINDING, None)
            if binding is not None:
                entries[item.nodeid] = {
                    "function": binding.function,
                    "items": list(binding.items),
                    "deselected": deselected,
                }
        folder = session.config.stash[SETTINGS].folder
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{COLLECTED}.{id(session)}"
        draft.write_text(json.dumps(entries), encoding="utf-8")
        draft.replace(folder / COLLECTED)


def read_collected(folder: Path) -> dict[str, dict[str, Any]]:
    """Return node id to function, items and whether it was deselected; empty when nothing was collected."""
    path = folder / COLLECTED
    if not path.exists():
        return {}
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries
