"""Real time for longer than a moment: losses, returns, every kind of event, and silence, at every replica."""

import asyncio
import json
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import timedelta
from time import monotonic

import pytest

from fixtures.recommendations import at
from golive.api.rules_privacy import walk
from golive.api.wire.routes import AbsentRoute
from golive.api.wire.success import expect_success
from golive.isolation.rules_accounts import named_by
from golive.net.deadline import Attention
from golive.net.errors import ProbeError
from golive.realtime.rules import expect_accepted
from golive.realtime.rules_standing import (
    expect_each_once_in_order,
    expect_kept,
    expect_told_everywhere,
)
from golive.rules.failure import fail

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.write("account:listener", "account:friend"),
]

in_smoke = pytest.mark.checklist("step.smoke.websocket", "post.critical")
"""All but silence: nobody waits for that before people are let in."""

SECOND_COPY = 0.3
"""Seconds after an event in which another copy of it, or a late one, is waited for."""
CHANGES = 6
"""Changes that are made after each return."""


@in_smoke
@pytest.mark.serial  # how soon others are told is measured
async def test_everybody_is_told_of_an_abrupt_loss(
    realtime, realtime_everywhere, rooms, listener, friend, evidence, profile
):
    """A connection that is reset, without a goodbye, is soon reported at every replica, once."""
    within = profile.realtime.loss_noticed
    for place in dict.fromkeys((*realtime_everywhere, realtime)):
        async with rooms.opened((listener, realtime), (friend, place)) as room, AsyncExitStack() as stack:
            ears = [room.members[0], *await _ears(stack, rooms, realtime_everywhere, listener, room)]
            with _own_lateness_is_blind():
                since = monotonic()
                room.members[1].reset()
                await _all_hear(ears, room.told("user_left"), since, within.total_seconds())
                seen = [evidence(ear.observe()) for ear in ears]
                expect_told_everywhere(
                    seen, room.told("user_left"), what="who was lost (user_left)", since=since, within=within
                )


@in_smoke
@pytest.mark.serial
async def test_nothing_is_told_twice_after_returns(
    realtime_everywhere, rooms, listener, friend, a_track, evidence, profile
):
    """Whoever is lost and comes back, again and again, then hears each change once and in order.

    So does who stayed, and who joins a room once more over the same connection.
    """
    rules = profile.realtime
    for place in realtime_everywhere:
        async with rooms.opened((listener, realtime_everywhere[-1]), (friend, place)) as room:
            sender, back = room.members
            back.reset()
            for _ in range(rules.returns):
                async with await place.connect(friend.token, who="friend, back") as back:
                    expect_accepted(await rooms.join(back, room.session.id))
                    expect_accepted(await rooms.join(back, room.session.id))
                    since = monotonic()
                    for number in range(CHANGES):
                        action = "add" if number % 2 == 0 else "remove"
                        expect_accepted(await rooms.update(sender, room, action, a_track))
                    await _count(back, room.updates(), CHANGES, profile.budgets.realtime_delivery)
                    for ear, what in ((back, "who came back"), (sender, "who stayed")):
                        expect_each_once_in_order(
                            evidence(ear.observe()),
                            room.updates(),
                            what=f"a change is told to {what}",
                            since=since,
                            count=CHANGES,
                            version=rules.version,
                        )
                    back.reset()


@in_smoke
@pytest.mark.serial
@pytest.mark.needs("several_replicas")
async def test_changes_made_at_different_replicas_come_in_order(
    realtime_everywhere, rooms, listener, friend, a_track, evidence, profile
):
    """Of changes that follow each other at different replicas, everybody hears each once, in their order."""
    places = realtime_everywhere
    async with rooms.opened((listener, places[0]), (friend, places[-1])) as room, AsyncExitStack() as stack:
        ears = [*room.members, *await _ears(stack, rooms, places, listener, room)]
        since = monotonic()
        for number in range(CHANGES):
            action = "add" if number % 2 == 0 else "remove"
            expect_accepted(await rooms.update(room.members[(number + 1) % 2], room, action, a_track))
        for ear in ears:
            await _count(ear, room.updates(), CHANGES, profile.budgets.realtime_delivery)
        for ear in ears:
            expect_each_once_in_order(
                evidence(ear.observe()),
                room.updates(),
                what="a change at one of several replicas is told",
                since=since,
                count=CHANGES,
                version=profile.realtime.version,
            )


@in_smoke
@pytest.mark.serial
@pytest.mark.needs("presence")
async def test_who_is_present_is_known_everywhere(
    api, realtime_everywhere, rooms, listener, friend, evidence, profile
):
    """Whoever is in a room is present at every replica, and after an abrupt loss at none."""
    within = profile.realtime.loss_noticed.total_seconds()
    named = named_by(await api.get(api.routes.profile, token=friend.token))

    async def present(ears, room):
        """At how many ears the friend is said to be present."""
        answers = [evidence(await rooms.join(ear, room.session.id)) for ear in ears]
        for answer in answers:
            expect_accepted(answer)
        said = [at(answer.payload, profile.rooms.present) for answer in answers]
        return [any(str(value).casefold() in named for _, _, value in walk(one)) for one in said]

    for place in realtime_everywhere:
        async with rooms.opened((listener, place), (friend, place)) as room, AsyncExitStack() as stack:
            ears = await _ears(stack, rooms, realtime_everywhere, listener, room)
            if not all(await present(ears, room)):
                fail(
                    "who is in a room is not shown as present",
                    expected="present at every replica",
                    observed=f"somewhere not, in the room at {room.members[1].observe().target}",
                    where=ears[-1].observe().target,
                )
            lost = room.members[1].observe().target
            room.members[1].reset()
            until, pause = monotonic() + within, SECOND_COPY
            while any(still := await present(ears, room)) and monotonic() < until:
                await asyncio.sleep(pause)
                pause *= 2
            if any(still):
                fail(
                    "who lost the connection is still shown as present",
                    expected=f"gone within {within:g} s, at every replica",
                    observed=f"present at {sum(still)} of {len(still)} replicas, lost as {lost}",
                    where=ears[still.index(True)].observe().target,
                )


