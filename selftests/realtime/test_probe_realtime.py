"""Real-time probes against a real Socket.IO server and against raw ones."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import socketio
import socketio.exceptions
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve

from golive.core.outcome import Effect
from golive.net.access import Access
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HandshakeRefused,
    ProbeError,
    ProtocolError,
    Refused,
    TlsFailed,
)
from golive.net.guard import current_effect
from golive.profile.secrets import Secret
from golive.realtime.connection import RealtimeConnection
from golive.realtime.observation import event_named
from golive.realtime.probe import RealtimeProbe
from golive.realtime.profile import Realtime
from rehearsal.lab.authority import root
from rehearsal.lab.serving import Handler, serving, silent
from selftests.examples.probe_loopback import (
    CANARY,
    HOST,
    Pki,
    access_to,
    answering,
    garbage,
    hanging_up,
    server_context,
)

URL = f"https://{HOST}"
JOINED = event_named("session_event", type="user_joined")
pytestmark = pytest.mark.usefixtures("writing")


def reach(port: int, trust: Pki, deadline: float = 2.0, **options: object) -> Access:
    return access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots, deadline=deadline, **options)  # type: ignore[arg-type]


def probe(access: Access, protocol: str = "socket.io", path: str = "/socket.io/") -> RealtimeProbe:
    return RealtimeProbe(
        access,
        Realtime(
            url=URL,
            protocol=protocol,
            path=path,
            events={"SESSION_UPDATE": "session_updated", "USER_JOIN": "user_joined"},
            answers={"join_session": "session_updated"},
        ),
    )


@asynccontextmanager
async def audotics(trust: Pki) -> AsyncIterator[int]:
    """A Socket.IO server over TLS that wants a token and has rooms."""
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins=[URL], cookie="io")

    @server.event
    async def connect(sid: str, environ: object, auth: dict[str, str] | None) -> None:
        if (auth or {}).get("token") != CANARY:
            raise socketio.exceptions.ConnectionRefusedError("unauthorized")

    @server.event
    async def join_session(sid: str, data: dict[str, str]) -> dict[str, object]:
        await server.enter_room(sid, data["sessionId"])
        await server.emit("session_event", {"type": "user_joined", "token": CANARY}, room=data["sessionId"])
        return {"ok": True, "status": "ok", "secret": CANARY}

    @server.event
    async def ignore(sid: str, data: object) -> None:
        await asyncio.sleep(30)

    @server.event
    async def drop(sid: str, data: object) -> None:
        await server.disconnect(sid)

    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trust.context())
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
        await server.shutdown()


@pytest.mark.parametrize(
    ("transports", "carries", "upgraded"),
    [
        (("polling",), "polling", False),
        (("polling", "websocket"), "websocket", True),
        (("websocket",), "websocket", False),
    ],
)
def test_every_transport_connects_and_talks(
    trust: Pki, transports: tuple[str, ...], carries: str, upgraded: bool
) -> None:
    async def attempt() -> None:
        async with audotics(trust) as port:
            access = reach(port, trust)
            async with await probe(access).connect(
                Secret(CANARY), who="member", transports=transports
            ) as member:  # type: ignore[arg-type]
                since = time.monotonic()
                ack = await member.emit("join_session", {"sessionId": "s1"})
                event = await member.wait_for(JOINED, since=since, deadline=1.0)
                seen = member.observe()
                assert (seen.transport, seen.upgraded, seen.connected) == (carries, upgraded, True)
                assert ack.payload == {"ok": True, "status": "ok", "secret": CANARY}
                assert 0 <= event.at - since < 1
                assert seen.facts()["events"] == {"session_event": 1}
                assert "join_session" in seen.transcript
                assert "date" in {name.lower() for name in member.handshake}
                shown = repr((seen, seen.facts(), seen.title, seen.transcript, ack, ack.facts(), event))
                assert CANARY not in shown
            assert not member.observe().connected
            assert len(asyncio.all_tasks()) < 20

    asyncio.run(attempt())


def test_a_room_hears_once_and_an_outsider_does_not(trust: Pki) -> None:
    async def attempt() -> tuple[int, int]:
        async with audotics(trust) as port:
            client = probe(reach(port, trust))
            members = [await client.connect(CANARY, who=f"member {n}") for n in range(2)]
            outsider = await client.connect(CANARY, who="outsider")
            for member in members:
                await member.emit("join_session", {"sessionId": "s1"})
            await members[0].wait_for(JOINED)
            await asyncio.sleep(0.1)
            heard = len([event for event in members[0].events if JOINED(event)]), len(outsider.events)
            for connection in (*members, outsider):
                await connection.disconnect()
            return heard

    assert asyncio.run(attempt()) == (2, 0)


@pytest.mark.parametrize("transports", [("polling",), ("polling", "websocket"), ("websocket",)])
@pytest.mark.parametrize("token", [None, "wrong-token"])
def test_a_refusal_is_an_answer(trust: Pki, token: str | None, transports: tuple[str, ...]) -> None:
    async def attempt() -> None:
        async with audotics(trust) as port:
            await probe(reach(port, trust)).connect(token, transports=transports)  # type: ignore[arg-type]

    with pytest.raises(HandshakeRefused, match="unauthorized") as refusal:
        asyncio.run(attempt())
    assert refusal.value.status is None


@pytest.mark.parametrize("transports", [("polling",), ("websocket",)])
def test_a_foreign_origin_is_refused_by_status(trust: Pki, transports: tuple[str, ...]) -> None:
    async def attempt() -> None:
        async with audotics(trust) as port:
            await probe(reach(port, trust)).connect(CANARY, transports=transports, origin="https://evil.test")  # type: ignore[arg-type]

    with pytest.raises(HandshakeRefused, match="status 400") as refusal:
        asyncio.run(attempt())
    assert refusal.value.status == 400


def test_the_raw_handshake_is_seen(trust: Pki) -> None:
    async def attempt(token: str | None) -> tuple[bool, str, int]:
        async with audotics(trust) as port:
            seen = await probe(reach(port, trust)).engine_io(token)
            return seen.accepted, seen.reason, seen.ping_interval_ms

    assert asyncio.run(attempt(CANARY)) == (True, "", 25000)
    assert asyncio.run(attempt(None)) == (False, "unauthorized", 25000)


def test_what_everybody_is_told_before_one_is_let_in_is_no_refusal(trust: Pki) -> None:
    async def server(socket: ServerConnection) -> None:
        await socket.send('0{"sid":"x","upgrades":[],"pingInterval":100,"pingTimeout":100}')
        await socket.recv()
        await socket.send('42["session_created",{"id":"another"}]')
        await socket.send('40{"sid":"y"}')
        await socket.wait_closed()

    async def attempt() -> None:
        async with serve(server, "127.0.0.1", 0, ssl=trust.context()) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            wire = await probe(reach(port, trust)).wire(CANARY, deadline=2.0)
            await wire.close()

    asyncio.run(attempt())


@pytest.mark.parametrize("pings", [0, 1, 3])
def test_a_server_that_thinks_pings_before_it_answers(trust: Pki, pings: int) -> None:
    heard: list[str | bytes] = []

    async def server(socket: ServerConnection) -> None:
        await socket.send('0{"sid":"x","upgrades":[],"pingInterval":100,"pingTimeout":100}')
        heard.append(await socket.recv())
        for _ in range(pings):
            await socket.send("2")
            heard.append(await socket.recv())
        await socket.send('40{"sid":"y"}')
        await socket.wait_closed()

    async def attempt() -> None:
        async with serve(server, "127.0.0.1", 0, ssl=trust.context()) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            wire = await probe(reach(port, trust)).wire(CANARY, deadline=2.0)
            await wire.close()

    asyncio.run(attempt())
    assert heard == [f'40{{"token": "{CANARY}"}}', *["3"] * pings]


def test_an_unacknowledged_event_and_silence_meet_their_deadlines(trust: Pki) -> None:
    async def attempt() -> None:
        async with audotics(trust) as port, await probe(reach(port, trust)).connect(CANARY) as member:
            with pytest.raises(DeadlineExceeded, match=r"ignore was not acknowledged within 0\.2 s"):
                await member.emit("ignore", {}, deadline=0.2)
            with pytest.raises(DeadlineExceeded, match=r"no such event within 0\.1 s \(received: none\)"):
                await member.wait_for(JOINED, deadline=0.1)

    asyncio.run(attempt())


def test_a_dropped_connection_is_said_at_once(trust: Pki) -> None:
    async def attempt() -> None:
        async with audotics(trust) as port, await probe(reach(port, trust)).connect(CANARY) as member:
            with pytest.raises((ConnectionLost, DeadlineExceeded)):
                await member.emit("drop", {}, deadline=0.5)
            with pytest.raises(ConnectionLost, match="ended before the event"):
                await member.wait_for(JOINED, deadline=5)
            assert not member.observe().connected

    asyncio.run(attempt())


def test_sending_is_writing_and_needs_a_writing_check(trust: Pki) -> None:
    async def attempt() -> None:
        async with audotics(trust) as port:
            token = current_effect.set(Effect.READ)
            async with await probe(reach(port, trust)).connect(CANARY) as member:
                current_effect.reset(token)
                token = current_effect.set(Effect.READ)
                with pytest.raises(Refused, match="declares effect 'read'"):
                    await member.emit("join_session", {"sessionId": "s1"})

    asyncio.run(attempt())


SILENT_TARGETS = [
    (silent, DeadlineExceeded, "within"),
    (hanging_up, ConnectionLost, "the connection broke"),
    (garbage, ProbeError, None),
    (answering(b"not engine.io"), ProbeError, None),
    (answering(b"", status="302 Found", headers=("Location: https://evil.test/",)), ProbeError, None),
    (answering(b"{}", status="403 Forbidden"), HandshakeRefused, "403"),
]


@pytest.mark.parametrize("protocol", ["polling", "websocket", "json"])
@pytest.mark.parametrize(
    ("handler", "expected", "words"),
    SILENT_TARGETS,
    ids=["silent", "hangs up", "garbage", "not Engine.IO", "redirect", "forbidden"],
)
def test_bad_servers_end_in_typed_errors(
    trust: Pki, protocol: str, handler: Handler, expected: type[ProbeError], words: str | None
) -> None:
    async def attempt() -> None:
        async with serving(handler, trust.context()) as port:
            access = reach(port, trust, deadline=0.4)
            if protocol == "json":
                await probe(access, "websocket", "/socket").connect(CANARY)
            else:
                await probe(access).connect(CANARY, transports=(protocol,))  # type: ignore[arg-type]

    started = time.monotonic()
    with pytest.raises(expected, match=words) as failure:
        asyncio.run(attempt())
    assert time.monotonic() - started < 2
    assert CANARY not in str(failure.value)
    assert HOST in failure.value.target


@pytest.mark.parametrize("protocol", ["polling", "websocket", "json"])
def test_certificates_and_ports_are_said_in_words(trust: Pki, protocol: str) -> None:
    stranger = root("Stranger")
    wrong = [
        (server_context(trust.folder, stranger, sent=(stranger,)), "issuer unknown"),
        (trust.context("other.audotics.test"), "hostname does not match"),
    ]

    async def attempt(access: Access) -> RealtimeConnection:
        if protocol == "json":
            return await probe(access, "websocket", "/socket").connect(CANARY)
        return await probe(access).connect(CANARY, transports=(protocol,))  # type: ignore[arg-type]

    async def against(context: object) -> None:
        async with serving(answering(), context) as port:  # type: ignore[arg-type]
            await attempt(reach(port, trust))

    for context, words in wrong:
        with pytest.raises(TlsFailed, match=words):
            asyncio.run(against(context))
    with pytest.raises(ConnectFailed, match="connection refused"):
        asyncio.run(attempt(reach(1, trust)))
    with pytest.raises(Refused, match="not allowed"):
        asyncio.run(attempt(reach(1, trust, hosts=("audotics.test",))))


def test_the_json_protocol_has_the_same_face(trust: Pki) -> None:
    async def server(socket: ServerConnection) -> None:
        assert socket.request is not None
        assert f"token={CANARY}" in socket.request.path
        async for message in socket:
            asked = json.loads(message)
            assert asked["type"] == "JOIN_SESSION"
            await socket.send("garbage")
            await socket.send(
                json.dumps({"type": "USER_JOIN", "payload": {"sessionId": "s1", "name": CANARY}})
            )
            await socket.send(json.dumps({"type": "SESSION_UPDATE", "payload": {"sessionId": "s1"}}))

    async def attempt() -> None:
        async with serve(server, "127.0.0.1", 0, ssl=trust.context()) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            access = reach(port, trust)
            async with await probe(access, "websocket", "/socket").connect(
                Secret(CANARY), who="member"
            ) as member:
                accepted = await member.emit("join_session", {"sessionId": "s1"})
                assert accepted.payload == {"ok": True, "session": {"sessionId": "s1"}}
                event = await member.wait_for(JOINED, deadline=1)
                assert event.get("sessionId") == "s1"
                seen = member.observe()
                assert seen.connected
                assert "date" in {name.lower() for name in member.handshake}
                assert [entry.name for entry in seen.events] == [
                    "(not of this protocol)",
                    "session_event",
                    "session_event",
                ]
                assert CANARY not in repr((seen, seen.facts(), seen.title, seen.transcript))
            with pytest.raises(ProtocolError, match="cannot poll"):
                await probe(access, "websocket", "/socket").connect(CANARY, transports=("polling",))

    asyncio.run(attempt())
