"""Real time: every way in, nobody uninvited, and a connection that stays."""

import asyncio
from time import monotonic

import pytest

from golive.api.rules_tokens import expect_refusable
from golive.net.errors import DeadlineExceeded, HandshakeRefused
from golive.realtime.connection import RealtimeConnection
from golive.realtime.rules import expect_client_refused
from golive.rules.failure import fail
from golive.rules.http import let_in

pytestmark = [pytest.mark.checklist("step.smoke.websocket", "post.critical"), pytest.mark.harm("unusable")]

beside_a_right_one = pytest.mark.usefixtures("handshake_let_in")
"""What becomes of a connection shows something only where a right token gets one."""

HANDSHAKES = {
    "no-token": "no token",
    "garbage": "garbage for a token",
    "expired": "an expired token",
    "of-another-environment": "a token of another environment",
}
"""Tokens that open nothing, in words."""

KEPT_FOR = 1.5
"""How many ping intervals a connection is held."""


async def test_right_handshake_is_let_in(right_handshake, evidence):
    """A signed-in client gets a connection: without that no refusal shows anything."""
    right_handshake.judge(evidence)


async def test_own_page_may_connect(own_page_handshake, evidence):
    """A page of the app gets a connection."""
    own_page_handshake.judge(evidence)


@beside_a_right_one
async def test_every_way_in_connects(way_in, realtime, listener, evidence):
    """By polling alone, by upgrade and by WebSocket alone a signed-in client gets a connection."""
    transports, carried_by = way_in
    async with await realtime.connect(listener.token, who="listener", transports=transports) as connection:
        observation = evidence(connection.observe())
        assert observation.transport == carried_by, (
            f"transport: expected {carried_by}, observed {observation.transport} — {observation.target}"
        )


@beside_a_right_one
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.needs("expired_token")) if kind == "expired" else kind
        for kind in HANDSHAKES
    ],
)
@pytest.mark.harm("people")
async def test_handshake_needs_a_valid_token(kind, realtime, sign_in, listener, foreign_token, now, evidence):
    """A handshake without a token, or with one that is not valid here and now, is refused."""
    token = {"no-token": None, "garbage": "garbage", "of-another-environment": foreign_token}.get(kind)
    if kind == "expired":
        token, name = sign_in.expired_token(), "authentication.expired_token"
        expect_refusable(token, listener.token, name=name, has_ended=True, now=now())
    await _expect_handshake_refused(realtime, token, evidence, what=f"with {HANDSHAKES[kind]}")


@pytest.mark.usefixtures("own_page_let_in")
@pytest.mark.parametrize("way_of_foreigners", ["foreign", "null", "with-our-name-in-it"])
@pytest.mark.harm("people")
async def test_handshake_needs_the_own_origin(way_of_foreigners, realtime, app, listener, evidence):
    """A page of another site cannot connect, not even with a valid token."""
    origin = {
        "foreign": "https://golive.example",
        "null": "null",
        "with-our-name-in-it": f"{app.url}.golive.example",
    }[way_of_foreigners]
    await _expect_handshake_refused(
        realtime, listener.token, evidence, what=f"from a page of {origin}", origin=origin
    )


@beside_a_right_one
async def test_connection_is_kept_alive(realtime, listener, evidence, profile):
    """Nothing is said for longer than a ping interval: the server pings in time, and the connection stays."""
    interval = profile.realtime.ping_interval.total_seconds()
    limit = profile.network.request_deadline.total_seconds()
    if not await _speaks_engine_io(realtime, listener):
        async with await realtime.connect(listener.token, who="listener") as quiet:
            await asyncio.sleep(KEPT_FOR * interval)
            _expect_standing(quiet, evidence)
        return
    async with (
        await realtime.connect(listener.token, who="listener", transports=("websocket",)) as quiet,
        await realtime.wire(listener.token, who="listener", deadline=limit) as wire,
    ):
        # As late as any answer may be: a busy network is no dead keep-alive.
        latest = interval + limit
        pinged, others = await _pinged_within(latest, wire)
        evidence.note("words after the handshake", ping=pinged, others=others, interval=f"{interval:g} s")
        if not pinged:
            observed = f"none, beside {others} other words" if others else "none"
            fail("ping", expected=f"within {latest:g} s", observed=observed, where=wire.target)
        await asyncio.sleep((KEPT_FOR - 1) * interval)
        _expect_standing(quiet, evidence)


async def _pinged_within(seconds, wire):
    """Whether a ping came, and how much else before it: what other users do may be told to everybody."""
    until, others = monotonic() + seconds, 0
    while True:
        try:
            if await wire.receive(deadline=max(0.01, until - monotonic())) == "2":
                return True, others
        except DeadlineExceeded:
            return False, others
        others += 1


async def _speaks_engine_io(realtime, listener):
    async with await realtime.connect(listener.token, who="listener", transports=("websocket",)) as seen:
        return seen.observe().protocol == "socket.io"


def _expect_standing(connection: RealtimeConnection, evidence):
    observation = evidence(connection.observe())
    if not observation.connected:
        kept = f"{observation.observed_at - observation.opened_at:.1f} s"
        fail("idle connection", expected="still connected", observed=f"lost within {kept}",
              where=observation.target)  # fmt: skip


async def _expect_handshake_refused(realtime, token, evidence, *, what, origin=None):
    transports = ("websocket",) if origin else ("polling", "websocket")
    try:
        connection = await realtime.connect(token, who="nobody", transports=transports, origin=origin)
    except HandshakeRefused as refusal:
        evidence.note("the handshake was refused", status=refusal.status, reason=str(refusal))
        expect_client_refused(refusal, what=what)
        return
    async with connection:
        observation = evidence(connection.observe())
    fail(
        f"handshake {what}",
        expected="a refusal",
        observed="a connection",
        where=observation.target,
        cause=let_in(what.removeprefix("with ")),
    )
