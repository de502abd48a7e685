"""Whose an answer is: mixed-up answers are told as that, and lists that vary accuse nobody."""

import pytest

from golive.core.outcome import Blind
from golive.isolation.rules_whose import (
    Heard,
    belongings,
    expect_own_answers,
    expect_told_apart,
)
from selftests.examples.rules_examples import answer

NAMES = {
    "listener": frozenset({"listener@audotics.test", "u-listener-1"}),
    "friend": frozenset({"friend@audotics.test", "u-friend-2"}),
}


def profile(role, status=200, **other):
    return answer({"id": f"u-{role}-{1 if role == 'listener' else 2}", "email": f"{role}@audotics.test",
                   "role": "user", **other}, status=status)  # fmt: skip


def tracks(*ids):
    return answer({"recommendations": [{"id": f"track-{one}", "name": "a song"} for one in ids]})


def heard(asker, seen, what="profile", place="api-1"):
    return Heard(asker, what, place, seen)


def learnt(*more):
    return belongings(
        [heard("listener", profile("listener")), heard("friend", profile("friend")), *more], NAMES
    )


LISTS = (
    heard("listener", tracks(1, 2, 3), "recommendations"),
    heard("friend", tracks(3, 4, 5), "recommendations"),
)


def test_everybodys_own_answers_are_fine():
    """With times that differ, lists that share tracks, and the own address in capitals."""
    seen = [
        heard("listener", profile("listener", lastSeen="2026-11-30T12:00:00Z")),
        heard("friend", answer({"id": "u-friend-2", "email": "Friend@Audotics.test"})),
        heard("listener", tracks(3, 1, 2), "recommendations"),
        heard("friend", tracks(3, 4, 5), "recommendations"),
    ]
    expect_own_answers(seen, learnt(*LISTS))


def test_list_that_varies_accuses_nobody():
    """A list of chance may have some of another's tracks, and none of one's own of before."""
    seen = [heard("listener", tracks(4, 7, 8), "recommendations"), *LISTS]
    expect_own_answers(seen, learnt(*LISTS))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            heard("listener", profile("friend")),
            r"listener received friend's profile \(1 of 2 times, at api-1\)",
        ),
        (
            heard("listener", answer({"id": "u-listener-1", "email": "friend@audotics.test"})),
            "friend's profile",
        ),
        (heard("listener", answer({"data": {"user": {"id": "U-FRIEND-2"}}})), "friend's profile"),
        (
            heard("listener", answer({"id": "u-9", "email": "maria@example.org"})),
            "received somebody else's profile",
        ),
        (heard("listener", tracks(3, 4, 5), "recommendations"), "received friend's recommendations"),
    ],
)
def test_somebody_elses_answer_is_told_as_that(wrong, says):
    """Whole, in part, in another form, of a stranger, or a list that names nobody."""
    seen = [wrong, heard(wrong.asker, profile("listener"), "profile")]
    with pytest.raises(AssertionError, match=r"each other's answers.*" + says):
        expect_own_answers(seen, learnt(*LISTS))


def test_already_alone_is_told_too():
    """A cache that gives everybody the first one's answer needs no company."""
    first = [heard("listener", profile("listener")), heard("friend", profile("listener"))]
    with pytest.raises(AssertionError, match="friend, asking alone, received listener's profile"):
        belongings(first, NAMES)


def test_turned_away_in_company_is_a_failure():
    seen = [heard("listener", profile("listener")), heard("friend", answer({"message": "no"}, status=401))]
    with pytest.raises(AssertionError, match=r"turned away while others ask.*friend 1 times at api-1"):
        expect_own_answers(seen, learnt())


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_not_answered_is_blind(status):
    """A limit on the suite's own requests, or a server that answers hardly anything, accuses nobody."""
    seen = [heard("listener", answer({"message": "later"}, status=status)) for _ in range(4)]
    with pytest.raises(Blind):
        expect_own_answers(seen, learnt())


def test_accounts_that_look_alike_are_blind():
    same = answer({"plan": "free"})
    with pytest.raises(Blind, match="nobody can tell whose"):
        belongings([heard("listener", same), heard("friend", same)], NAMES)


def test_people_who_like_different_things_get_different_lists():
    """A list that a cache gives to everybody is alike already where each asks alone."""
    expect_told_apart(learnt(*LISTS), "recommendations", ["listener", "friend"], where="GET /recommendations")
    same = [heard(role, tracks(1, 2), "recommendations") for role in ("listener", "friend")]
    expect_told_apart(learnt(*same), "recommendations", ["listener"], where="GET /recommendations")
    with pytest.raises(AssertionError, match=r"same recommendations.*friend and listener"):
        expect_told_apart(
            learnt(*same), "recommendations", ["listener", "friend"], where="GET /recommendations"
        )
