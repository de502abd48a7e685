"""Faults that are drilled together: every fault in every run of the tests, at a tenth of the time.

Faults share a drill when no check is known to catch two of them, so that each is seen for itself: every check
that caught it alone must catch it among the others too, and exactly the lines of all of them go red. It
shows besides that they do not hide each other. What blinds most checks (nobody can sign in, the database is
gone) would hide others, and is drilled alone.

``together.json`` keeps the groups, so that a new fault joins one and moves none.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

GROUPS = Path(__file__).with_name("together.json")
LARGEST = 14
WIDE = 7
"""A fault that turns more lines red than this leaves too little to see the others by."""

Group = tuple[str, ...]


def read_groups() -> tuple[Group, ...]:
    """Return the groups; a fault that is drilled alone is a group of one."""
    document = json.loads(GROUPS.read_text(encoding="utf-8"))
    return tuple(tuple(group) for group in document["groups"]) + tuple((name,) for name in document["alone"])


def regroup(
    kept: Iterable[Group],
    faults: Mapping[str, Sequence[str]],
    caught: Mapping[str, Sequence[str]],
    alone: Iterable[str],
) -> tuple[Group, ...]:
    """Return groups of exactly the ``faults`` that are not ``alone``, the ``kept`` ones as they are.

    Args:
        kept: the groups as they were.
        faults: fault to the lines that it turns red.
        caught: fault to the checks that caught it.
        alone: faults that join no group.
    """
    single = {*alone, *(name for name, lines in faults.items() if len(lines) > WIDE)}
    groups: list[list[str]] = []
    homeless = _of_every_area_in_turn(name for name in faults if name not in single)
    for group in kept:
        groups.append([])
        for name in group:
            if name in homeless and _fits(name, groups[-1], caught):
                groups[-1].append(name)
                homeless.remove(name)
    for name in homeless:
        room = (group for group in groups if len(group) < LARGEST and _fits(name, group, caught))
        found = next(room, None)
        if found is None:
            groups.append([name])
        else:
            found.append(name)
    return tuple(tuple(group) for group in groups if group)


def _of_every_area_in_turn(names: Iterable[str]) -> list[str]:
    """The first fault of each area, then the second of each: neighbours have little to do with each other."""
    areas: dict[str, list[str]] = {}
    for name in sorted(names):
        areas.setdefault(name.partition(".")[0], []).append(name)
    ranked = [(rank, name) for found in areas.values() for rank, name in enumerate(found)]
    return [name for _, name in sorted(ranked)]


def _fits(name: str, group: Sequence[str], caught: Mapping[str, Sequence[str]]) -> bool:
    """Whether no check is known to catch both ``name`` and one of the ``group``."""
    return not any(set(caught[name]) & set(caught[other]) for other in group)


def write_groups(faults: Mapping[str, Sequence[str]], caught: Mapping[str, Sequence[str]]) -> None:
    """Bring ``together.json`` up to date with the catalogue and the record."""
    document = json.loads(GROUPS.read_text(encoding="utf-8"))
    alone: dict[str, str] = {name: why for name, why in document["alone"].items() if name in faults}
    for name, lines in faults.items():
        if len(lines) > WIDE:
            alone.setdefault(name, f"it turns {len(lines)} lines red")
    kept = tuple(map(tuple, document["groups"]))
    groups = regroup(kept, faults, caught, alone)
    written = {"alone": dict(sorted(alone.items())), "groups": [list(group) for group in groups]}
    GROUPS.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
