"""Ranking: personal by content and by what similar people like, popular for newcomers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rehearsal.services.recommender.diversity import diversify
from rehearsal.services.recommender.language import Wish, understand
from rehearsal.services.recommender.model import (
    Catalogue,
    Crowd,
    Scored,
    Signal,
    Track,
    cosine,
    disliked_by,
    totals,
    unit,
)

CONTEXTS = {
    "focus": "calm instrumental",
    "workout": "energetic fast",
    "party": "danceable happy",
    "relax": "calm acoustic",
    "sleep": "calm slow instrumental",
}
"""What a listening context asks for, in the words of language search."""


class Recommender:
    """Deterministic: the same catalogue, crowd and signals give the same order, ties by track id.

    `crowd` are the signals of everybody up to the last full hour; `signals` those of one user up to
    now, so that feedback counts at once while popularity stays the same on every replica.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def recommend(self, signals: Sequence[Signal], crowd: Crowd, context: str | None = None) -> list[Scored]:
        """The whole ranking for one user, best first; tracks that the user dislikes are left out."""
        own = totals(signals)
        liked = {track_id: weight for track_id, weight in own.items() if weight > 0}
        raw = self._personal(own, liked, crowd) if liked else self._popularity(crowd)
        if context is not None:
            wish = understand(CONTEXTS[context], self.catalogue)
            raw = {track_id: 0.7 * score + 0.3 * self._fit(track_id, wish) for track_id, score in raw.items()}
        disliked = disliked_by(signals)
        raw = {track_id: score for track_id, score in raw.items() if track_id not in disliked}
        return self._ranked(raw, spread_genres=not liked)

    def for_group(self, members: Sequence[Sequence[Signal]], crowd: Crowd) -> list[Scored]:
        """Tracks for several people: their mean liking, tempered by whoever likes a track least."""
        rankings = [
            {scored.track.id: scored.score for scored in self.recommend(signals, crowd)}
            for signals in members
        ]
        shared = set.intersection(*(set(ranking) for ranking in rankings))
        raw = {}
        for track_id in shared:
            scores = [ranking[track_id] for ranking in rankings]
            raw[track_id] = 0.65 * sum(scores) / len(scores) + 0.35 * min(scores)
        return self._ranked(raw)

    def similar(self, track_id: str) -> list[Scored]:
        """Other tracks by nearness in features, genre and artist; never the track itself."""
        wanted = self.catalogue.by_id[track_id]
        raw = {
            track.id: 0.7 * (1 + self._likeness(wanted, track)) / 2
            + 0.2 * (track.genre == wanted.genre)
            + 0.1 * bool(set(track.artists) & set(wanted.artists))
            for track in self.catalogue.tracks
            if track.id != track_id
        }
        return self._ranked(raw)

    def search(self, query: str, signals: Sequence[Signal], crowd: Crowd) -> list[Scored]:
        """Tracks that fit the words; preferences decide among equals. Nothing understood: nothing."""
        wish = understand(query, self.catalogue)
        if wish.is_empty:
            return []
        personal = {scored.track.id: scored.score for scored in self.recommend(signals, crowd)}
        raw = {
            track.id: 0.8 * self._fit(track.id, wish) + 0.2 * personal.get(track.id, 0.0)
            for track in self.catalogue.tracks
            if wish.admits(track)
        }
        return self._ranked(raw)

    def trending(self, crowd: Crowd, genre: str | None) -> list[Scored]:
        """The most liked tracks of the signals, optionally of one genre; silent tracks are left out."""
        raw = {
            track_id: score
            for track_id, score in self._popularity(crowd).items()
            if score > 0 and (genre is None or self.catalogue.by_id[track_id].genre == genre)
        }
        return self._ranked(raw)

    def _popularity(self, crowd: Crowd) -> dict[str, float]:
        return {track.id: crowd.popularity.get(track.id, 0.0) for track in self.catalogue.tracks}

    def _personal(
        self, own: Mapping[str, float], liked: Mapping[str, float], crowd: Crowd
    ) -> dict[str, float]:
        popularity = self._popularity(crowd)
        neighbours = self._liked_by_similar_people(liked, crowd)
        by_id = self.catalogue.by_id
        profile = self._profile(own)
        genres = _shares((by_id[track_id].genre, w) for track_id, w in liked.items() if track_id in by_id)
        artists = _shares(
            (artist, w)
            for track_id, w in own.items()
            if track_id in by_id
            for artist in by_id[track_id].artists
        )
        return {
            track.id: 0.40 * (1 + cosine(profile, self.catalogue.vectors[track.id])) / 2
            + 0.25 * genres.get(track.genre, 0.0)
            + 0.10 * max(artists.get(artist, 0.0) for artist in track.artists)
            + 0.20 * neighbours.get(track.id, 0.0)
            + 0.05 * popularity[track.id]
            for track in self.catalogue.tracks
        }

    def _profile(self, own: Mapping[str, float]) -> tuple[float, ...]:
        sums = [0.0] * len(next(iter(self.catalogue.vectors.values())))
        for track_id, weight in own.items():
            for place, value in enumerate(self.catalogue.vectors.get(track_id, ())):
                sums[place] += weight * value
        return unit(sums)

    def _liked_by_similar_people(self, liked: Mapping[str, float], crowd: Crowd) -> dict[str, float]:
        scores: dict[str, float] = defaultdict(float)
        for person in crowd.likes:
            shared = len(person.keys() & liked.keys())
            overlap = shared / math.sqrt(len(person) * len(liked))
            for track_id, weight in person.items():
                scores[track_id] += overlap**2 * weight
        highest = max(scores.values(), default=0.0) or 1.0
        return {track_id: score / highest for track_id, score in scores.items()}

    def _fit(self, track_id: str, wish: Wish) -> float:
        return wish.fit(self.catalogue.by_id[track_id])

    def _likeness(self, left: Track, right: Track) -> float:
        return cosine(self.catalogue.vectors[left.id], self.catalogue.vectors[right.id])

    def _ranked(self, raw: Mapping[str, float], *, spread_genres: bool = False) -> list[Scored]:
        found = [(self.catalogue.by_id[track_id], score) for track_id, score in raw.items()]
        return diversify(found, spread_genres=spread_genres)


def _shares(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Sums by name, relative to the largest: -1..1."""
    sums: dict[str, float] = defaultdict(float)
    for name, weight in pairs:
        sums[name] += weight
    highest = max((abs(value) for value in sums.values()), default=0.0) or 1.0
    return {name: value / highest for name, value in sums.items()}
