"""Real time: every way in, nobody uninvited, and each update to every member once and to no outsider."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from time import monotonic

import pytest

from golive.expect.realtime import expect_not_received, expect_received_once
from golive.probes.errors import HandshakeRefused
from golive.probes.realtime import event_named

pytestmark = pytest.mark.checklist("step.smoke.websocket", "post.critical")

SETTLING = timedelta(milliseconds=300)
"""How long after the last expected event a second copy, or one for an outsider, is waited for."""


@pytest.mark.parametrize(
    ("transports", "carried_by"),
    [
        pytest.param(("polling",), "polling", marks=pytest.mark.needs("polling")),
        pytest.param(("polling", "websocket"), "websocket", marks=pytest.mark.needs("polling")),
        (("websocket",), "websocket"),
    ],
    ids=["polling-alone", "polling-then-upgrade", "websocket-alone"],
)
async def test_every_way_in_connects(transports, carried_by, realtime, listener, evidence):
    """By polling alone, by upgrade and by WebSocket alone a signed-in client gets a connection."""
    async with await realtime.connect(listener.token, who="listener", transports=transports) as connection:
        observation = evidence(connection.observe())
        assert observation.transport == carried_by, (
            f"transport: expected {carried_by}, observed {observation.transport} — {observation.target}"
        )


@pytest.mark.parametrize("token", [None, "garbage"], ids=["no-token", "garbage-token"])
async def test_handshake_needs_a_valid_token(token, realtime, evidence):
    """Without a valid token the handshake is refused."""
    refusal = await _refusal_of(token, realtime, evidence)
    # A gateway's error refuses everybody: only a refusal of the token itself counts.
    assert refusal.status in (None, 400, 401, 403), (
        f"handshake: expected the token refused, observed {refusal}"
    )


@pytest.mark.write
async def test_join_is_acknowledged(realtime, group_sessions, listener, evidence, profile):
    """Joining a session is acknowledged within the budget."""
    async with (
        group_sessions.opened(listener) as session,
        await realtime.connect(listener.token, who="listener") as connection,
    ):
        answer = evidence(await connection.emit("join_session", {"sessionId": session.id}))
    budget_ms = profile.budgets.realtime_delivery.total_seconds() * 1000
    accepted = isinstance(answer.payload, dict) and answer.payload and "error" not in answer.payload
    assert accepted, f"join_session: expected the session, observed a refusal or nothing — {answer.target}"
    assert answer.elapsed_ms <= budget_ms, (
        f"acknowledgement of join_session: expected ≤ {budget_ms:.0f} ms, observed {answer.elapsed_ms:.0f} ms"
        f" — {answer.target}"
    )


@pytest.mark.write
async def test_update_reaches_every_member_once_and_no_outsider(
    realtime, group_sessions, listener, friend, outsider, a_track, evidence, profile
):
    """A playlist change reaches each member exactly once, within the budget, and nobody else."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(group_sessions.opened(listener, friend))
        connect = (
            realtime.connect(account.token, who=account.role) for account in (listener, friend, outsider)
        )
        sender, member, stranger = [
            await stack.enter_async_context(connection) for connection in await asyncio.gather(*connect)
        ]
        for connection in (sender, member):
            await connection.emit("join_session", {"sessionId": session.id})
        await _update_and_judge(session, sender, (sender, member), (stranger,), a_track, evidence, profile)


@pytest.mark.write
async def test_update_crosses_replicas(
    realtime_replicas, group_sessions, listener, friend, a_track, evidence, profile
):
    """A change that is made at one replica reaches a member who is connected to another."""
    first, second = realtime_replicas[:2]
    async with (
        group_sessions.opened(listener, friend) as session,
        await first.connect(listener.token, who="listener at the first replica") as sender,
        await second.connect(friend.token, who="friend at the second replica") as member,
    ):
        for connection in (sender, member):
            await connection.emit("join_session", {"sessionId": session.id})
        await _update_and_judge(session, sender, (member,), (), a_track, evidence, profile)


async def _refusal_of(token, realtime, evidence):
    try:
        connection = await realtime.connect(token, who="nobody")
    except HandshakeRefused as refusal:
        evidence.note("the handshake was refused", status=refusal.status, reason=str(refusal))
        return refusal
    async with connection:
        observation = evidence(connection.observe())
    raise AssertionError(f"handshake: expected a refusal, observed a connection — {observation.target}")


async def _update_and_judge(session, sender, members, strangers, track, evidence, profile):
    budget = profile.budgets.realtime_delivery
    update = event_named("session_event", type="playlist_updated", sessionId=session.id)
    since = monotonic()
    await sender.emit("update_playlist", {"sessionId": session.id, "action": "add", "track": track})
    await asyncio.sleep((budget + SETTLING).total_seconds())
    seen = [evidence(member.observe()) for member in members]
    unseen = [evidence(stranger.observe()) for stranger in strangers]
    for connection in (*members, *strangers):
        evidence.transcript("conversation", connection.transcript())
    for observation in seen:
        event = expect_received_once(observation, update, what="playlist_updated", since=since, within=budget)
        evidence.latency(f"delivery to {observation.target}", [(event.at - since) * 1000], budget=budget)
    for observation in unseen:
        expect_not_received(observation, update, what="playlist_updated", since=since, for_at_least=budget)
