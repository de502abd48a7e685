"""The manifest of checks: which functions, in which cases, must answer which line.

It stands beside the checklist (``checklist.lock``), is generated, and is kept in git. A check that was
deleted, renamed or ignored, or that lost one of its cases, is missed by it: its line is then *not run*,
whatever its other checks say. Cases that a profile brings (its hosts, its searches) are another
environment's too, so it says of which parameters they are made; each run expects all that its profile makes.
It also says which checks need a feature: where the profile declares that one absent, they are not expected.
"""

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import pytest

from golive.plugin.collection.binding import Binding, function_name


@dataclass(frozen=True, slots=True)
class Manifest:
    """Item to the checks that must answer it; check to the features that it needs; function to parameters.

    A check is named by its function; one whose cases are written beside it by each of its cases' node ids.
    """

    checks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Function to the parameters that its profile's cases are made of."""

    @property
    def functions(self) -> dict[str, tuple[str, ...]]:
        """Item to the functions that must answer it, each once, whatever its cases."""
        return {item: tuple(dict.fromkeys(map(function_name, names))) for item, names in self.checks.items()}

    def needless(self, absent: Mapping[str, str]) -> dict[str, str]:
        """Return check to the feature for want of which it is not expected, among the ``absent`` ones."""
        found = {
            name: next((one for one in needs if one in absent), None) for name, needs in self.needs.items()
        }
        return {name: feature for name, feature in found.items() if feature is not None}

    def expected(self, absent: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Return item to the checks that must answer it where the ``absent`` features are."""
        needless = self.needless(absent)
        return {
            item: tuple(name for name in names if name not in needless) for item, names in self.checks.items()
        }


def manifest_path(checklist: Path) -> Path:
    """Return where the manifest of ``checklist`` stands."""
    return checklist.with_suffix(".lock")


def read_manifest(checklist: Path, *, shown: str = "") -> Manifest:
    """Return the manifest.

    Args:
        checklist: the document that it stands beside.
        shown: what was given as ``--checklist``, for the command that writes the manifest.

    Raises:
        pytest.UsageError: when there is none, or it cannot be read, or it names no check.
    """
    path = manifest_path(checklist)
    command = "pytest --checklist-lock" + (f" --checklist={shlex.quote(shown)}" if shown else "")
    if not path.exists():
        raise pytest.UsageError(
            f"{path}: missing; without it a check could vanish unseen: write it, keep it in git: {command}"
        )
    try:
        manifest = _manifest(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once))
    except (ValueError, OSError) as error:
        raise pytest.UsageError(
            f"{path}: not a manifest of checks: {error}; "
            f"write it anew: {command}; git diff tells what is lost"
        ) from None
    if not any(manifest.checks.values()):
        raise pytest.UsageError(
            f"{path}: it names no check that must answer a line: "
            f'bind one to a line, @pytest.mark.checklist("an.id"), and write it anew: {command}'
        )
    return manifest


def _manifest(document: object) -> Manifest:
    if not isinstance(document, dict) or "checks" not in document:
        raise ValueError('no object with "checks"')
    # Under a misspelt key whatever stands there would be forgotten.
    unknown = set(document) - {"comment", *(entry.name for entry in fields(Manifest))}
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r}")
    return Manifest(**{entry.name: _lists(document.get(entry.name, {})) for entry in fields(Manifest)})


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object, each of whose keys stands there once: a merge may leave two, and JSON takes the last."""
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            raise ValueError(f"{name!r} stands there twice")
    return dict(pairs)


def _lists(entries: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(entries, dict):
        raise ValueError("not an object of lists")
    for name, values in entries.items():
        if not isinstance(values, list):
            raise ValueError(f"{name!r} is not a list")
    return {name: tuple(map(str, values)) for name, values in entries.items()}


def manifest_of(bindings: Iterable[Binding], items: Iterable[str]) -> Manifest:
    """Return the manifest of the collected ``bindings``, in the order of ``items``."""
    gathered: dict[str, set[str]] = {}
    needs: dict[str, set[str]] = {}
    cases: dict[str, set[str]] = {}
    for binding in bindings:
        # A check whose cases differ in what they need is expected for those that need the least.
        needs[binding.name] = needs.get(binding.name, set(binding.needs)) & set(binding.needs)
        if binding.made_of:
            cases.setdefault(binding.function, set()).update(binding.made_of)
        for item in binding.items:
            gathered.setdefault(item, set()).add(binding.name)
    return Manifest(
        {item: tuple(sorted(gathered[item])) for item in items if item in gathered},
        {name: tuple(sorted(found)) for name, found in sorted(needs.items()) if found},
        {name: tuple(sorted(found)) for name, found in sorted(cases.items())},
    )


def write_manifest(checklist: Path, manifest: Manifest) -> Path:
    """Write the manifest of ``checklist`` and return its path."""
    path = manifest_path(checklist)
    document = {
        "comment": "Generated by pytest --checklist-lock: the checks that must answer each line.",
        "checks": {item: list(names) for item, names in manifest.checks.items()},
        "needs": {name: list(features) for name, features in manifest.needs.items()},
        "cases": {name: list(parameters) for name, parameters in manifest.cases.items()},
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return path
