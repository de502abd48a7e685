"""Whose connection is it: people who connect at the same moment are each themselves."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from golive.isolation.fixtures import at_once
from golive.isolation.rules_open_connections import is_accepted
from golive.net.errors import HandshakeRefused
from golive.rules.failure import fail

pytestmark = [
    pytest.mark.harm("people"),
    pytest.mark.checklist("step.smoke.websocket", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
]


async def test_every_connection_is_its_owners(
    realtime_everywhere, rooms, group_sessions, listener, friend, evidence
):
    """Whoever connects beside others may join their own session over it, and not the others'."""
    people = (listener, friend)
    async with AsyncExitStack() as stack:
        own = [await stack.enter_async_context(group_sessions.opened(person)) for person in people]
        connecting = [
            (person, session, lambda person=person, probe=probe: _connected(probe, person))
            for probe in realtime_everywhere
            for _ in range(2)
            for person, session in zip(people, own, strict=True)
        ]
        connections = await at_once([connect for _, _, connect in connecting])
        for connection in connections:
            if connection is not None:
                await stack.enter_async_context(connection)
        refused = sum(connection is None for connection in connections)
        standing = [
            (person, session, connection)
            for (person, session, _), connection in zip(connecting, connections, strict=True)
            if connection is not None
        ]
        answers = await asyncio.gather(*(rooms.join(one, session.id) for _, session, one in standing))
        evidence.note("connections at the same time", opened=len(standing), refused=refused)
        if refused:
            fail(
                "people are turned away while others connect",
                expected="let in, as each of them is alone",
                observed=f"{refused} of {len(connections)} handshakes refused",
                where=f"{len(realtime_everywhere)} replicas",
            )
        strangers = [
            (person, answer)
            for (person, _, _), answer in zip(standing, answers, strict=True)
            if not is_accepted(answer)
        ]
        if strangers:
            person, answer = strangers[0]
            fail(
                "a connection is taken for somebody else's",
                expected=f"{person.role} let into {person.role}'s own session",
                observed=f"refused ({len(strangers)} of {len(standing)} connections)",
                where=answer.target,
            )


async def _connected(probe, person):
    try:
        return await probe.connect(person.token, who=person.role)
    except HandshakeRefused:
        return None
