"""Checks of what a deployment does not have: left out by the profile's word, and named in the record."""

from collections.abc import Iterable, Mapping

import pytest

from golive.environment.promises import Part
from golive.plugin.binding import BINDING


def leave_out(items: list[pytest.Item], without: Mapping[Part, str]) -> None:
    """Take out of ``items`` what needs a part that the deployment is ``without``."""
    items[:] = [item for item in items if not set(item.stash[BINDING].needs).intersection(without)]


def needs_of(items: Iterable[pytest.Item]) -> dict[str, tuple[str, ...]]:
    """Return function to the parts that every one of its cases needs, for functions that need any."""
    gathered: dict[str, set[str]] = {}
    for item in items:
        binding = item.stash[BINDING]
        gathered.setdefault(binding.function, set(binding.needs)).intersection_update(binding.needs)
    return {function: tuple(sorted(parts)) for function, parts in sorted(gathered.items()) if parts}


def expected(
    checks: Mapping[str, tuple[str, ...]], needs: Mapping[str, tuple[str, ...]], without: Mapping[Part, str]
) -> dict[str, tuple[str, ...]]:
    """Return item to the checks that must answer it in a deployment ``without`` some parts."""
    return {
        item: tuple(name for name in names if not set(needs.get(name, ())).intersection(without))
        for item, names in checks.items()
    }


def remarks(needs: Mapping[str, tuple[str, ...]], without: Mapping[Part, str]) -> tuple[str, ...]:
    """Return one remark for each missing part that leaves checks out."""
    found = []
    for part, reason in without.items():
        count = sum(part in parts for parts in needs.values())
        if count:
            noun = "check" if count == 1 else "checks"
            found.append(
                f"{count} {noun} left out, this deployment has no {part.replace('_', ' ')}: {reason}"
            )
    return tuple(found)
