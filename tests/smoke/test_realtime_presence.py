"""Presence: the others are told who leaves, also by accident, and who comes back hears again, once."""

import asyncio
from contextlib import suppress
from time import monotonic

import pytest

from golive.net.errors import DeadlineExceeded
from golive.realtime.rules import expect_accepted, expect_received_once

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.websocket", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
    pytest.mark.serial,  # how soon others are told is measured
]

SECOND_COPY = 0.1
"""Seconds after the first copy in which another one, on the same connection, is waited for."""


@pytest.mark.parametrize("how", ["leaves", "disconnects", "loses-the-network"])
async def test_others_are_told_who_left(how, realtime_replicas, rooms, listener, friend, evidence, profile):
    """Whoever leaves, disconnects or loses the network is reported to the others, once and in time."""
    first, second = realtime_replicas[:2]
    async with rooms.opened((listener, first), (friend, second)) as room:
        stays, goes = room.members
        since = monotonic()
        if how == "leaves":
            await rooms.leave(goes, room)
        elif how == "disconnects":
            await goes.disconnect()
        else:
            goes.abort()
        rules = profile.realtime.loss_noticed, profile.budgets.realtime_delivery
        within = rules[0] if how == "loses-the-network" else rules[1]
        await _heard(stays, room.told("user_left"), since, within)
        observation = evidence(stays.observe())
        evidence.transcript("conversation", stays.transcript())
    event = expect_received_once(
        observation, room.told("user_left"), what="user_left", since=since, within=within
    )
    evidence.latency("notice of the departure", [(event.at - since) * 1000], budget=within)


async def test_arrival_is_told(realtime_replicas, rooms, listener, friend, evidence, profile):
    """Whoever joins is reported to those who are there, once and in time."""
    first, second = realtime_replicas[:2]
    async with rooms.opened((listener, first)) as room:
        (waiting,) = room.members
        async with rooms.guest(room, friend, second) as (since, _):
            within = profile.budgets.realtime_delivery
            await _heard(waiting, room.told("user_joined"), since, within)
            observation = evidence(waiting.observe())
    # The first is one's own arrival, or none: what counts is what came after the guest began to join.
    later = tuple(event for event in observation.events if event.at >= since)
    heard = [event for event in later if room.told("user_joined")(event)]
    assert len(heard) == 1, f"user_joined: expected once, observed {len(heard)} times — {observation.target}"


@pytest.mark.parametrize(
    "where",
    ["same-replica", pytest.param("other-replica", marks=pytest.mark.needs("several_replicas"))],
)
async def test_who_comes_back_hears_again(
    where, realtime_replicas, rooms, listener, friend, a_track, evidence, profile
):
    """After a loss a member reconnects, at the same replica or another, and hears updates, once."""
    first, second = realtime_replicas[:2]
    async with rooms.opened((listener, first), (friend, second)) as room:
        sender, lost = room.members
        lost.abort()
        back = await (second if where == "same-replica" else first).connect(friend.token, who="friend, back")
        async with back:
            expect_accepted(await rooms.join(back, room.session.id))
            since, within = monotonic(), profile.budgets.realtime_delivery
            expect_accepted(await rooms.update(sender, room, "add", a_track))
            await _heard(back, room.updates(), since, within)
            observation = evidence(back.observe())
            evidence.transcript("conversation", back.transcript())
    expect_received_once(observation, room.updates(), what="playlist_updated", since=since, within=within)


async def _heard(connection, match, since, within):
    with suppress(DeadlineExceeded):
        await connection.wait_for(match, since=since, deadline=within.total_seconds())
    await asyncio.sleep(SECOND_COPY)
