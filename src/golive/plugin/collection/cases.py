"""Cases of checks: every one that was made is expected, whichever of them are selected."""

from collections.abc import Iterable
from typing import Any

import pytest

from golive.plugin.collection.binding import BINDING, bind, leave_out
from golive.plugin.collection.manifest import Manifest, manifest_path
from golive.plugin.settings import SETTINGS, Settings

Entries = dict[str, dict[str, Any]]
UNHEARD = pytest.StashKey[Entries]()
"""Name of a case that will not run to its check, its lines and why."""


class MadeCases:
    """Compares what was made of the checks' functions with what is going to run.

    A node id on the command line picks one case out of those that the profile makes, and a hook may drop
    others; pytest tells nobody. Nor does it know that a check took its cases from the profile once.
    """

    def __init__(self) -> None:
        self._made: dict[str, pytest.Item] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_pycollect_makeitem(self) -> Any:
        """Remember every case of a function."""
        made = yield
        for entry in made if isinstance(made, list) else [made]:
            if isinstance(entry, pytest.Item):
                self._made[entry.nodeid] = entry
        return made

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell of the cases that are left out, before anybody writes down what was collected."""
        settings = session.config.stash[SETTINGS]
        chosen = {item.nodeid for item in session.items}
        left = [item for item in self._made.values() if item.get_closest_marker("checklist")]
        bind([item for item in left if BINDING not in item.stash], settings.checklist)
        leave_out(left, settings.profile.absent_features())
        session.config.stash[UNHEARD] = {
            item.nodeid: _entry(item, f"{_shown(item)} is not selected", "run it without that selection")
            for item in left
            if item.nodeid not in chosen
        } | _made_of_less(left, settings.manifest)


def refuse_forgotten_lines(items: Iterable[pytest.Item], settings: Settings) -> None:
    """Refuse a manifest that names no check of a line to which checks are bound.

    Raises:
        pytest.UsageError: naming line and check, with the command that writes the manifest anew.
    """
    forgotten: dict[str, str] = {}
    for item in items:
        binding = item.stash[BINDING]
        for line in binding.items:
            if not settings.manifest.checks.get(line):
                forgotten.setdefault(line, binding.function)
    if forgotten:
        path = manifest_path(settings.checklist_path)
        raise pytest.UsageError(
            "\n".join(
                f"{path}: it says nothing of the line {line}, which {function} answers; "
                "if that is meant, record it: pytest --checklist-lock"
                for line, function in forgotten.items()
            )
        )


def not_in_manifest(collected: Entries, settings: Settings) -> list[str]:
    """Notes on checks of the scope that stand beside others of their line: nobody would miss them."""
    known = {name for names in settings.manifest.functions.values() for name in names}
    unknown = {
        entry["function"]
        for entry in collected.values()
        if entry["function"] not in known and settings.scope.intersection(entry["items"])
    }
    name = manifest_path(settings.checklist_path).name
    return [
        f"{name} does not know {check.partition('::')[2]}: record it, pytest --checklist-lock"
        for check in sorted(unknown)
    ]


def _made_of_less(items: Iterable[pytest.Item], manifest: Manifest) -> Entries:
    found: Entries = {}
    for item in items:
        binding = item.stash[BINDING]
        recorded = manifest.cases.get(binding.function, ())
        if set(recorded) - set(binding.made_of):
            names = ", ".join(recorded)
            reason = f"its cases are no longer made of the profile's {names}"
            remedy = "have it take its cases from there, or record the change: pytest --checklist-lock"
            found[f"{binding.function}[every {names}]"] = _entry(item, reason, remedy)
    return found


def _shown(item: pytest.Item) -> str:
    _, bracket, case = item.nodeid.partition("[")
    return f"its case {case.removesuffix(']')}" if bracket else "it"


def _entry(item: pytest.Item, reason: str, remedy: str) -> dict[str, Any]:
    binding = item.stash[BINDING]
    return {
        "function": binding.function,
        "items": list(binding.items),
        "deselected": True,
        "reason": reason,
        "remedy": remedy,
    }
