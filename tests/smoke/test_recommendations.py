"""Recommendations: well-formed, ranked, for newcomers too, for nobody without a token."""

import pytest

from audotics.rules_ranking import expect_count, expect_no_duplicates
from fixtures.recommendations import ids
from golive.api.rules_inputs import expect_private
from golive.api.rules_paging import expect_same_list
from golive.rules.http import expect_error_shape

pytestmark = pytest.mark.checklist("step.smoke.recommendations", "post.critical")


async def test_recommendations_are_well_formed_and_ranked(rankings, listener, evidence, profile):
    """By default there are as many as the profile says, each complete, none twice, the best first."""
    answer = evidence(await rankings.personal(listener))
    tracks = rankings.tracks(answer)
    count = profile.budgets.recommendations_default
    expect_count(tracks, at_least=count, at_most=count, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)
    rankings.expect_ranked(tracks, where=answer.title)


@pytest.mark.needs("list_limits")
async def test_limit_is_honoured(rankings, listener, evidence):
    """A smaller limit gives that many tracks, and they are the best of the longer list."""
    answer = evidence(await rankings.personal(listener, limit=5))
    few = rankings.tracks(answer)
    expect_count(few, at_least=5, at_most=5, where=answer.title)
    many = rankings.tracks(evidence(await rankings.personal(listener)))
    expect_same_list(ids(many)[:5], ids(few), what="the best five", where=answer.title)


async def test_newcomer_gets_recommendations(rankings, newcomer, evidence, profile):
    """Somebody without any history gets a full list too."""
    answer = evidence(await rankings.personal(newcomer))
    tracks = rankings.tracks(answer)
    expect_count(tracks, at_least=profile.budgets.recommendations_default, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)


async def test_recommendations_need_a_token(api, evidence):
    """Without a token there are no recommendations."""
    expect_error_shape(evidence(await api.get(api.routes.recommendations)), 401)


async def test_recommendations_are_not_kept_by_shared_caches(rankings, listener, evidence):
    """What is one person's is never kept by a cache for another person."""
    expect_private(evidence(await rankings.personal(listener)))
