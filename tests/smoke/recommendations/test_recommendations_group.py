"""Recommendations for a group: of its members' preferences, and for its members only."""

import pytest

from audotics.rules_ranking import expect_count, expect_no_duplicates
from audotics.rules_relevance import expect_better_than_chance, expect_share
from fixtures.recommendations import genres
from golive.api.rules_inputs import expect_private
from golive.rules.controls import expect_twin
from golive.rules.http import expect_refusal, is_let_in

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
    pytest.mark.needs("routes.sessions", "routes.group_recommendations"),
]


@pytest.mark.needs("genres")
async def test_group_gets_what_its_members_like(
    rankings, api, group_sessions, listener, friend, evidence, profile
):
    """A group's list is ranked, fits its members' preferences better than chance, and leaves nobody out."""
    rules, route = profile.recommendations, api.routes.group_recommendations
    preferences = {role: rankings.preferences(role) for role in ("listener", "friend")}
    async with group_sessions.opened(listener, friend) as session:
        answer = evidence(await api.get(route, id=session.id, token=friend.token))
    tracks = rankings.tracks(answer, rankings.fields.group)
    expect_count(tracks, at_least=profile.budgets.recommendations_default, where=answer.title)
    expect_no_duplicates(tracks, where=answer.title)
    rankings.expect_ranked(tracks, where=answer.title, of="group")
    expect_private(answer)
    found = genres(tracks)
    evidence.note("genres of the group's list", found={genre: found.count(genre) for genre in found})
    for role, liked in preferences.items():
        what = f"group's tracks of {role}'s preferences"
        expect_share(found, liked.genres, at_least=rules.group_member_share, what=what, where=answer.title)
    wanted = {genre for liked in preferences.values() for genre in liked.genres}
    share = min(0.99, sum(liked.catalogue_share for liked in preferences.values()))
    expect_better_than_chance(found, wanted, share=share, significance=rules.significance, where=answer.title)


@pytest.mark.harm("people")
async def test_group_refuses_outsiders(api, group_sessions, listener, outsider, evidence):
    """A group's list is refused to somebody who is no member, and to somebody without a token."""
    route = api.routes.group_recommendations
    async with group_sessions.opened(listener) as session:
        member = evidence(await api.get(route, id=session.id, token=listener.token))
        stranger = evidence(await api.get(route, id=session.id, token=outsider.token))
        nobody = evidence(await api.get(route, id=session.id))
    for answer, who, statuses in (
        (stranger, "somebody who is no member", (403, 404)),
        (nobody, "nobody", (401,)),
    ):
        if not is_let_in(answer):
            what = "a group's list answers its members"
            expect_twin(member, what, route="routes.group_recommendations", who="a member")
        expect_refusal(answer, f"a group's list for {who}", *statuses)
