"""Diversity over artists that keeps the list ordered by score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rehearsal.services.recommender.model import Scored, Track

REPEATED_ARTIST = 0.85
REPEATED_GENRE = 0.93


def diversify(found: Sequence[tuple[Track, float]], *, spread_genres: bool = False) -> list[Scored]:
    """Best first, scores in 0..1.

    Every further track of an artist loses 15 % against the one before it, so that an artist cannot
    fill the top; `spread_genres` does the same to genres, for people whose preferences are unknown.
    """
    artists: Counter[str] = Counter()
    genres: Counter[str] = Counter()
    scored = []
    for track, score in sorted(found, key=lambda pair: (-pair[1], pair[0].id)):
        repeats = max(artists[artist] for artist in track.artists)
        factor = REPEATED_ARTIST**repeats * (REPEATED_GENRE ** genres[track.genre] if spread_genres else 1.0)
        artists.update(track.artists)
        genres[track.genre] += 1
        scored.append(Scored(track, round(min(1.0, max(0.0, score * factor)), 6)))
    return sorted(scored, key=lambda entry: (-entry.score, entry.track.id))
