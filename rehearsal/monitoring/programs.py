"""The programs of monitoring come from the system: found, or said how to get them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

NAMES = {
    "prometheus": ("prometheus",),
    "prometheus-alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "prometheus-postgres-exporter": ("prometheus-postgres-exporter", "postgres_exporter"),
}
"""Debian's package to the names that its program has, here and elsewhere."""


@dataclass(frozen=True)
class MonitoringPrograms:
    """Where they are."""

    prometheus: Path
    alertmanager: Path
    exporter: Path


@dataclass(frozen=True)
class NoPrograms:
    """Some are not there."""

    missing: tuple[str, ...]

    @property
    def reason(self) -> str:
        """What there is to say about it, one sentence."""
        return f"the rehearsal runs without monitoring: {', '.join(self.missing)} not installed"

    @property
    def remedy(self) -> str:
        """What would help."""
        return "`golive doctor` says how they are installed here; `golive provide rehearsal` fetches them"


def find_programs() -> MonitoringPrograms | NoPrograms:
    """All of them, or which are missing."""
    found = {package: _first(names) for package, names in NAMES.items()}
    there = [path for path in found.values() if path is not None]
    if len(there) < len(found):
        return NoPrograms(tuple(package for package, path in found.items() if path is None))
    return MonitoringPrograms(*there)


def _first(names: tuple[str, ...]) -> Path | None:
    return next((Path(path) for path in map(shutil.which, names) if path), None)
