"""Language search: finds genres, moods, activities and names of artists in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.services.recommender.model import Catalogue, Track

# Where a word wants a feature to be; tempo on the scale 0 (60) to 1 (180 beats per minute).
_CALM = {"energy": 0.15, "tempo": 0.3}
_ENERGETIC = {"energy": 0.9, "tempo": 0.65}
_HAPPY = {"valence": 0.75}
_SAD = {"valence": 0.15, "energy": 0.3}
_DANCE = {"danceability": 0.9, "energy": 0.75}
_STUDY = {"energy": 0.25, "instrumentalness": 0.85}
_SLEEP = {"energy": 0.1, "tempo": 0.15}
_ACOUSTIC = {"acousticness": 0.9}
_INSTRUMENTAL = {"instrumentalness": 0.9}
_WORDS: dict[str, Mapping[str, float]] = {
    **dict.fromkeys(("calm", "chill", "relaxing", "relax", "mellow", "quiet", "soft", "peaceful"), _CALM),
    **dict.fromkeys(("energetic", "upbeat", "intense", "powerful", "loud", "driving"), _ENERGETIC),
    **dict.fromkeys(("workout", "running", "run", "gym", "training", "exercise"), _ENERGETIC),
    **dict.fromkeys(("happy", "cheerful", "joyful", "bright", "summer", "sunny"), _HAPPY),
    **dict.fromkeys(("sad", "melancholic", "dark", "gloomy", "heartbreak"), _SAD),
    **dict.fromkeys(("dance", "dancing", "danceable", "party", "club"), _DANCE),
    **dict.fromkeys(("study", "studying", "focus", "concentrate", "reading", "work"), _STUDY),
    **dict.fromkeys(("sleep", "sleeping", "night", "meditation"), _SLEEP),
    **dict.fromkeys(("acoustic", "unplugged", "dinner", "coffee"), _ACOUSTIC),
    **dict.fromkeys(("instrumental", "background"), _INSTRUMENTAL),
    "fast": {"tempo": 0.75},
    "slow": {"tempo": 0.2},
}  # fmt: skip
_GENRE_WORDS = {
    "electro": "electronic", "techno": "electronic", "edm": "electronic", "rap": "hip hop",
    "hiphop": "hip hop", "hip-hop": "hip hop", "orchestral": "classical", "classic": "classical",
    "heavy": "metal", "singer-songwriter": "folk", "indie": "rock",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What a sentence asks for: genres and artists are conditions, moods are wishes."""

    genres: frozenset[str]
    artists: frozenset[str]
    targets: Mapping[str, float]

    @property
    def is_empty(self) -> bool:
        return not (self.genres or self.artists or self.targets)

    def admits(self, track: Track) -> bool:
        """Whether the track is of a wanted genre or artist, if any were named."""
        if not (self.genres or self.artists):
            return True
        return track.genre in self.genres or bool(self.artists.intersection(track.artists))

    def fit(self, track: Track) -> float:
        """How near the track's features are to the wanted ones: 0..1, and 1 without wishes."""
        if not self.targets:
            return 1.0
        distance = sum(abs(_scaled(track, name) - wanted) for name, wanted in self.targets.items())
        return 1.0 - min(1.0, distance / len(self.targets))


def understand(query: str, catalogue: Catalogue) -> Wish:
    """Read a sentence; unknown words are ignored."""
    sentence = " ".join(re.findall(r"[\w'-]+", query.lower()))
    words = sentence.split()
    padded = f" {sentence} "
    targets: dict[str, list[float]] = {}
    for word in words:
        for name, wanted in _WORDS.get(word, {}).items():
            targets.setdefault(name, []).append(wanted)
    genres = {genre for genre in catalogue.genres if f" {genre} " in padded}
    genres |= {_GENRE_WORDS[word] for word in words if word in _GENRE_WORDS} & catalogue.genres
    artists = {
        artist for track in catalogue.tracks for artist in track.artists if f" {artist.lower()} " in padded
    }
    means = {name: sum(wanted) / len(wanted) for name, wanted in targets.items()}
    return Wish(frozenset(genres), frozenset(artists), means)


def _scaled(track: Track, name: str) -> float:
    value = track.feature(name)
    return min(1.0, max(0.0, (value - 60) / 120)) if name == "tempo" else value
