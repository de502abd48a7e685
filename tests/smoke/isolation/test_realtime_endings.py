"""What ends must end everywhere, on connections that are open: who is out hears nothing, and changes nothing.

Before the end each connection was heard and let change something; the session's owner goes on hearing.
"""

from time import monotonic

import pytest

from golive.api.wire.success import expect_success
from golive.core.outcome import Blind
from golive.isolation.rules_open_connections import expect_told_everywhere
from golive.rules.http import REDIRECTS, expect_status

pytestmark = [
    pytest.mark.harm("people"),
    pytest.mark.checklist("step.smoke.websocket", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
]


_LEFT_OR_OVER = (200, 202, 204, 403, 404, 409, 410)
"""Answers to a member who leaves after the owner did: a session may end with its owner, or with the last."""


async def test_who_left_hears_and_changes_nothing(
    api, group_sessions, open_connections, listener, friend, doors, evidence
):
    """A member who leaves over HTTP at one replica is out of the room at every other one."""
    for place in doors.acting("DELETE"):
        async with (
            group_sessions.opened(listener, friend) as session,
            open_connections.standing(session, friend.token, who="friend, who leaves") as standing,
        ):
            left = await api.request(
                "DELETE", api.routes.leave, id=session.id, token=friend.token, base=place.base
            )
            expect_success(evidence(left), api.routes.leave)
            await open_connections.expect_over(standing, who="who left", done_at=place.name)
            accepted = await open_connections.let_in(standing.theirs, session.id)
            assert not accepted, (
                f"who left comes back into the room without joining the session: expected refused,"
                f" observed accepted at {len(accepted)} of {len(standing.theirs)} connections,"
                f" after leaving at {place.name} — {accepted[0].target}"
            )
            _keep(evidence, standing)


@pytest.mark.needs("token_answer", "password")
@pytest.mark.checklist("step.smoke.auth", "step.smoke.websocket", "post.critical")
async def test_who_signed_out_hears_and_changes_nothing(
    api, sign_in, group_sessions, open_connections, listener, friend, doors, evidence
):
    """Signing out at one replica ends the connections of that sign-in at every other one."""
    for place in doors.acting("POST"):
        leaving = sign_in.session_of("friend", await sign_in.with_password("friend"))
        async with (
            group_sessions.opened(listener, friend) as session,
            open_connections.standing(session, leaving.token, who="friend, who signs out") as standing,
        ):
            out = evidence(await sign_in.out(leaving, base=place.base))
            if out.status not in REDIRECTS:  # a page to go on from; what it was worth is seen next
                expect_success(out, api.routes.sign_out)
            await open_connections.expect_over(standing, who="who signed out", done_at=place.name)
            await open_connections.expect_unaware(
                standing, group_sessions, who="who signed out", done_at=place.name
            )
            inside = await open_connections.connects(leaving.token)
            assert not inside, (
                f"who signed out connects again with the old token: expected refused at every replica,"
                f" observed let in, after signing out at {place.name} — {inside[0]}"
            )
            _keep(evidence, standing)


@pytest.mark.needs("registration", "token_answer", "password")
@pytest.mark.checklist("step.smoke.auth", "step.smoke.websocket", "post.critical")
@pytest.mark.write("session:account deleted while it is connected")
async def test_who_was_deleted_hears_and_changes_nothing(
    api, registrations, group_sessions, open_connections, listener, doors, evidence
):
    """Deleting an account at one replica ends its connections at every other one."""
    for place in doors.acting("DELETE"):
        async with group_sessions.opened(listener) as session, registrations.removable() as account:
            token = account.signed_in.token
            expect_success(await api.post(api.routes.join, id=session.id, token=token), api.routes.join)
            async with open_connections.standing(session, token, who="a deleted account") as standing:
                await registrations.remove(account, base=place.base)
                await open_connections.expect_over(
                    standing, who="who deleted their account", done_at=place.name
                )
                await open_connections.expect_unaware(
                    standing, group_sessions, who="who deleted their account", done_at=place.name
                )
                inside = await open_connections.connects(token)
                assert not inside, (
                    f"a deleted account connects again: expected refused at every replica,"
                    f" observed let in, after its deletion at {place.name} — {inside[0]}"
                )
                _keep(evidence, standing)


async def test_ended_session_is_over_on_open_connections(
    api, group_sessions, open_connections, listener, friend, doors, evidence
):
    """The end of a session at one replica is told at every other one, and nobody joins it again."""
    for place in doors.acting("DELETE"):
        async with (
            group_sessions.opened(listener, friend) as session,
            open_connections.standing(session, friend.token, who="friend, at the end") as standing,
        ):
            since = monotonic()
            for token, statuses in ((listener.token, (200, 202, 204)), (friend.token, _LEFT_OR_OVER)):
                left = await api.request(
                    "DELETE", api.routes.leave, id=session.id, token=token, base=place.base
                )
                expect_status(evidence(left), *statuses)
                await open_connections.hear(standing, standing.room.told("session_ended"), since=since)
            expect_told_everywhere(
                [connection.observe() for connection in standing.theirs],
                standing.room.told("session_ended"),
                since=since,
                what="the end of a session",
                done_at=place.name,
            )
            connections = [*standing.owners, *standing.theirs]
            accepted = await open_connections.let_in(connections, session.id)
            assert not accepted, (
                f"a session that everybody has left lives on: expected no connection let in,"
                f" observed {len(accepted)} of {len(connections)}, after its end at {place.name}"
                f" — {accepted[0].target}"
            )
            _keep(evidence, standing)


def _keep(evidence, standing):
    for connection in standing.theirs:
        evidence(connection.observe())
        evidence.transcript("conversation", connection.transcript())
    if not standing.theirs:
        raise Blind("nobody was connected", remedy="name the replicas as targets.api.replicas")
