"""Taste: what somebody dislikes is nowhere, at no replica, and what they are doing changes what they get."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from audotics.rules_taste import expect_context_counts, expect_nowhere
from fixtures.recommendations import at, ids
from golive.api.rules_inputs import expect_input_refused
from golive.api.rules_paging import expect_same_list
from golive.api.wire.routes import AbsentRoute
from golive.api.wire.success import expect_success
from golive.core.outcome import Blind
from golive.rules.failure import fail
from golive.rules.http import is_let_in

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.recommendations"),
    pytest.mark.usefixtures("recommendations_are_there"),
]

DISLIKED = 1
"""The worst rating."""
ASKED = 3
"""How often each context is asked for at each place."""
UNKNOWN = "golive-no-such-context"


@pytest.mark.needs("routes.feedback")
@pytest.mark.write("account:listener", "account:friend")
async def test_what_is_disliked_is_nowhere(
    taste, rankings, api, feedback, group_sessions, listener, friend, doors, evidence
):
    """A track that is rated worst at one replica is soon in no list of that person, at any replica.

    Only lists that showed it before count; with the rating undone every list has it again.
    """
    within = rankings.rules.feedback_within
    async with AsyncExitStack() as stack:
        session = None
        if not isinstance(api.routes.group_recommendations, AbsentRoute):
            session = await stack.enter_async_context(group_sessions.opened(listener, friend))
        answer = evidence(await rankings.personal(listener))
        listed = ids(rankings.tracks(answer))
        questions = await taste.questions(listener, listed, session)
        before = await taste.shown(questions)
        kinds = {one.kind for one in questions}
        unseen, acting = set(kinds), list(doors.acting("POST"))
        for place in acting:
            victim = _most_telling(listed, before, unseen or kinds)
            judged = [one for one in questions if _showed(before, one.kind, victim)]
            unseen -= {one.kind for one in judged}
            evidence.note(f"disliked at {place.name}", lists=sorted({one.kind for one in judged}))
            async with feedback.given(listener, victim, DISLIKED, listed=listed, base=place.base) as given:
                expect_success(evidence(given.answer), api.routes.feedback)
                seen = await taste.shown_until(
                    judged, lambda lists, victim=victim: all(victim not in one.ids for one in lists)
                )
                given.has_shown = any(victim not in one.ids for one in seen)
                expect_nowhere(seen, victim, rated_at=place.name, within=within)
            expect_success(evidence(given.undone))
            again = await taste.shown_until(
                questions[:1], lambda lists: all(list(one.ids) == listed for one in lists)
            )
            for one in again:
                expect_same_list(listed, one.ids, what="the list, feedback undone", where=one.where)
    if unseen:
        raise Blind(
            f"no recommended track is also in: {', '.join(sorted(unseen))}",
            remedy="name searches that find what the listener likes (recommendations.searches)",
        )


@pytest.mark.needs("contexts")
async def test_contexts_change_the_list(rankings, api, listener, places, evidence):
    """Each context and mood changes the list, by more than chance does, and to its own, at every replica."""
    rules = rankings.rules
    _expect_contexts_named(rules)
    for place in places:
        plain = await _lists(rankings, listener, place, {})
        contexts = {
            context: await _lists(rankings, listener, place, {rules.context_parameter: context})
            for context in rules.contexts
        }
        evidence.note(
            f"contexts at {place.name}",
            asked=ASKED,
            different=len({tuple(one[0]) for one in contexts.values()}),
        )
        expect_context_counts(
            plain,
            contexts,
            least_change=rules.context_change,
            place=place.name,
            where=f"GET {api.url(api.routes.recommendations)}",
        )


@pytest.mark.needs("contexts")
async def test_unknown_context_is_refused_or_said(rankings, listener, places, evidence):
    """A context that there is not is refused, or the answer says for which one it is."""
    rules = rankings.rules
    _expect_contexts_named(rules)
    known = rules.contexts[0]
    for place in places:
        # A known one is let in, so that a refusal is of the unknown one.
        twin = await rankings.personal(listener, base=place.base, **{rules.context_parameter: known})
        expect_success(evidence(twin))
        answer = await rankings.personal(listener, base=place.base, **{rules.context_parameter: UNKNOWN})
        evidence(answer)
        if not is_let_in(answer):
            expect_input_refused(answer, what="unknown context")
            continue
        field = rankings.fields.context
        said = at(answer.json(), field) if field else UNKNOWN
        if said == UNKNOWN or (field and at(twin.json(), field) != known):
            fail(
                "a context that does not exist is answered like one that does",
                expected="refused, or an answer that says its context (recommendations.fields.context)",
                observed=f"{answer.status} at {place.name}, for {UNKNOWN}",
                where=answer.title,
            )


async def _lists(rankings, account, place, params):
    answers = await asyncio.gather(
        *(rankings.personal(account, base=place.base, **params) for _ in range(ASKED))
    )
    return [ids(rankings.tracks(answer)) for answer in answers]


def _expect_contexts_named(rules):
    if not rules.contexts:
        raise Blind(
            "the profile names no contexts",
            remedy='name them as recommendations.contexts, or say contexts = { absent = "reason" }',
        )


def _showed(before, kind, track):
    """Whether a kind of list showed the track at every place, in one of its questions."""
    places = {one.place for one in before}
    return places == {one.place for one in before if one.what == kind and track in one.ids}


def _most_telling(listed, before, kinds):
    """The recommended track that most of these kinds of lists show."""
    return max(listed, key=lambda track: sum(_showed(before, kind, track) for kind in kinds))
