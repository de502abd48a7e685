"""Open connections after an end: hearing and changing are told, silence counts beside somebody who hears."""

from datetime import timedelta

import pytest

from golive.core.outcome import Blind
from golive.isolation.rules_open_connections import (
    expect_deaf,
    expect_heard,
    expect_powerless,
    expect_told_everywhere,
    is_accepted,
)
from golive.realtime.observation import Ack, RealtimeEvent, event_named
from selftests.examples.rules_examples import connection as listened

UPDATE = event_named("session_event", type="playlist_updated")
WITHIN = timedelta(seconds=2)


def deaf(seen, since=10.0):
    expect_deaf(seen, UPDATE, since=since, who="who left", done_at="api-1", within=WITHIN)


def event(at, kind):
    return RealtimeEvent("session_event", {"type": kind}, at=at)


def update(at):
    return event(at, "playlist_updated")


def test_silence_and_what_came_before_are_fine():
    deaf(listened())
    deaf(listened(update(9.0)))
    deaf(listened(event(11.0, "session_ended")))


def test_hearing_is_told():
    with pytest.raises(AssertionError, match=r"goes on hearing.*2 s after the end, which was at api-1"):
        deaf(listened(update(11.0)))


def test_silence_where_nobody_hears_is_blind():
    expect_heard(listened(update(11.0)), UPDATE, since=10.0, what="a change")
    with pytest.raises(Blind, match="silence elsewhere shows nothing"):
        expect_heard(listened(update(9.0)), UPDATE, since=10.0, what="a change")


@pytest.mark.parametrize(
    ("payload", "accepted"),
    [({"ok": True}, True), ({"ok": False}, False), ({"error": "x"}, False), (None, False), ({}, False)],
)
def test_only_a_good_answer_accepts(payload, accepted):
    assert is_accepted(Ack("join_session", payload, 1.0, "api-1")) is accepted
    assert is_accepted(None) is False


def test_change_that_was_made_is_told():
    told = {"who": "who signed out", "done_at": "api-2", "within": WITHIN, "where": "friend at api-1"}
    expect_powerless(is_done=False, **told)
    with pytest.raises(AssertionError, match="who signed out goes on changing"):
        expect_powerless(is_done=True, **told)


def test_what_is_told_at_one_replica_is_told_at_each():
    """A connection that was closed was told; where nobody is told, another check says so."""
    ended = event_named("session_event", type="session_ended")
    told, silent = listened(event(11.0, "session_ended")), listened(update(11.0))
    words = {"since": 10.0, "what": "the end of a session", "done_at": "api-1"}
    expect_told_everywhere([told, told], ended, **words)
    expect_told_everywhere([silent, silent], ended, **words)
    expect_told_everywhere([told, listened(connected=False)], ended, **words)
    with pytest.raises(AssertionError, match="the end of a session is told to some members only"):
        expect_told_everywhere([told, silent], ended, **words)
