"""Abuse: what is too large, malformed, binary or too much is refused, and harms nobody else."""

import asyncio
import json
from contextlib import AsyncExitStack, suppress

import pytest

from golive.expect.failure import unmet
from golive.expect.realtime import expect_accepted
from golive.probes.errors import ConnectionLost, HandshakeRefused

pytestmark = [pytest.mark.checklist("step.smoke.websocket", "post.critical"), pytest.mark.write]

MALFORMED = ("", "x", "42", '42["', '42{"a":1}', '42[["not","a","name"],{}]', '49["x"]', "451-[", "4" * 3000)
NORMAL = {1000, 1001, 1005}
TOO_BIG = {1009, 1000, 1002, 1003, 1007, 1008}
"""Close codes (RFC 6455, 7.4.1) that say what happened; 1006 and 1011 are accidents."""


@pytest.mark.parametrize("kind", ["oversized", "malformed", "binary"])
async def test_what_is_no_message_harms_nobody(kind, realtime, rooms, listener, friend, evidence, profile):
    """Oversized, malformed and binary messages are refused, and other members are served as before."""
    largest, limit = profile.realtime.largest_message, profile.network.request_deadline.total_seconds()
    payloads = {
        "oversized": (f'420["join_session",{{"sessionId":"{"x" * largest}"}}]',),
        "malformed": MALFORMED,
        "binary": (b"\x00\xff" * 64,),
    }[kind]
    async with rooms.opened((listener, realtime)) as room:
        (bystander,) = room.members
        for payload in payloads:
            async with await realtime.wire(friend.token, who="abuser", deadline=limit) as wire:
                with suppress(ConnectionLost):
                    await wire.send(payload, deadline=limit)
                # Too large a message must end the connection; others may, or be ignored.
                ended = await wire.ended_within(rooms.patience if kind == "oversized" else 0.05)
                code = wire.close_code
            if kind == "oversized" and not ended:
                wanted = f"the connection ended (over {largest} bytes)"
                unmet("oversized message", expected=wanted, observed="accepted", where=wire.target)
            if kind == "oversized" and code not in TOO_BIG:
                unmet("close code of an oversized message", expected="1009", observed=code, where=wire.target)
        evidence.note(f"{kind} messages", sent=len(payloads), ended=ended, code=code)
        await _expect_served(rooms, bystander, room, evidence, profile)


async def test_flood_is_refused(realtime, rooms, listener, friend, evidence, profile):
    """Who sends more than is allowed is told to stop or cut off, and other members are served meanwhile."""
    allowed = profile.realtime.messages_limit
    if allowed is None:
        evidence.note("floods are not tried here", declared="realtime.messages_limit is not named")
        return
    count, limit = allowed + allowed // 10, profile.network.request_deadline.total_seconds()
    async with rooms.opened((listener, realtime)) as room:
        (bystander,) = room.members
        async with await realtime.wire(friend.token, who="flooder", deadline=limit) as wire:
            message = '["golive_no_such_event",{}]'
            cut_off = False
            try:
                for number in range(count):
                    await wire.send(f"42{number}{message}", deadline=limit)
                await _expect_served(rooms, bystander, room, evidence, profile)
                refused = await _refusals(wire, count, limit)
            except ConnectionLost:
                cut_off, refused = True, 0
        evidence.note("flood", sent=count, allowed=allowed, refused=refused, cut_off=cut_off)
        await _expect_served(rooms, bystander, room, evidence, profile)
    if not cut_off and not refused:
        wanted = f"refusals beyond {allowed}, or the end of the connection"
        unmet(f"flood of {count} messages", expected=wanted, observed="every one served", where=wire.target)


async def test_connections_per_user_are_limited(realtime_replicas, newcomer, evidence, profile):
    """One user gets only so many connections at a replica; a place that is given back can be taken again."""
    allowed = profile.realtime.connections_per_user
    if allowed is None:
        evidence.note("the limit is not tried here", declared="realtime.connections_per_user is not named")
        return
    replica = realtime_replicas[0]

    async def connect(number):
        return await replica.connect(newcomer.token, who=f"newcomer {number}", transports=("websocket",))

    async with AsyncExitStack() as stack:
        standing = [
            await stack.enter_async_context(one)
            for one in await asyncio.gather(*(connect(number) for number in range(1, allowed + 1)))
        ]
        try:
            extra = await connect(allowed + 1)
        except HandshakeRefused as refusal:
            evidence.note("one more was refused", allowed=allowed, reason=str(refusal))
        else:
            async with extra:
                evidence(extra.observe())
            where = extra.observe().target
            wanted = f"{allowed} connections"
            unmet("connections of one user", expected=wanted, observed=f"{allowed + 1}", where=where)
        seen = [evidence(connection.observe()) for connection in standing[:1]]
        assert all(connection.observe().connected for connection in standing), (
            f"standing connections: expected unharmed by the refusal, observed some lost — {seen[0].target}"
        )
        await standing[0].disconnect()
        async with await connect(0) as again:
            evidence(again.observe())


async def test_goodbye_is_clean(realtime, listener, evidence, profile):
    """A client that says goodbye gets one back, with the close code of a normal end."""
    limit = profile.network.request_deadline.total_seconds()
    async with await realtime.wire(listener.token, who="listener", deadline=limit) as wire:
        await wire.close()
        code = wire.close_code
    evidence.note("the connection was closed at our word", code=code)
    if code not in NORMAL:
        unmet("close code", expected="1000", observed=code or "none", where=wire.target)


async def _refusals(wire, count, limit):
    refused = 0
    for _ in range(count):
        text = await wire.receive(deadline=limit)
        if text == "2":
            await wire.send("3", deadline=limit)
        elif text.startswith("43"):
            body = json.loads(text[text.index("[") :])
            error = body[0].get("error") if body and isinstance(body[0], dict) else None
            refused += isinstance(error, dict) and error.get("statusCode") == 429
            if refused:
                break
    return refused


async def _expect_served(rooms, bystander, room, evidence, profile):
    answer = await rooms.join(bystander, room.session.id)
    expect_accepted(answer, within=profile.budgets.realtime_delivery)
    observation = evidence(bystander.observe())
    assert observation.connected, (
        f"bystander: expected still connected, observed the connection lost — {observation.target}"
    )
