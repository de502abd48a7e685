"""Whether what is said of tracks can be true: numbers in their unit, and previews of the track itself."""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from golive.core.duration import format_duration
from golive.net.masking import masked_text
from golive.rules.failure import fail

SECONDS_OF = {"ms": 0.001, "s": 1.0, "min": 60.0}
"""What a number in each unit is in seconds."""
_ENOUGH_TO_VARY = 8
"""Tracks from which on chance hardly gives all the same length, or score."""
_MOSTLY = 0.8
"""The share of previews whose addresses name a thing of their own track from which on all should."""
_SHORTEST_NAME = 3
"""Letters below which a name stands in an address by chance."""


@dataclass(frozen=True, slots=True)
class Named:
    """What an answer says of one track."""

    id: str
    where: str
    """The answer and the place that gave it."""
    duration: Any = None
    preview: Any = None
    names: Mapping[str, str] = field(default_factory=dict)
    """What tells it from others, the narrowest first: its ids, name, album, artist, genre."""


def expect_durations(tracks: Sequence[Named], *, unit: str, shortest: timedelta, longest: timedelta) -> None:
    """Every track has a length that songs have, in the declared unit; not all have the same, and one has one.

    Args:
        tracks: at least one, from every list and place.
        unit: a key of `SECONDS_OF`.
        shortest: length of a track, at least.
        longest: at most.
    """
    if not tracks:
        fail("lengths of tracks", expected="tracks", observed="none", where="recommendations")
    said: dict[str, tuple[float, str]] = {}
    for track in tracks:
        value = track.duration
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            observed = "none" if value is None else masked_text(str(value))
            fail(
                f"track {masked_text(track.id)} has no length",
                expected=f"a number of {unit}",
                observed=observed,
                where=track.where,
            )
        length = value * SECONDS_OF[unit]
        if not shortest.total_seconds() <= length <= longest.total_seconds():
            fail(
                "a track's length is none that music has",
                expected=f"{format_duration(shortest)} to {format_duration(longest)}",
                observed=f"{length:g} s ({value:g} {unit}), track {masked_text(track.id)}",
                where=track.where,
                remedy="look in which unit lengths are kept, or name it as recommendations.duration_unit",
            )
        before = said.setdefault(track.id, (length, track.where))
        if abs(before[0] - length) > SECONDS_OF["s"]:
            fail(
                "one track has two lengths",
                expected=f"{before[0]:g} s, as said by {before[1]}",
                observed=f"{length:g} s, track {masked_text(track.id)}",
                where=track.where,
            )
    if len(said) >= _ENOUGH_TO_VARY and len({length for length, _ in said.values()}) == 1:
        fail(
            "all tracks have the same length",
            expected="lengths that differ",
            observed=f"{len(said)} different tracks of {next(iter(said.values()))[0]:g} s",
            where=tracks[0].where,
        )


def expect_scores_differ(scores: Sequence[Any], *, where: str) -> None:
    """A list is ranked by something: not every track has the same score."""
    if len(scores) >= _ENOUGH_TO_VARY and len(set(scores)) == 1:
        fail(
            "recommendations are in no order of anybody's taste",
            expected="scores that differ",
            observed=f"{len(scores)} tracks with the score {scores[0]}",
            where=where,
        )


def expect_own_previews(tracks: Sequence[Named]) -> int:
    """A preview's address names nothing of another track, is not another track's, and is the same everywhere.

    Where addresses commonly name a thing of their track (an id, name, album, artist or genre), each does.
    Tracks without a preview are fine.

    Returns:
        How many could be told to be their track's own, by what the address names.
    """
    seen: dict[str, tuple[str, Named]] = {}
    for track in tracks:
        if not isinstance(track.preview, str) or not track.preview:
            continue
        path = _path(track.preview)
        before = seen.setdefault(track.id, (path, track))
        if before[0] != path:
            fail(
                "one track has two previews",
                expected=f"{masked_text(before[0])}, as said by {before[1].where}",
                observed=f"{masked_text(path)}, track {masked_text(track.id)}",
                where=track.where,
            )
    kind = _named_kind(seen)
    if kind is not None:
        for path, track in seen.values():
            if not _names(path, track.names.get(kind, "")):
                _wrong(path, track, f"an address with its own {kind}, as the other tracks' have")
        return len(seen)
    _expect_not_shared(seen)
    return 0


def _named_kind(seen: Mapping[str, tuple[str, Named]]) -> str | None:
    """What addresses of previews commonly name, of whichever track, the narrowest first; None: nothing."""
    paths = [path for path, _ in seen.values()]
    for kind in dict.fromkeys(kind for _, track in seen.values() for kind in track.names):
        values = {track.names.get(kind, "") for _, track in seen.values()}
        # What every address has in common is no name of a track, whatever some track is called.
        telling = [one for one in values if not all(_names(path, one) for path in paths)]
        named = sum(any(_names(path, one) for one in telling) for path in paths)
        if named and named >= _MOSTLY * len(paths):
            return kind
    return None


def _expect_not_shared(seen: Mapping[str, tuple[str, Named]]) -> None:
    owners: dict[str, list[Named]] = defaultdict(list)
    for path, track in seen.values():
        owners[path].append(track)
    if len(owners) == 1 and len(seen) >= _ENOUGH_TO_VARY:
        path, track = next(iter(seen.values()))
        _wrong(path, track, f"previews that differ (all {len(seen)} tracks have this one)")
    if len(owners) < _MOSTLY * len(seen):
        return  # previews are shared here, by albums or moods that addresses do not tell
    for path, shared in owners.items():
        names = {track.names.get("name") for track in shared}
        if len(names) > 1:
            others = ", ".join(masked_text(track.id) for track in shared[:3])
            _wrong(path, shared[1], f"a preview of each track's own (tracks {others} have one between them)")


def _wrong(path: str, track: Named, expected: str) -> None:
    fail(
        "a track is played with another track's preview",
        expected=expected,
        observed=f"{masked_text(path)}, of track {masked_text(track.id)}",
        where=track.where,
    )


def _path(url: str) -> str:
    """An address without what is signed anew each time."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{unquote(parts.path)}"


def _names(path: str, name: str) -> bool:
    words, wanted = _words(path), _words(name)
    if len("".join(wanted)) < _SHORTEST_NAME:
        return False
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words))) or (
        "".join(wanted) in (unquote(part).casefold() for part in re.split(r"[/._-]", path))
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"[^\W_]+", "".join(one for one in plain if not unicodedata.combining(one)))
