"""Rooms: joining and mistakes are answered, and updates reach every member once and nobody else."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import monotonic

import pytest

from golive.net.errors import DeadlineExceeded
from golive.realtime.observation import Ack
from golive.realtime.rules import (
    expect_accepted,
    expect_in_order,
    expect_not_received,
    expect_received_once,
    expect_refused,
)
from golive.rules.controls import expect_answered

pytestmark = [
    pytest.mark.harm("unusable"),
    pytest.mark.checklist("step.smoke.websocket", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
]

SETTLING = timedelta(milliseconds=300)
"""How long after the last expected event a second copy, or one for an outsider, is waited for.

Whoever gets one gets it with the others: it is sent to all in one go, and outsiders are no farther away.
"""


async def test_session_opens_for_its_members(group_sessions, api, listener, friend, evidence):
    """A session can be opened, joined and read by those it is for: without that no refusal shows anything."""
    async with group_sessions.opened(listener, friend, is_judged=True) as session:
        for member in (listener, friend):
            answer = evidence(await api.get(api.routes.session, id=session.id, token=member.token))
            expect_answered(answer, route="routes.session", who=f"accounts.{member.role}, a member")


@pytest.mark.serial
async def test_join_is_acknowledged(realtime, rooms, group_sessions, listener, evidence, profile):
    """Joining a session is acknowledged within the budget."""
    async with (
        group_sessions.opened(listener) as session,
        await realtime.connect(listener.token, who="listener") as connection,
    ):
        answer = evidence(await rooms.join(connection, session.id))
    expect_accepted(answer, within=profile.budgets.realtime_delivery)


@pytest.mark.parametrize("mistake", ["unknown-session", "no-session", "unknown-event", "not-a-member"])
async def test_mistakes_are_answered_with_an_error(
    mistake, realtime, rooms, group_sessions, listener, outsider, evidence, profile
):
    """Whoever asks for what there is not, or is not theirs, is told so: no silence, and no success."""
    async with (
        group_sessions.opened(listener) as session,
        await realtime.connect(listener.token, who="listener") as member,
    ):
        await rooms.joined(member, session.id)
        asks = {
            "unknown-session": ("join_session", {"sessionId": "golive-no-such-session"}),
            "no-session": ("join_session", {}),
            "unknown-event": ("golive_no_such_event", {"sessionId": session.id}),
            "not-a-member": ("join_session", {"sessionId": session.id}),
        }
        account = outsider if mistake == "not-a-member" else listener
        async with await realtime.connect(account.token, who=account.role) as connection:
            if mistake == "unknown-event" and profile.realtime.unknown_events == "ignored":
                await rooms.is_ignored(connection, *asks[mistake])
                expect_accepted(evidence(await rooms.join(connection, session.id)))
                return
            answer = evidence(await rooms.ask(connection, *asks[mistake]))
    expect_refused(answer, what=f"answer to {mistake.replace('-', ' ')}")


@pytest.mark.serial
@pytest.mark.harm("people")
async def test_update_reaches_every_member_once_and_no_outsider(
    realtime, rooms, listener, friend, outsider, a_track, evidence, profile
):
    """A playlist change reaches each member exactly once, within the budget, and nobody else."""
    async with (
        rooms.opened((listener, realtime), (friend, realtime)) as room,
        await realtime.connect(outsider.token, who="outsider") as stranger,
    ):
        await _update_and_judge(rooms, room, room.members, (stranger,), a_track, evidence, profile)


@pytest.mark.serial
@pytest.mark.needs("several_replicas")
async def test_update_crosses_replicas(
    realtime_replicas, rooms, listener, friend, a_track, evidence, profile
):
    """A change that is made at one replica reaches a member who is connected to another."""
    first, second = realtime_replicas[:2]
    async with rooms.opened((listener, first), (friend, second)) as room:
        await _update_and_judge(rooms, room, room.members[1:], (), a_track, evidence, profile)


@pytest.mark.serial
async def test_burst_arrives_without_loss_and_in_order(
    realtime_replicas, rooms, listener, friend, a_track, evidence, profile
):
    """Many changes at once are all accepted, and reach members at every replica, in order, none lost."""
    first, second = realtime_replicas[:2]
    rules = profile.realtime
    async with rooms.opened((listener, first), (friend, second)) as room:
        sender, member = room.members
        started = monotonic()
        actions = ["add" if n % 2 == 0 else "remove" for n in range(rules.burst)]
        patience = rules.burst_within.total_seconds()
        sending = (rooms.update(sender, room, one, a_track, patience=patience) for one in actions)
        answers = await asyncio.gather(*sending)
        await _until(member, room.updates(), rules.burst, started + patience)
        took = monotonic() - started
        await asyncio.sleep(SETTLING.total_seconds())
        seen = [evidence(connection.observe()) for connection in (sender, member)]
    evidence.note("burst", messages=rules.burst, seconds=round(took, 2), within=str(rules.burst_within))
    for answer in answers:
        expect_accepted(answer)
    for observation in seen:
        expect_in_order(
            observation, room.updates(), what="playlist_updated", count=rules.burst, version=rules.version
        )
    assert took <= rules.burst_within.total_seconds(), (
        f"burst of {rules.burst}: expected delivered within {rules.burst_within.total_seconds():g} s,"
        f" observed {took:.1f} s — {seen[1].target}"
    )


async def _until(connection, match, count, deadline):
    heard = 0

    def enough(event):
        nonlocal heard
        heard += match(event)
        return heard >= count

    with suppress(DeadlineExceeded):
        await connection.wait_for(enough, deadline=max(0.0, deadline - monotonic()))


async def _update_and_judge(rooms, room, members, strangers, track, evidence, profile):
    budget, update = profile.budgets.realtime_delivery, room.updates()
    since = monotonic()
    answer: Ack = await rooms.update(room.members[0], room, "add", track)
    for member in members:
        with suppress(DeadlineExceeded):
            await member.wait_for(update, since=since, deadline=budget.total_seconds())
    await asyncio.sleep(SETTLING.total_seconds())
    seen = [evidence(member.observe()) for member in members]
    unseen = [evidence(stranger.observe()) for stranger in strangers]
    for connection in (*members, *strangers):
        evidence.transcript("conversation", connection.transcript())
    expect_accepted(answer)
    for observation in seen:
        event = expect_received_once(observation, update, what="playlist_updated", since=since, within=budget)
        evidence.latency(f"delivery to {observation.target}", [(event.at - since) * 1000], budget=budget)
    for observation in unseen:
        expect_not_received(observation, update, what="playlist_updated", since=since, for_at_least=SETTLING)
