"""Recommendations: well-formed, ranked, for newcomers too, for nobody without a token."""

import pytest

from audotics.rules_ranking import expect_count, expect_no_duplicates
from fixtures.recommendations import ids
from golive.api.rules_inputs import expect_private
from golive.api.rules_paging import expect_same_list
from golive.core.controls import judge_all
from golive.rules.http import expect_refusal

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.recommendations"),
]

of_a_route_that_is_there = pytest.mark.usefixtures("recommendations_are_there")
"""That a route is missing is said once, by the check of the routes."""


async def test_routes_of_music_are_there(
    recommendations_route, search_route, trending_route, track_routes, evidence
):
    """Recommendations, search, what is trending, and a recommended track answer their user."""
    judge_all((recommendations_route, search_route, trending_route, track_routes), evidence)


@of_a_route_that_is_there
async def test_recommendations_are_well_formed_and_ranked(rankings, listener, evidence, profile):
    """By default there are as many as the profile says, each complete, none twice, the best first."""
    answer = evidence(await rankings.personal(listener))
    tracks = rankings.tracks(answer)
    count = profile.budgets.recommendations_default
    expect_count(tracks, at_least=count, at_most=count, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)
    rankings.expect_ranked(tracks, where=answer.title)


@of_a_route_that_is_there
@pytest.mark.needs("list_limits")
async def test_limit_is_honoured(rankings, listener, evidence):
    """A smaller limit gives that many tracks, and they are the best of the longer list."""
    answer = evidence(await rankings.personal(listener, limit=5))
    few = rankings.tracks(answer)
    expect_count(few, at_least=5, at_most=5, where=answer.title)
    many = rankings.tracks(evidence(await rankings.personal(listener)))
    expect_same_list(ids(many)[:5], ids(few), what="the best five", where=answer.title)


@of_a_route_that_is_there
async def test_newcomer_gets_recommendations(rankings, newcomer, evidence, profile):
    """Somebody without any history gets a full list too."""
    answer = evidence(await rankings.personal(newcomer))
    tracks = rankings.tracks(answer)
    expect_count(tracks, at_least=profile.budgets.recommendations_default, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)


@of_a_route_that_is_there
@pytest.mark.harm("people")
async def test_recommendations_need_a_token(api, evidence):
    """Without a token there are no recommendations."""
    answer = evidence(await api.get(api.routes.recommendations))
    expect_refusal(answer, "recommendations without a token", 401)


@of_a_route_that_is_there
@pytest.mark.harm("people")
async def test_recommendations_are_not_kept_by_shared_caches(rankings, listener, evidence):
    """What is one person's is never kept by a cache for another person."""
    expect_private(evidence(await rankings.personal(listener)))
