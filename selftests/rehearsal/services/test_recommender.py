"""The recommender by itself, over the generated catalogue and history."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from rehearsal.database.catalogue import generate_catalogue
from rehearsal.database.history import FRIEND_PREFERENCES, LISTENER_PREFERENCES, generate_history
from rehearsal.services.recommender import Catalogue, Crowd, Recommender, Scored, Signal, Track
from rehearsal.services.recommender.model import weight_of

CATALOGUE = [
    Track(t.id, t.spotify_id, t.name, t.artists, t.album, t.genre, t.duration_ms, t.features)
    for t in generate_catalogue()
]
HISTORY = [
    Signal(row.user_id, row.track_id, weight_of(row.kind, row.rating))
    for row in generate_history(
        generate_catalogue(), ["listener"], ["friend"], datetime(2026, 11, 22, tzinfo=UTC)
    )
]
CROWD = Crowd(HISTORY)


def signals(user_id: str) -> list[Signal]:
    return [signal for signal in HISTORY if signal.user_id == user_id]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender(Catalogue(CATALOGUE))


def top(ranking: list[Scored], count: int = 20) -> list[Track]:
    return [scored.track for scored in ranking[:count]]


def test_the_catalogue_is_large_and_its_ids_are_unique() -> None:
    assert len(CATALOGUE) == 400
    assert len({track.id for track in CATALOGUE}) == len({track.spotify_id for track in CATALOGUE}) == 400
    assert generate_catalogue() == generate_catalogue()


@pytest.mark.parametrize("user_id", ["listener", "friend", "newcomer"])
def test_rankings_are_ordered_unique_in_range_and_repeatable(recommender: Recommender, user_id: str) -> None:
    ranking = recommender.recommend(signals(user_id), CROWD)
    scores = [scored.score for scored in ranking]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({scored.track.id for scored in ranking}) == len(ranking) > 300
    assert ranking == Recommender(Catalogue(CATALOGUE[::-1])).recommend(signals(user_id)[::-1], CROWD)


def test_different_preferences_get_different_lists_that_fit(recommender: Recommender) -> None:
    listener = top(recommender.recommend(signals("listener"), CROWD))
    friend = top(recommender.recommend(signals("friend"), CROWD))
    assert len({t.id for t in listener} & {t.id for t in friend}) <= 2
    assert sum(track.genre in LISTENER_PREFERENCES for track in listener) >= 17
    assert sum(track.genre in FRIEND_PREFERENCES for track in friend) >= 17


@pytest.mark.parametrize("user_id", ["listener", "friend", "newcomer"])
def test_no_artist_fills_the_top(recommender: Recommender, user_id: str) -> None:
    tracks = top(recommender.recommend(signals(user_id), CROWD))
    assert max(Counter(track.artists[0] for track in tracks).values()) <= 4


def test_a_cold_start_is_popular_and_diverse(recommender: Recommender) -> None:
    tracks = top(recommender.recommend([], CROWD))
    assert len({track.genre for track in tracks}) >= 5
    mean = sum(CROWD.popularity.values()) / len(CATALOGUE)
    assert all(CROWD.popularity[track.id] > mean for track in tracks)


def test_feedback_counts_at_once(recommender: Recommender) -> None:
    before = recommender.recommend(signals("listener"), CROWD)
    disliked = before[0].track
    after = recommender.recommend([*signals("listener"), Signal("listener", disliked.id, -8)], CROWD)
    assert disliked.id not in {scored.track.id for scored in after}
    loved = next(track for track in CATALOGUE if track.genre == "metal")
    metal = recommender.recommend([Signal("newcomer", loved.id, weight_of("feedback", 5))], CROWD)
    assert sum(track.genre == "metal" for track in top(metal)) >= 10


def test_similar_tracks_exclude_the_track_itself(recommender: Recommender) -> None:
    for track in CATALOGUE[::37]:
        similar = top(recommender.similar(track.id), 10)
        assert track.id not in {other.id for other in similar}
        assert sum(other.genre == track.genre for other in similar) >= 6


@pytest.mark.parametrize(
    ("query", "genres"),
    [
        ("calm jazz for studying", {"jazz"}),
        ("hip hop", {"hip hop"}),
        ("something heavy for the gym", {"metal"}),
        ("relaxing music to fall asleep", {"ambient", "classical", "folk", "jazz"}),
        ("upbeat party music", {"house", "electronic", "pop", "hip hop"}),
    ],
)
def test_language_search_understands(recommender: Recommender, query: str, genres: set[str]) -> None:
    found = top(recommender.search(query, [], CROWD), 10)
    assert len(found) == 10
    assert sum(track.genre in genres for track in found) >= 8


def test_language_search_finds_an_artist_and_admits_ignorance(recommender: Recommender) -> None:
    artist = CATALOGUE[0].artists[0]
    assert all(artist in t.artists for t in top(recommender.search(f"more of {artist}", [], CROWD)))
    assert recommender.search("qwertz uiop", [], CROWD) == []


def test_groups_get_what_suits_all(recommender: Recommender) -> None:
    ranking = recommender.for_group([signals("listener"), signals("friend")], CROWD)
    alone = {
        user: {s.track.id: s.score for s in recommender.recommend(signals(user), CROWD)}
        for user in ("listener", "friend")
    }
    chosen = [min(scores[t.id] for scores in alone.values()) for t in top(ranking)]
    listener_only = [
        alone["friend"].get(t.id, 0.0) for t in top(recommender.recommend(signals("listener"), CROWD))
    ]
    assert sum(chosen) / len(chosen) > sum(listener_only) / len(listener_only)


def test_trending_is_of_the_wanted_genre(recommender: Recommender) -> None:
    assert {track.genre for track in top(recommender.trending(CROWD, "folk"), 40)} == {"folk"}
    assert recommender.trending(Crowd(), None) == []