@in_smoke
@pytest.mark.serial
async def test_every_declared_event_is_told(
    api, realtime_everywhere, rooms, listener, friend, a_track, evidence, profile
):
    """Each kind of event that the profile names reaches people at every replica, once and in time."""
    told, within = profile.rooms.told, profile.budgets.realtime_delivery
    async with AsyncExitStack() as stack:
        ears = [
            await stack.enter_async_context(await place.connect(listener.token, who="listener"))
            for place in realtime_everywhere
        ]

        async def judge(kind, match, since):
            if kind not in told:
                return
            with _own_lateness_is_blind():
                await _all_hear(ears, match, since, within.total_seconds())
                seen = [evidence(ear.observe()) for ear in ears]
                expect_told_everywhere(seen, match, what=kind, since=since, within=within)

        since = monotonic()
        async with rooms.opened((listener, realtime_everywhere[0])) as room:
            await judge("session_created", _created(room.session.id), since)
            for ear in ears:
                expect_accepted(await rooms.join(ear, room.session.id))
            async with rooms.guest(room, friend, realtime_everywhere[-1]) as (joins, guest):
                await judge("user_joined", room.told("user_joined"), joins)
                since = monotonic()
                expect_accepted(await rooms.update(guest, room, "add", a_track))
                await judge("playlist_updated", room.updates(), since)
                if not isinstance(api.routes.playlist, AbsentRoute):
                    since = monotonic()
                    body = {"tracks": [profile.rooms.id_sent(a_track["id"])]}
                    put = await api.request(
                        "PUT", api.routes.playlist, id=room.session.id, token=listener.token, json=body
                    )
                    expect_success(evidence(put), api.routes.playlist)
                    await judge("playlist_updated", room.updates(), since)
                since = monotonic()
                await rooms.leave(guest, room)
                await judge("user_left", room.told("user_left"), since)
            since = monotonic()
            left = await api.request("DELETE", api.routes.leave, id=room.session.id, token=listener.token)
            expect_success(evidence(left), api.routes.leave)
            await judge("session_ended", room.told("session_ended"), since)
        for ear in ears:
            evidence.transcript("conversation", ear.transcript())


@pytest.mark.checklist("post.critical")
async def test_idle_connection_is_kept(
    realtime, realtime_everywhere, rooms, listener, friend, a_track, evidence, profile
):
    """A connection on which nobody says anything for a while stands, and then hears, at every replica."""
    idle_for = profile.realtime.idle_for
    async with rooms.opened((listener, realtime), (friend, realtime)) as room, AsyncExitStack() as stack:
        ears = [room.members[1], *await _ears(stack, rooms, realtime_everywhere, friend, room)]
        began = monotonic()
        await asyncio.sleep(idle_for.total_seconds())
        seen = [evidence(ear.observe()) for ear in ears]
        for one in seen:
            expect_kept(one, idle_for=idle_for)
        async with await realtime.connect(listener.token, who="listener, later") as sender:
            expect_accepted(await rooms.join(sender, room.session.id))
            since = monotonic()
            expect_accepted(await rooms.update(sender, room, "add", a_track))
            await _all_hear(ears, room.updates(), since, rooms.patience)
            seen = [evidence(ear.observe()) for ear in ears]
        evidence.note("idle", seconds=round(since - began, 1), connections=len(ears))
    # Not measured here: other checks run beside this one.
    expect_told_everywhere(
        seen,
        room.updates(),
        what="a change after silence",
        since=since,
        within=timedelta(seconds=rooms.patience),
    )


@contextmanager
def _own_lateness_is_blind():
    """What comes late while the suite itself is late is nobody's fault but its own."""
    with Attention() as looked:
        try:
            yield
        except AssertionError:
            looked.require_awake()
            raise


async def _ears(stack, rooms, places, account, room):
    """One more connection of an account at every replica, in the room."""
    ears = []
    for place in places:
        ear = await stack.enter_async_context(await place.connect(account.token, who=account.role))
        expect_accepted(await rooms.join(ear, room.session.id))
        ears.append(ear)
    return ears


async def _all_hear(ears, match, since, seconds):
    async def hears(ear):
        with suppress(ProbeError):
            await ear.wait_for(match, since=since, deadline=seconds)

    await asyncio.gather(*map(hears, ears))
    await asyncio.sleep(SECOND_COPY)


async def _count(connection, match, count, within):
    heard = 0

    def enough(event):
        nonlocal heard
        heard += match(event)
        return heard >= count

    with suppress(ProbeError):
        await connection.wait_for(enough, deadline=within.total_seconds())
    await asyncio.sleep(SECOND_COPY)


def _created(session_id):
    """Match the word that a session has begun, wherever it holds the id."""
    return lambda event: event.name == "session_created" and session_id in json.dumps(event.payload)
