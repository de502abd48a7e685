"""Recommendations are personal: they fit preferences better than chance, differ, vary, and learn."""

import asyncio

import pytest

from audotics.rules_ranking import expect_overlap
from audotics.rules_relevance import expect_better_than_chance, expect_varied
from fixtures.recommendations import genres, ids
from golive.api.rules_paging import expect_same_list
from golive.api.wire.success import expect_success

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.recommendations"),
    pytest.mark.usefixtures("recommendations_are_there"),
]

DISLIKED = 1
"""The worst rating."""


@pytest.mark.parametrize("role", ["listener", "friend"])
@pytest.mark.needs("genres")
async def test_recommendations_fit_the_preferences(role, rankings, listener, friend, evidence, profile):
    """So many tracks are of preferred genres that chance would hardly have chosen them (binomial test)."""
    account = {"listener": listener, "friend": friend}[role]
    liked, significance = rankings.preferences(role), profile.recommendations.significance
    answer = evidence(await rankings.personal(account))
    found = genres(rankings.tracks(answer))
    evidence.note("genres of the list", liked=list(liked.genres), found={g: found.count(g) for g in found})
    probability = expect_better_than_chance(
        found,
        liked.genres,
        share=liked.catalogue_share,
        significance=significance,
        where=answer.title,
    )
    evidence.note("probability by chance", p=probability, significance=significance, test="binomial")


async def test_different_preferences_get_different_lists(rankings, listener, friend, evidence, profile):
    """Two listeners of different preferences share no more of their lists than the profile allows."""
    first, second = [
        evidence(seen)
        for seen in await asyncio.gather(rankings.personal(listener), rankings.personal(friend))
    ]
    limit = profile.recommendations.highest_overlap
    where = f"{first.title}, listener and friend"
    expect_overlap(rankings.tracks(first), rankings.tracks(second), at_most=limit, where=where)


@pytest.mark.parametrize("role", ["listener", "newcomer"])
@pytest.mark.needs("artists")
async def test_recommendations_are_not_of_one_artist(role, rankings, listener, newcomer, evidence, profile):
    """No artist fills a list: not by one person's preferences, and not by popularity."""
    account = {"listener": listener, "newcomer": newcomer}[role]
    answer = evidence(await rankings.personal(account))
    limit = profile.recommendations.highest_artist_share
    expect_varied(rankings.tracks(answer), at_most=limit, where=answer.title)


@pytest.mark.write("account:listener")
@pytest.mark.needs("routes.feedback")
async def test_recommendations_learn_from_feedback(rankings, api, feedback, listener, evidence):
    """A bad rating takes the first track from the top at once; with the rating undone it is back."""
    before = evidence(await rankings.personal(listener))
    first, *_ = listed = ids(rankings.tracks(before))
    async with feedback.given(listener, first, DISLIKED, listed=listed) as given:
        expect_success(evidence(given.answer), api.routes.feedback)
        after = evidence(await rankings.personal(listener))
        rank = next((n for n, one in enumerate(ids(rankings.tracks(after)), start=1) if one == first), None)
        given.has_shown = rank is None or rank > 1
        assert given.has_shown, (
            "first track after the worst rating: expected lower or gone,"
            f" observed still first — {after.title}"
        )
    expect_success(evidence(given.undone))
    restored = evidence(await rankings.personal(listener))
    expect_same_list(
        listed, ids(rankings.tracks(restored)), what="the list, feedback undone", where=restored.title
    )
