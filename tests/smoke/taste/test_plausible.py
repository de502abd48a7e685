"""What is said of tracks can be true: lengths and scores, previews of the track itself, alike everywhere."""

import asyncio

import pytest

from audotics.rules_plausible import expect_durations, expect_own_previews, expect_scores_differ
from audotics.rules_taste import expect_same_everywhere
from fixtures.recommendations import at, ids
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

ALONE = 5
"""Tracks that are also asked for one by one."""


@pytest.mark.needs("durations")
async def test_lengths_of_tracks_are_plausible(taste, rankings, api, listener, evidence):
    """Every track of every list is as long as music is, in the declared unit, and equally long everywhere."""
    rules = rankings.rules
    tracks = await _said(taste, rankings, api, listener, evidence)
    evidence.note("lengths", tracks=len({one.id for one in tracks}), unit=rules.duration_unit)
    expect_durations(
        tracks, unit=rules.duration_unit, shortest=rules.shortest_track, longest=rules.longest_track
    )


@pytest.mark.needs("scores")
async def test_scores_tell_tracks_apart(rankings, listener, places, evidence):
    """A person's list is ranked by something: at no replica do all tracks have one score."""
    for place in places:
        answer = evidence(await rankings.personal(listener, base=place.base))
        expect_scores_differ([one["score"] for one in rankings.tracks(answer)], where=answer.title)


@pytest.mark.needs("preview")
async def test_previews_belong_to_their_tracks(taste, rankings, api, listener, evidence):
    """No track is played with another's preview, as far as addresses and lengths tell."""
    tracks = await _said(taste, rankings, api, listener, evidence)
    with_one = sum(isinstance(one.preview, str) and bool(one.preview) for one in tracks)
    if not with_one:
        raise Blind(
            f"none of {len(tracks)} tracks has a preview, so whose they are was not seen",
            remedy="name where tracks have it as recommendations.fields.preview, or say"
            ' [features] preview = { absent = "reason" }',
        )
    told = expect_own_previews(tracks)
    evidence.note("previews", told_by_their_address=told, looked_at=with_one)


@pytest.mark.needs("several_replicas")
async def test_every_replica_serves_the_same(taste, rankings, listener, friend, newcomer, places, evidence):
    """Every replica names the same model, and gives everybody the same lists, in the same order."""
    fields, rules = rankings.fields, rankings.rules
    for named in filter(None, (fields.model, rules.model_timestamp)):
        answers = await asyncio.gather(*(rankings.personal(listener, base=place.base) for place in places))
        said = {}
        for place, answer in zip(places, answers, strict=True):
            expect_success(evidence(answer))
            value = at(answer.json(), named)
            if value in (None, ""):
                fail(
                    "which model ranks is not said",
                    expected=f"{named} in the answer, as the profile names it",
                    observed=f"none at {place.name}",
                    where=answer.title,
                )
            said[place.name] = str(value)
        expect_same_everywhere(said, what=f"models ({named})", where=answers[0].title)
    for person in (listener, friend, newcomer):
        listed = ids(rankings.tracks(evidence(await rankings.personal(person))))
        questions = await taste.questions(person, listed, None)
        seen = await taste.shown(questions)
        evidence.note(f"lists of {person.role}", questions=len(questions), places=len(places))
        for number, question in enumerate(questions):
            lists = seen[number * len(places) : (number + 1) * len(places)]
            if number == 0 and not any(one.ids for one in lists):
                raise Blind(
                    f"{person.role} is recommended nothing anywhere, so whether it is the same was not seen"
                    f" — {lists[0].where}",
                    remedy="see to the recommendations first (the line's other checks)",
                )
            expect_same_everywhere(
                {one.place: ", ".join(one.ids) for one in lists},
                what=f"lists ({question.kind}, {person.role})",
                where=lists[0].where,
            )


async def _said(taste, rankings, api, listener, evidence):
    """What every list says of its tracks at every place, and each of the first tracks of itself."""
    listed = ids(rankings.tracks(evidence(await rankings.personal(listener))))
    questions = await taste.questions(listener, listed, None)
    said = []
    for question in questions:
        for place, answer in await taste.answers(question):
            said += taste.said(answer, question.field, place.name)
    if not isinstance(api.routes.trending, AbsentRoute):
        answer = await api.get(api.routes.trending, token=listener.token)
        said += taste.said(answer, rankings.fields.trending, "trending")
    if not isinstance(api.routes.song, AbsentRoute):
        songs = await asyncio.gather(
            *(api.get(api.routes.song, id=one, token=listener.token) for one in listed[:ALONE])
        )
        for song in songs:
            if not is_let_in(song):
                raise Blind(
                    f"a recommended track is not answered: {song.title}", remedy="see to the route first"
                )
            alone = taste.of(song.json(), song.title)
            # One track by itself may say less than a list does of it.
            said += [alone] if alone.duration is not None else []
    evidence.note("what is said of tracks", times=len(said), lists=[one.kind for one in questions])
    return said
