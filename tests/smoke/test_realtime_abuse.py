"""Abuse: what is too large, malformed, binary or too much is refused, and harms nobody else."""

import asyncio
import json
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import pytest

from fixtures.rooms import Rooms
from golive.api.fixtures_accounts import SignedIn
from golive.net.deadline import Deadline
from golive.net.errors import ConnectionLost, DeadlineExceeded, HandshakeRefused
from golive.plugin.recorder import EvidenceRecorder
from golive.profile.profile import Profile
from golive.realtime.probe import RealtimeProbe
from golive.realtime.rules import expect_accepted
from golive.rules.failure import fail

pytestmark = [
    pytest.mark.harm("unusable"),
    pytest.mark.checklist("step.smoke.websocket", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
]

MALFORMED = ("", "x", "42", '42["', '42{"a":1}', '42[["not","a","name"],{}]', '49["x"]', "451-[", "4" * 3000)
NORMAL = {1000, 1001, 1005}
TOLD_WHY = {1009, 1000, 1002, 1003, 1007, 1008}
"""Close codes (RFC 6455, 7.4.1) that say what happened; 1006 and 1011 are accidents."""


@pytest.mark.write("account:newcomer")
@pytest.mark.serial  # how soon others are served is measured
async def test_abuse_is_refused_and_harms_nobody(abuse, wronged, realtime_replicas, newcomer):
    """What is too large, malformed, binary or too much is refused, and other members are served as before."""
    if abuse == "flood":
        await _flood(wronged)
    elif abuse == "connections":
        await _fill_up(wronged, realtime_replicas[0], newcomer)
    else:
        await _send_what_is_no_message(abuse, wronged)


@pytest.mark.usefixtures("handshake_let_in")
async def test_goodbye_is_clean(realtime, listener, evidence, profile):
    """A client that says goodbye gets one back, with the close code of a normal end."""
    limit = profile.network.request_deadline.total_seconds()
    async with await realtime.wire(listener.token, who="listener", deadline=limit) as wire:
        await wire.close()
        code = wire.close_code
    evidence.note("the connection was closed at our word", code=code)
    if code not in NORMAL:
        observed = code or "no close frame"
        fail("close code after a goodbye", expected="1000", observed=observed, where=wire.target)


@dataclass(frozen=True)
class Wronged:
    """Who and what the abuse is tried on."""

    realtime: RealtimeProbe
    rooms: Rooms
    listener: SignedIn
    friend: SignedIn
    evidence: EvidenceRecorder
    profile: Profile

    @property
    def limit(self):
        return self.profile.network.request_deadline.total_seconds()

    async def expect_served(self, bystander, room, *, after):
        answer = await self.rooms.join(bystander, room.session.id)
        expect_accepted(answer, within=self.profile.budgets.realtime_delivery)
        observation = self.evidence(bystander.observe())
        assert observation.connected, (
            f"another member after {after}: expected still connected, observed the connection lost"
            f" — {observation.target}"
        )


@pytest.fixture(scope="session")
def wronged(realtime, rooms, listener, friend, evidence, profile):
    """Who and what the abuse is tried on."""
    return Wronged(realtime, rooms, listener, friend, evidence, profile)


async def _send_what_is_no_message(kind, on):
    largest = on.profile.realtime.largest_message
    payloads = {
        "oversized": (f'420["join_session",{{"sessionId":"{"x" * largest}"}}]',),
        "malformed": MALFORMED,
        "binary": (b"\x00\xff" * 64,),
    }[kind]
    async with on.rooms.opened((on.listener, on.realtime)) as room:
        (bystander,) = room.members
        for payload in payloads:
            async with await on.realtime.wire(on.friend.token, who="abuser", deadline=on.limit) as wire:
                with suppress(ConnectionLost):
                    await wire.send(payload, deadline=on.limit)
                # Too large a message must end the connection; others may, or be ignored.
                ended = await wire.ended_within(on.rooms.patience if kind == "oversized" else 0.05)
                code = wire.close_code
            if kind == "oversized" and not ended:
                wanted = f"the connection ended (over {largest} bytes)"
                fail("oversized message", expected=wanted, observed="accepted", where=wire.target)
            if kind == "oversized" and code not in TOLD_WHY:
                fail("close code of an oversized message", expected="1009", observed=code, where=wire.target)
        on.evidence.note(f"{kind} messages", sent=len(payloads), ended=ended, code=code)
        await on.expect_served(bystander, room, after=f"{kind} messages of somebody else")


async def _flood(on):
    allowed = on.profile.realtime.messages_limit
    count = allowed + allowed // 10
    async with on.rooms.opened((on.listener, on.realtime)) as room:
        (bystander,) = room.members
        async with await on.realtime.wire(on.friend.token, who="flooder", deadline=on.limit) as wire:
            cut_off = False
            try:
                for number in range(count):
                    await wire.send(f'42{number}["golive_no_such_event",{{}}]', deadline=on.limit)
                await on.expect_served(bystander, room, after="somebody else's flood")
                answered, refused = await _answers(wire, count, on.limit)
            except ConnectionLost:
                cut_off, answered, refused = True, 0, 0
        on.evidence.note(
            "flood", sent=count, allowed=allowed, answered=answered, refused=refused, cut_off=cut_off
        )
        await on.expect_served(bystander, room, after="somebody else's flood")
    if not cut_off and not refused:
        served = "every one served" if answered == count else f"{answered} answered within {on.limit:g} s"
        wanted = f"refusals beyond {allowed}, or the end of the connection"
        fail(f"flood of {count} messages", expected=wanted, observed=served, where=wire.target)


async def _fill_up(on, replica, account):
    allowed = on.profile.realtime.connections_per_user

    async def connect(number):
        return await replica.connect(account.token, who=f"{account.role} {number}", transports=("websocket",))

    async with AsyncExitStack() as stack:
        standing = [
            await stack.enter_async_context(one)
            for one in await asyncio.gather(*(connect(number) for number in range(1, allowed + 1)))
        ]
        try:
            extra = await connect(allowed + 1)
        except HandshakeRefused as refusal:
            on.evidence.note("one more was refused", allowed=allowed, reason=str(refusal))
        else:
            async with extra:
                observation = on.evidence(extra.observe())
            wanted = f"{allowed} at most"
            fail(
                "connections of one user",
                expected=wanted,
                observed=f"{allowed + 1}",
                where=observation.target,
            )
        seen = [connection.observe() for connection in standing]
        on.evidence(seen[0])
        lost = [observation.target for observation in seen if not observation.connected]
        if lost:
            fail("standing connections", expected="unharmed", observed=f"{len(lost)} lost", where=lost[0])
        await standing[0].disconnect()
        async with await connect(0) as again:
            on.evidence(again.observe())


async def _answers(wire, count, limit):
    """How many messages were answered by the first refusal, and refused, within ``limit`` seconds in all."""
    answered = refused = 0
    # Pings come even from a service that answers nothing.
    with suppress(DeadlineExceeded, TimeoutError):
        async with Deadline(limit):
            while answered < count and not refused:
                text = await wire.receive(deadline=limit)
                if text == "2":
                    await wire.send("3", deadline=limit)
                elif text.startswith("43"):
                    answered += 1
                    body = json.loads(text[text.index("[") :])
                    error = body[0].get("error") if body and isinstance(body[0], dict) else None
                    refused += isinstance(error, dict) and error.get("statusCode") == 429
    return answered, refused
