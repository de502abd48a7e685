"""Socket.IO: rooms over both replicas, membership, presence, acknowledgements."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
import socketio


class Member:
    """One connected client that keeps the session events it gets."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url, self.token = url, token
        self.events: list[dict[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False)
        self.client.on("session_event", self.events.append)

    async def __aenter__(self) -> Member:
        auth = {"token": self.token} if self.token else None
        await self.client.connect(self.url, auth=auth, transports=["websocket"], wait_timeout=5)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.disconnect()

    async def ask(self, event: str, *payload: Any) -> dict[str, Any]:
        return dict(await self.client.call(event, *payload, timeout=5))

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]


@pytest.fixture
def session(running):
    """A session of listener with friend as a member."""
    listener, friend = running.headers("listener"), running.headers("friend")
    with running.client() as api:
        created = api.post("/api/sessions", json={"name": "Test"}, headers=listener).json()
        assert api.post(f"/api/sessions/{created['id']}/join", headers=friend).status_code == 200
        yield created["id"]
        api.delete(f"/api/sessions/{created['id']}/leave", headers=listener)


def tokens(running, *roles: str) -> list[str]:
    return [running.sign_in(role)["accessToken"] for role in roles]


def test_changes_reach_every_member_once_and_nobody_else(running, session: str) -> None:
    listener, friend, outsider = tokens(running, "listener", "friend", "outsider")
    first, second = running.replicas

    async def scene() -> None:
        async with Member(first, listener) as a, Member(second, friend) as b, Member(second, outsider) as c:
            assert (await a.ask("join_session", {"sessionId": session}))["ok"]
            assert (await b.ask("join_session", {"sessionId": session}))["ok"]
            refused = await c.ask("join_session", {"sessionId": session})
            assert refused["error"]["statusCode"] == 403
            with running.client() as api:
                bearer = {"Authorization": f"Bearer {listener}"}
                tracks = api.get("/recommendations", headers=bearer).json()["recommendations"]
                for number, track in enumerate(tracks, start=1):
                    change = {"sessionId": session, "action": "add", "track": {"id": track["id"]}}
                    assert (await a.ask("update_playlist", change))["version"] == number
                await asyncio.sleep(0.1)
                ids = [track["id"] for track in tracks[:3]]
                path = f"/api/sessions/{session}/playlist"
                assert api.put(path, json={"tracks": ids}, headers=bearer).status_code == 200
            await asyncio.sleep(0.3)
            for member in (a, b):
                changes = [e["data"] for e in member.events if e["type"] == "playlist_updated"]
                assert [change["version"] for change in changes] == list(range(1, 22))
                assert changes[-1]["trackIds"] == ids
            assert c.events == []

    asyncio.run(scene())


def test_presence_follows_arrival_and_abrupt_loss(running, session: str) -> None:
    listener, friend = tokens(running, "listener", "friend")
    first, second = running.replicas

    async def scene() -> None:
        async with Member(first, listener) as a, Member(second, friend) as b:
            await a.ask("join_session", {"sessionId": session})
            answer = await b.ask("join_session", {"sessionId": session})
            assert len(answer["present"]) == 2
            await asyncio.sleep(0.1)
            assert a.kinds() == ["user_joined", "user_joined"]
            await b.client.eio.ws.close()
            await asyncio.sleep(0.3)
            assert a.kinds()[-1] == "user_left"

    asyncio.run(scene())


def test_who_left_by_http_hears_nothing_more(running, session: str) -> None:
    listener, friend = tokens(running, "listener", "friend")
    first, second = running.replicas

    async def scene() -> None:
        async with Member(first, listener) as a, Member(second, friend) as b:
            await a.ask("join_session", {"sessionId": session})
            await b.ask("join_session", {"sessionId": session})
            with running.client() as api:
                path = f"/api/sessions/{session}"
                api.delete(f"{path}/leave", headers={"Authorization": f"Bearer {friend}"})
                await asyncio.sleep(0.2)
                b.events.clear()
                empty = {"tracks": []}
                api.put(f"{path}/playlist", json=empty, headers={"Authorization": f"Bearer {listener}"})
            await asyncio.sleep(0.2)
            assert a.kinds()[-2:] == ["user_left", "playlist_updated"]
            assert b.events == []

    asyncio.run(scene())


def test_every_message_is_answered(running, session: str) -> None:
    (listener,) = tokens(running, "listener")

    async def scene() -> None:
        async with Member(running.replicas[0], listener) as a:
            for event, payload, status in (
                ("nonsense", ({},), 404),
                ("join_session", ({"sessionId": "unknown"},), 404),
                ("join_session", ("text",), 400),
                ("join_session", ({"sessionId": 7},), 400),
                ("update_playlist", ({"sessionId": session, "action": "burn", "track": "x"},), 400),
                ("update_playlist", ({"sessionId": session, "action": "add", "track": "x"},), 400),
                ("update_playlist", ({"sessionId": session, "action": "add", "track": b"x"},), 400),
                ("leave_session", ({"sessionId": session},), 404),
            ):
                answer = await a.ask(event, *payload)
                assert answer["ok"] is False
                assert answer["error"]["statusCode"] == status, (event, payload)

    asyncio.run(scene())


def test_handshakes_without_a_valid_token_are_refused(running) -> None:
    async def refused(token: str | None) -> bool:
        try:
            async with Member(running.replicas[0], token):
                return False
        except socketio.exceptions.ConnectionError:
            return True

    for token in (None, "garbage", running.secrets["GOLIVE_EXPIRED_TOKEN"]):
        assert asyncio.run(refused(token))


def test_group_recommendations_are_for_members(running, session: str) -> None:
    with running.client(1) as api:
        path = f"/api/sessions/{session}/recommendations"
        answer = api.get(path, headers=running.headers("friend"))
        assert len(answer.json()["recommendations"]) == 20
        assert api.get(path, headers=running.headers("outsider")).status_code == 403


def test_a_polling_client_gets_away_at_once(running) -> None:
    (listener,) = tokens(running, "listener")

    async def scene() -> float:
        client = socketio.AsyncClient(reconnection=False)
        await client.connect(running.replicas[0], auth={"token": listener}, transports=["polling"])
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await client.disconnect()
        return time.monotonic() - started

    assert asyncio.run(scene()) < 2.0
