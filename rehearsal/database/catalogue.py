"""The generated catalogue: 400 tracks of 80 artists in ten genres, with audio features.

The same tracks in every run. Features lie in 0..1 except `tempo`, in beats per minute; each genre
has a centre and each artist an offset from it, so that nearness in features means something.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass

FEATURES = ("danceability", "energy", "valence", "tempo", "acousticness", "instrumentalness")

_NAMESPACE = uuid.UUID("a2c7e0b4-5d2f-5a9e-8f4e-6b0f0d7c9e21")
_SEED = 20260518
_ARTISTS_PER_GENRE = 8
_TRACKS_PER_ARTIST = 5

GENRE_CENTRES: dict[str, tuple[float, float, float, float, float, float]] = {
    "electronic": (0.74, 0.80, 0.52, 126, 0.08, 0.55),
    "house": (0.84, 0.78, 0.64, 123, 0.07, 0.42),
    "hip hop": (0.80, 0.66, 0.52, 94, 0.16, 0.05),
    "pop": (0.69, 0.68, 0.66, 116, 0.20, 0.02),
    "rock": (0.50, 0.79, 0.51, 132, 0.12, 0.12),
    "metal": (0.38, 0.94, 0.30, 148, 0.02, 0.32),
    "jazz": (0.52, 0.34, 0.50, 108, 0.76, 0.50),
    "classical": (0.25, 0.18, 0.26, 92, 0.94, 0.90),
    "folk": (0.47, 0.33, 0.48, 104, 0.82, 0.08),
    "ambient": (0.28, 0.16, 0.20, 78, 0.72, 0.88),
}

_FIRST = (
    "Amber", "Northern", "Paper", "Silent", "Violet", "Golden", "Hollow", "Electric", "Little", "Distant",
    "Copper", "Marble", "Winter", "Lucid", "Crimson", "Open", "Static", "Velvet", "Coastal", "Wild",
)  # fmt: skip
_SECOND = (
    "Harbour", "Foxes", "Lanterns", "Parade", "Orchard", "Mirrors", "Signals", "Rivers", "Comets", "Gardens",
    "Engines", "Letters", "Tides", "Arcade", "Pilots", "Cathedral", "Thieves", "Windows", "Meadow", "Radio",
)  # fmt: skip
_VERBS = (
    "Chasing", "Leaving", "After", "Beneath", "Counting", "Falling", "Under", "Beyond", "Holding", "Before",
    "Finding", "Without", "Between", "Carrying", "Breaking", "Returning to",
)  # fmt: skip
_NOUNS = (
    "the Morning", "Tomorrow", "Blue Light", "the Shore", "Old Maps", "Quiet Streets", "the Rain", "Summer",
    "Your Name", "Glass Towers", "the Signal", "Midnight", "New Ground", "Paper Planes", "the Valley",
    "Slow Fire", "the Horizon", "Silver Rooms", "Another Year", "the Undertow",
)  # fmt: skip


@dataclass(frozen=True)
class CatalogueTrack:
    """One track; `features` in the order of FEATURES, `appeal` is its general popularity in 0..1."""

    id: str
    spotify_id: str
    name: str
    artists: tuple[str, ...]
    album: str
    genre: str
    release_year: int
    duration_ms: int
    features: tuple[float, ...]
    appeal: float


def generate_catalogue() -> list[CatalogueTrack]:
    """All tracks, artist by artist, genre by genre."""
    dice = random.Random(_SEED)  # noqa: S311 - data, not secrets
    artist_names = dice.sample([f"{a} {b}" for a in _FIRST for b in _SECOND], 80)
    titles = dice.sample([f"{a} {b}" for a in _VERBS for b in _NOUNS], len(_VERBS) * len(_NOUNS))
    catalogue: list[CatalogueTrack] = []
    for genre_index, genre in enumerate(GENRE_CENTRES):
        start = genre_index * _ARTISTS_PER_GENRE
        peers = artist_names[start : start + _ARTISTS_PER_GENRE]
        for artist in peers:
            catalogue.extend(_tracks_of(artist, peers, genre, titles, number=len(catalogue), dice=dice))
    return catalogue


def _tracks_of(
    artist: str,
    peers: list[str],
    genre: str,
    titles: list[str],
    *,
    number: int,
    dice: random.Random,
) -> list[CatalogueTrack]:
    centre = GENRE_CENTRES[genre]
    style = [dice.gauss(0, 0.05) for _ in centre]
    fame = dice.betavariate(2, 3)
    album = titles[(number * 7) % len(titles)]
    tracks = []
    for position in range(_TRACKS_PER_ARTIST):
        name = titles[(number + position) % len(titles)]
        if number + position >= len(titles):
            name += " (Reprise)"
        guest = dice.choice(peers)
        together = dice.random() < 0.15 and guest != artist
        track_id = str(uuid.uuid5(_NAMESPACE, f"{artist}/{position}"))
        tracks.append(
            CatalogueTrack(
                id=track_id,
                spotify_id=uuid.UUID(track_id).hex[:22],
                name=name,
                artists=(artist, guest) if together else (artist,),
                album=album,
                genre=genre,
                release_year=dice.randint(1996, 2026),
                duration_ms=dice.randint(140, 380) * 1000,
                features=_near(centre, style, dice),
                appeal=min(1.0, max(0.02, fame + dice.gauss(0, 0.15))),
            )
        )
    return tracks


def _near(centre: tuple[float, ...], style: list[float], dice: random.Random) -> tuple[float, ...]:
    values = []
    for name, middle, offset in zip(FEATURES, centre, style, strict=True):
        if name == "tempo":
            values.append(round(middle + 80 * (offset + dice.gauss(0, 0.05)), 1))
        else:
            values.append(round(min(0.99, max(0.01, middle + offset + dice.gauss(0, 0.05))), 3))
    return tuple(values)
