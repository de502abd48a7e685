"""What several people wrote at the same moment: lost, doubled, made up and mixed states are told."""

import pytest

from golive.core.outcome import Blind
from golive.isolation.rules_writers import expect_all_acknowledged, expect_all_gone, expect_one_of


def kept(*entries, elsewhere=None):
    return {"api-1": list(entries), "api-2": list(entries if elsewhere is None else elsewhere)}


def acknowledged(found, said="abc", tried="abcd"):
    told = {"acknowledged": list(said), "tried": list(tried), "before": ["z"]}
    expect_all_acknowledged(found, **told, what="the playlist", where="session s")


@pytest.mark.parametrize("found", ["abc", "cab", "abcd", "zabc"])
def test_all_that_was_acknowledged_is_there(found):
    """In any order, beside what was there before, and with what was neither acknowledged nor refused."""
    acknowledged(kept(*found))


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (kept("a", "b"), "loses changes.*all 3.*2, at api-1"),
        (kept("a", "b", "c", elsewhere="ab"), "loses changes.*at api-2"),
        (kept("a", "b", "c", "c"), "1 of them twice"),
        (kept("a", "b", "c", "x"), "1 that nobody wrote"),
        (kept("a", "b", "c", elsewhere="abcd"), "not the same at every replica"),
        ({}, "read somewhere"),
    ],
)
def test_what_is_wrong_is_told(found, says):
    with pytest.raises(AssertionError, match=says):
        acknowledged(found)


@pytest.mark.parametrize("said", ["", "a"])
def test_too_little_acknowledged_is_blind(said):
    """A deployment that refuses others while one writes loses nothing."""
    with pytest.raises(Blind, match="were acknowledged"):
        acknowledged(kept("a"), said=said)


def test_what_comes_back_is_told():
    expect_all_gone(kept("a"), removed=["b"], what="the playlist", where="session s")
    with pytest.raises(AssertionError, match="brings back"):
        expect_all_gone(kept("a", "b"), removed=["b"], what="the playlist", where="session s")


@pytest.mark.parametrize("found", ["ab", "dc"])
def test_one_of_the_states_is_fine(found):
    expect_one_of(kept(*found), written=["ab", "cd"], what="the playlist", where="session s")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (kept("a", "c"), "a mixture"),
        (kept("a", "b", "c", "d"), "a mixture"),
        (kept(), "a mixture"),
        (kept("a", "b", elsewhere="cd"), "not the same"),
    ],
)
def test_mixture_is_told(found, says):
    with pytest.raises(AssertionError, match=says):
        expect_one_of(found, written=["ab", "cd"], what="the playlist", where="session s")


def test_nothing_that_anybody_was_told_is_gone_shows_nothing():
    """Where every removal was refused, nobody saw whether one comes back."""
    with pytest.raises(Blind, match="nobody was told that anything left the playlist"):
        expect_all_gone(kept("a"), removed=[], what="the playlist", where="session s")
