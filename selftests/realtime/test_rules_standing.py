"""Rules over what a room is told over time: right and wrong forms."""

from dataclasses import replace
from datetime import timedelta

import pytest

from golive.core.outcome import Blind
from golive.realtime.observation import RealtimeEvent, RealtimeObservation, event_named
from golive.realtime.rules_standing import (
    expect_each_once_in_order,
    expect_kept,
    expect_told_everywhere,
)
from selftests.examples.rules_examples import connection

LEFT = event_named("session_event", type="user_left")
SECOND = timedelta(seconds=1)


def heard(*at: float, **state: bool) -> RealtimeObservation:
    return connection(*(RealtimeEvent("session_event", {"type": "user_left"}, one) for one in at), **state)


def test_once_and_in_time_at_every_place_is_fine() -> None:
    other = RealtimeEvent("session_event", {"type": "user_joined"}, 5.1)
    expect_told_everywhere([heard(5.1), heard(5.9)], LEFT, what="user_left", since=5.0, within=SECOND)
    both = replace(heard(4.0, 5.2), events=(*heard(4.0, 5.2).events, other))
    expect_told_everywhere([both], LEFT, what="user_left", since=5.0, within=SECOND)


@pytest.mark.parametrize(
    "seen",
    [
        [],
        [heard()],
        [heard(5.1), heard()],
        [heard(5.1, 5.2)],
        [heard(5.1), heard(5.2, 5.3)],
        [heard(6.5)],
        [heard(4.9)],
        [heard(connected=False)],
    ],
    ids=["nobody", "never", "not elsewhere", "twice", "twice elsewhere", "late", "before", "lost"],
)
def test_anything_else_is_not(seen: list[RealtimeObservation]) -> None:
    with pytest.raises(AssertionError):
        expect_told_everywhere(seen, LEFT, what="user_left", since=5.0, within=SECOND)


def test_idle_connection_is_kept() -> None:
    expect_kept(connection(opened_at=1.0, observed_at=12.0), idle_for=timedelta(seconds=10))
    with pytest.raises(AssertionError, match="ended"):
        expect_kept(connection(connected=False), idle_for=timedelta(seconds=10))


def test_own_shortness_accuses_nobody() -> None:
    with pytest.raises(Blind):
        expect_kept(connection(opened_at=9.0, observed_at=12.0), idle_for=timedelta(seconds=10))
    with pytest.raises(Blind):
        expect_told_everywhere([connection(dropped=3)], LEFT, what="x", since=0.0, within=SECOND)


def numbered(*versions: object) -> RealtimeObservation:
    return connection(
        *(
            RealtimeEvent("session_event", {"type": "user_left", "data": {"version": one}}, 5.0 + place)
            for place, one in enumerate(versions)
        )
    )


@pytest.mark.parametrize("versions", [(1, 2, 3), (10, 20, 35)], ids=["by one", "with gaps"])
def test_each_once_in_order_is_fine(versions: tuple[int, ...]) -> None:
    expect_each_once_in_order(numbered(*versions), LEFT, what="x", since=5.0, count=3, version="data.version")


@pytest.mark.parametrize("versions", [(1, 2), (1, 2, 3, 3), (1, 3, 2), (2, 2, 3), (1, 2, None), (1, True, 3)])
def test_lost_repeated_or_out_of_order_is_not(versions: tuple[object, ...]) -> None:
    with pytest.raises(AssertionError):
        expect_each_once_in_order(
            numbered(*versions), LEFT, what="x", since=5.0, count=3, version="data.version"
        )
