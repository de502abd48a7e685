"""Tracks as points in feature space, and what people did with them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

FEATURES = ("danceability", "energy", "valence", "tempo", "acousticness", "instrumentalness")


@dataclass(frozen=True)
class Track:
    """One track; `features` in the order of FEATURES, in 0..1 except tempo in beats per minute."""

    id: str
    spotify_id: str
    name: str
    artists: tuple[str, ...]
    album: str
    genre: str
    duration_ms: int
    features: tuple[float, ...]
    preview_url: str | None = None

    def feature(self, name: str) -> float:
        return self.features[FEATURES.index(name)]

    @property
    def public(self) -> dict[str, Any]:
        """The track as callers see it."""
        return {
            "id": self.id,
            "name": self.name,
            "artists": list(self.artists),
            "album": self.album,
            "spotifyId": self.spotify_id,
            "genre": self.genre,
            "durationMs": self.duration_ms,
            "previewUrl": self.preview_url,
        }


@dataclass(frozen=True)
class Signal:
    """One thing that a user did with a track; `weight` is positive for liking, negative for disliking."""

    user_id: str
    track_id: str
    weight: float


@dataclass(frozen=True)
class Scored:
    """A track with its score in 0..1."""

    track: Track
    score: float

    @property
    def public(self) -> dict[str, Any]:
        return {**self.track.public, "score": self.score}


def weight_of(kind: str, rating: int | None) -> float:
    """What an interaction says: a play 1, a save 2, a skip -1.5, a rating -4 (one star) to 4 (five).

    Feedback is the user's explicit word and outweighs everything else together: -8 to 8.
    """
    if kind == "feedback":
        return 4.0 * ((rating or 3) - 3)
    if kind == "rating":
        return 2.0 * ((rating or 3) - 3)
    return {"play": 1.0, "save": 2.0, "skip": -1.5}.get(kind, 0.0)


class Crowd:
    """The signals of everybody, with sums that are made once."""

    def __init__(self, signals: Sequence[Signal] = ()) -> None:
        self._signals = signals

    @cached_property
    def popularity(self) -> dict[str, float]:
        """How much everybody likes each track, 0..1; the logarithm tempers the hits."""
        logs = {track_id: math.log1p(max(0.0, total)) for track_id, total in totals(self._signals).items()}
        highest = max(logs.values(), default=0.0) or 1.0
        return {track_id: value / highest for track_id, value in logs.items()}

    @cached_property
    def likes(self) -> list[dict[str, float]]:
        """Per person, the tracks they like and how much."""
        people: dict[str, dict[str, float]] = defaultdict(dict)
        for signal in self._signals:
            if signal.weight > 0:
                person = people[signal.user_id]
                person[signal.track_id] = person.get(signal.track_id, 0.0) + math.log1p(signal.weight)
        return list(people.values())


def totals(signals: Iterable[Signal]) -> dict[str, float]:
    """Summed weights by track."""
    sums: dict[str, float] = defaultdict(float)
    for signal in signals:
        sums[signal.track_id] += signal.weight
    return sums


def disliked_by(signals: Iterable[Signal]) -> set[str]:
    """Ids of the tracks that whoever gave these signals dislikes."""
    return {track_id for track_id, weight in totals(signals).items() if weight < 0}


class Catalogue:
    """All tracks, with their feature vectors standardised over the catalogue."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self.tracks = sorted(tracks, key=lambda track: track.id)
        self.by_id = {track.id: track for track in self.tracks}

    def __len__(self) -> int:
        return len(self.tracks)

    @cached_property
    def genres(self) -> frozenset[str]:
        return frozenset(track.genre for track in self.tracks)

    @cached_property
    def vectors(self) -> dict[str, tuple[float, ...]]:
        """Standardised features: mean 0 and deviation 1 over the catalogue, then length 1."""
        columns = list(zip(*(track.features for track in self.tracks), strict=True))
        means = [sum(column) / len(column) for column in columns]
        deviations = [
            math.sqrt(sum((value - mean) ** 2 for value in column) / len(column)) or 1.0
            for column, mean in zip(columns, means, strict=True)
        ]
        return {
            track.id: unit(
                (value - mean) / deviation
                for value, mean, deviation in zip(track.features, means, deviations, strict=True)
            )
            for track in self.tracks
        }


def unit(vector: Iterable[float]) -> tuple[float, ...]:
    """The vector at length 1; a null vector stays."""
    values = tuple(vector)
    length = math.sqrt(sum(value * value for value in values))
    return tuple(value / length for value in values) if length else values


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Of two vectors of length 1: -1..1."""
    return sum(a * b for a, b in zip(left, right, strict=True))
