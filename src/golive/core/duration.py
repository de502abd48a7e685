"""Durations as people write them: a number and a unit, such as ``500 ms`` or ``21 d``."""

import re
from datetime import timedelta

_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_PATTERN = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z]+)")


def parse_duration(text: str) -> timedelta:
    """Return the duration that ``text`` names.

    Raises:
        ValueError: when there is no number, or no known unit, with the units that are known.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None or match["unit"] not in _UNIT_SECONDS:
        units = ", ".join(_UNIT_SECONDS)
        raise ValueError(f"{text!r} is not a duration: write a number and a unit ({units}), such as '500 ms'")
    return timedelta(seconds=float(match["number"]) * _UNIT_SECONDS[match["unit"]])


def format_duration(duration: timedelta) -> str:
    """Return ``duration`` in the largest unit that keeps it readable: ``85 ms``, ``2.4 s``, ``21 d``."""
    seconds = duration.total_seconds()
    if abs(seconds) < 1:
        return f"{seconds * 1000:.0f} ms"
    for unit, size, limit in (("s", 1.0, 120.0), ("min", 60.0, 7200.0), ("h", 3600.0, 172_800.0)):
        if abs(seconds) < limit:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 86400:.4g} d"
