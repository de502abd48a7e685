"""Language search: understands sentences, refuses what is none, and lets nothing through behind itself."""

import asyncio

import pytest

from audotics.rules_ranking import expect_count, expect_no_duplicates, expect_overlap
from audotics.rules_relevance import expect_share
from fixtures.recommendations import genres, ids
from golive.api.rules_inputs import expect_input_refused
from golive.core.outcome import Blind
from golive.rules.http import expect_error_shape, expect_refusal, is_let_in

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.search"),
    pytest.mark.usefixtures("search_is_there"),
]

PATHS = {
    "parent": "../../users/me",
    "encoded-parent": "..%2f..%2fhealth",
    "query-string": "jazz?limit=100000&admin=true#",
    "url": "http://169.254.169.254/latest/meta-data/",
    "header": "jazz\r\nHost: internal\r\n\r\nGET /metrics",
}
"""What would reach another path, were it put into the address of a service behind."""


@pytest.mark.needs("genres")
async def test_search_understands(sentence, rankings, listener, evidence, profile):
    """What a sentence finds is what it asks for."""
    if sentence is None:
        raise Blind("the profile has no sentences to search for", remedy="add recommendations.searches")
    answer = evidence(await rankings.search(listener, sentence.query))
    tracks = rankings.tracks(answer, rankings.fields.search)
    expect_no_duplicates(tracks, where=answer.title)
    least = profile.recommendations.search_share
    what = f"found by “{sentence.query}”"
    expect_share(genres(tracks), sentence.genres, at_least=least, what=what, where=answer.title)


async def test_different_sentences_find_different_tracks(rankings, listener, evidence, profile):
    """Two sentences that ask for different music do not find the same."""
    if len(profile.recommendations.searches) < 2:
        raise Blind("the profile has no two sentences", remedy="add two to recommendations.searches")
    one, other = [
        evidence(await rankings.search(listener, search.query))
        for search in profile.recommendations.searches[:2]
    ]
    limit = profile.recommendations.highest_overlap
    lists = [rankings.tracks(answer, rankings.fields.search) for answer in (one, other)]
    expect_overlap(*lists, at_most=limit, where=f"{one.title}, two sentences")


@pytest.mark.parametrize("kind", ["empty", "blank", "oversized", "number", "missing"])
async def test_search_refuses_what_is_no_sentence(kind, rankings, listener, evidence, profile):
    """Nothing, too much, and what is no text are refused as wrong input."""
    oversized = "jazz " * (profile.recommendations.longest_query // 5 + 1)
    query = {"empty": "", "blank": "   ", "oversized": oversized, "number": 7, "missing": None}[kind]
    expect_input_refused(evidence(await rankings.search(listener, query)), what=f"{kind} query")


@pytest.mark.parametrize("query", PATHS.values(), ids=PATHS)
@pytest.mark.harm("people")
async def test_search_lets_nothing_through(query, rankings, listener, evidence, profile):
    """A sentence that looks like a path is only a sentence: a bounded list of tracks, or a refusal."""
    answer = evidence(await rankings.search(listener, query))
    if not is_let_in(answer):
        expect_input_refused(answer, what="query that looks like a path")
        return
    found = rankings.found(answer, rankings.fields.search)
    if found:
        most = profile.budgets.recommendations_default
        expect_count(found, at_most=most, where=answer.title)
        expect_no_duplicates(found, where=answer.title)


@pytest.mark.needs("routes.song", "routes.recommendations")
@pytest.mark.usefixtures("tracks_are_there")
@pytest.mark.harm("people")
async def test_ids_let_nothing_through(rankings, api, listener, evidence):
    """An id that looks like a path finds no track and no other route."""
    track = ids(rankings.tracks(evidence(await rankings.personal(listener, limit=1))))[0]
    wrong = ("../health", "../users/me", f"{track}/../{track}", f"{track}?x=", "%2e%2e/health")
    answers = await asyncio.gather(*(api.get(api.routes.song, id=one, token=listener.token) for one in wrong))
    for answer in answers:
        if evidence(answer).status == 404:
            expect_error_shape(answer, 404)
        else:
            expect_input_refused(answer, what="id that looks like a path", also=(404,))


@pytest.mark.harm("people")
async def test_search_needs_a_token(api, evidence):
    """Without a token there is no search."""
    answer = evidence(await api.post(api.routes.search, json={"query": "jazz"}))
    expect_refusal(answer, "a search without a token", 401)
