"""What hangs together with recommendations: the tracks themselves, similar ones, and what is trending."""

import asyncio

import pytest

from audotics.rules_ranking import expect_no_duplicates
from audotics.rules_relevance import expect_share
from fixtures.recommendations import genres, ids
from golive.api.rules_inputs import expect_input_refused
from golive.api.wire.success import expect_success
from golive.rules.http import expect_error_shape, is_let_in

pytestmark = [
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.harm("content"),
]

of_tracks_that_are_there = pytest.mark.usefixtures("tracks_are_there")
"""A track that is not found shows something only where one that exists is."""

UNKNOWN_TRACK = "golive-no-such-track"


@of_tracks_that_are_there
@pytest.mark.needs("routes.song")
async def test_every_recommended_track_exists(rankings, api, listener, evidence):
    """Every recommended id resolves to that very track."""
    answer = evidence(await rankings.personal(listener))
    recommended = ids(rankings.tracks(answer))
    songs = await asyncio.gather(
        *(api.get(api.routes.song, id=one, token=listener.token) for one in recommended)
    )
    evidence.note("tracks asked for", asked=len(songs), statuses=sorted({song.status for song in songs}))
    for one, song in zip(recommended, songs, strict=True):
        if song.status != 200:
            evidence(song)
        expect_success(song, api.routes.song)
        found = song.json().get(rankings.fields.id)
        assert str(found) == one, f"track by its id: expected the same id, observed another — {song.title}"


@of_tracks_that_are_there
@pytest.mark.needs("routes.song", "routes.similar")
async def test_unknown_track_is_not_found(api, listener, evidence):
    """A track that does not exist is a 404, alone and as the origin of similar ones."""
    for route in (api.routes.song, api.routes.similar):
        answer = evidence(await api.get(route, id=UNKNOWN_TRACK, token=listener.token))
        expect_error_shape(answer, 404)


@of_tracks_that_are_there
@pytest.mark.needs("routes.similar")
async def test_similar_tracks_are_other_tracks(rankings, api, listener, evidence):
    """Tracks similar to the first recommended one are ranked, different ones, and never it itself."""
    recommended = rankings.tracks(evidence(await rankings.personal(listener, limit=1)))
    origin = ids(recommended)[0]
    answer = evidence(await api.get(api.routes.similar, id=origin, token=listener.token))
    similar = rankings.tracks(answer, rankings.fields.similar)
    assert origin not in ids(similar), (
        f"similar tracks: expected other tracks, observed the track itself — {answer.title}"
    )
    expect_no_duplicates(similar, where=answer.title)
    rankings.expect_ranked(similar, where=answer.title, of="similar")


@pytest.mark.usefixtures("trending_is_there")
@pytest.mark.needs("routes.trending")
async def test_trending_follows_the_time_frame(rankings, api, listener, evidence, profile):
    """Every time frame has a ranked list without duplicates, and not all are the same; others are refused."""
    lists = []
    for timeframe in profile.recommendations.timeframes:
        params = {"timeframe": timeframe}
        answer = evidence(await api.get(api.routes.trending, token=listener.token, params=params))
        tracks = rankings.tracks(answer, rankings.fields.trending)
        expect_no_duplicates(tracks, where=answer.title)
        rankings.expect_ranked(tracks, where=answer.title, of="trending")
        lists.append(tuple(ids(tracks)))
    assert len(lists) < 2 or len(set(lists)) > 1, (
        f"trending: expected lists that differ between {', '.join(profile.recommendations.timeframes)},"
        f" observed the same for all: the time frame is ignored — {api.url(api.routes.trending)}"
    )
    params = {"timeframe": "century"}
    wrong = evidence(await api.get(api.routes.trending, token=listener.token, params=params))
    expect_input_refused(wrong, what="unknown time frame")


@pytest.mark.usefixtures("trending_is_there")
@pytest.mark.needs("routes.trending", "genres")
async def test_trending_follows_the_genre(rankings, api, listener, evidence, profile):
    """What is trending in a genre is of that genre; an unknown genre is refused or has nothing."""
    genre = profile.recommendations.trending_genre
    answer = evidence(await api.get(api.routes.trending, token=listener.token, params={"genre": genre}))
    found = genres(rankings.tracks(answer, rankings.fields.trending))
    expect_share(found, [genre], at_least=1.0, what=f"trending in {genre}", where=answer.title)
    params = {"genre": "golive-no-such-genre"}
    wrong = evidence(await api.get(api.routes.trending, token=listener.token, params=params))
    if not is_let_in(wrong):
        expect_input_refused(wrong, what="unknown genre", also=(404,))
    else:
        left = rankings.found(wrong, rankings.fields.trending)
        assert not left, f"unknown genre: expected nothing, observed {len(left)} tracks — {wrong.title}"
