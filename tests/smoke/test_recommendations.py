"""Recommendations: well-formed, personal, for newcomers too, for nobody without a token, and in time."""

import pytest
from pydantic import BaseModel, ConfigDict, Field

from golive.expect.http import expect_error_shape, expect_json, expect_status
from golive.expect.latency import expect_quantile
from golive.expect.ranking import expect_count, expect_no_duplicates, expect_overlap, expect_scores_ordered

pytestmark = pytest.mark.checklist("step.smoke.recommendations", "post.critical")

HIGHEST_OVERLAP_OF_DIFFERENT_TASTES = 0.5


class Track(BaseModel):
    """A recommended track."""

    model_config = ConfigDict(strict=True)

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    artists: list[str | dict[str, object]] = Field(min_length=1)
    album: str | dict[str, object]
    spotifyId: str = Field(min_length=1)
    score: float


class Ranking(BaseModel):
    """The answer of the recommendations route."""

    recommendations: list[Track] = Field(min_length=1)


def ranked(observation):
    """Return the answer's tracks as mappings, after it was found to fit the schema."""
    expect_status(observation, 200)
    return [track.model_dump() for track in expect_json(observation, Ranking).recommendations]


async def test_recommendations_are_well_formed_and_ranked(api, listener, evidence, profile):
    """By default there are as many as the profile says, each complete, none twice, the best first."""
    answer = evidence(await api.get(api.routes.recommendations, token=listener.token))
    tracks = ranked(answer)
    count = profile.budgets.recommendations_default
    expect_count(tracks, at_least=count, at_most=count, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)
    expect_scores_ordered(tracks, where=answer.title)


async def test_limit_is_honoured(api, listener, evidence):
    """A smaller limit gives that many tracks, and they are the best of the longer list."""
    answer = evidence(await api.get(api.routes.recommendations, token=listener.token, params={"limit": 5}))
    expect_count(ranked(answer), at_least=5, at_most=5, where=answer.title)


async def test_different_tastes_get_different_lists(api, listener, friend, evidence):
    """Two listeners of different taste share at most half of their lists."""
    first = evidence(await api.get(api.routes.recommendations, token=listener.token))
    second = evidence(await api.get(api.routes.recommendations, token=friend.token))
    limit = HIGHEST_OVERLAP_OF_DIFFERENT_TASTES
    expect_overlap(ranked(first), ranked(second), at_most=limit, where=f"{first.title}, listener and friend")


async def test_newcomer_gets_recommendations(api, newcomer, evidence, profile):
    """Somebody without any history gets a full list too."""
    answer = evidence(await api.get(api.routes.recommendations, token=newcomer.token))
    tracks = ranked(answer)
    expect_count(tracks, at_least=profile.budgets.recommendations_default, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)


async def test_recommendations_need_a_token(api, evidence):
    """Without a token there are no recommendations."""
    expect_error_shape(evidence(await api.get(api.routes.recommendations)), 401)


@pytest.mark.serial
async def test_recommendations_come_in_time(api, listener, evidence, profile):
    """The 95th percentile of the latency is within budget."""
    samples = []
    for _ in range(profile.budgets.latency_samples):
        answer = await api.get(api.routes.recommendations, token=listener.token)
        expect_status(answer, 200)
        samples.append(answer.elapsed_ms)
    budget = profile.budgets.recommendations_p95
    evidence.latency(f"latency of {answer.title}", samples, budget=budget)
    expect_quantile(samples, 0.95, budget, where=answer.title, at_least=profile.budgets.latency_samples)
