"""What ends must end everywhere, in the second deployment: cookies, JSON rooms over a plain WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from selftests.rehearsal.guests import until

SIGNED_OUT = 1008


class Person:
    """A seeded account of the second deployment, signed in anew."""

    def __init__(self, running: Any, role: str) -> None:
        self.running = running
        account = {"email": f"golive-{role}@audotics.test", "password": running.password(role)}
        with running.client() as api:
            answer = api.post("/session", json=account)
            assert answer.status_code == 200, answer.text
            self.token = answer.cookies["audotics_token"]

    def do(self, method: str, path: str, replica: int = 0, **more: Any) -> Any:
        with self.running.client(replica) as api:
            return api.request(method, path, headers={"Cookie": f"audotics_token={self.token}"}, **more)


class Listening:
    """One connection that keeps what it is told; `code` once it was closed."""

    def __init__(self, person: Person, replica: int) -> None:
        url = person.running.replicas[replica].replace("http", "ws")
        self.opening = connect(f"{url}/socket?token={person.token}")
        self.told: list[dict[str, Any]] = []
        self.code: int | None = None

    async def __aenter__(self) -> Listening:
        self.socket = await self.opening.__aenter__()
        self.reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.opening.__aexit__(None, None, None)
        await self.reading

    async def _read(self) -> None:
        try:
            async for message in self.socket:
                self.told.append(json.loads(message))
        except ConnectionClosed:
            pass
        self.code = self.socket.close_code

    async def say(self, kind: str, session: str, **payload: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, "payload": {"sessionId": session, **payload}}))

    def kinds(self) -> list[str]:
        return [message["type"] for message in self.told]


@pytest.fixture
def both(running_v2):
    """Two people in a session of the first."""
    owner, other = Person(running_v2, "listener"), Person(running_v2, "friend")
    session = owner.do("POST", "/rooms", json={"name": "Endings"}).json()["data"]["id"]
    assert other.do("POST", f"/rooms/{session}/enter").status_code == 200
    yield owner, other, session
    Person(running_v2, "listener").do("DELETE", f"/rooms/{session}/exit")


async def both_inside(a: Listening, b: Listening, session: str) -> None:
    for member in (a, b):
        await member.say("JOIN_SESSION", session)
        await until(lambda member=member: "SESSION_UPDATE" in member.kinds(), "inside")
    await until(lambda: a.kinds().count("USER_JOIN") == 2, "both arrived")
    a.told.clear()
    b.told.clear()


@pytest.mark.parametrize("at", [0, 1])
def test_a_signed_out_persons_socket_is_closed_at_every_replica(both, at: int) -> None:
    owner, other, session = both
    track = owner.do("GET", "/tracks/for-me?count=1").json()["data"]["items"][0]

    async def scene() -> None:
        async with Listening(owner, 0) as a, Listening(other, 1) as b:
            await both_inside(a, b, session)
            assert other.do("POST", "/session/end", at).status_code == 204
            await until(lambda: b.code is not None, "told and closed")
            assert b.code == SIGNED_OUT
            await a.say("UPDATE_PLAYLIST", session, action="add", track={"id": track["id"]})
            await until(lambda: a.kinds() == ["USER_LEAVE", "PLAYLIST_UPDATE"], "the room goes on")
        with pytest.raises(InvalidStatus):
            async with Listening(other, 1):
                pass

    asyncio.run(scene())


def test_who_left_at_one_replica_hears_nothing_at_the_other(both) -> None:
    owner, other, session = both
    track = owner.do("GET", "/tracks/for-me?count=1").json()["data"]["items"][0]

    async def scene() -> None:
        async with Listening(owner, 0) as a, Listening(other, 1) as b:
            await both_inside(a, b, session)
            assert other.do("DELETE", f"/rooms/{session}/exit").status_code == 204
            await a.say("UPDATE_PLAYLIST", session, action="add", track={"id": track["id"]})
            await until(lambda: a.kinds() == ["USER_LEAVE", "PLAYLIST_UPDATE"], "the others hear it")
            assert b.kinds() == ["USER_LEAVE"]

    asyncio.run(scene())


def test_members_at_two_replicas_write_at_once_and_hear_one_order(both) -> None:
    owner, other, session = both
    tracks = owner.do("GET", "/tracks/for-me?count=30").json()["data"]["items"]

    async def scene() -> None:
        async with Listening(owner, 0) as a, Listening(other, 1) as b:
            await both_inside(a, b, session)
            for number, track in enumerate(tracks):
                await (a, b)[number % 2].say(
                    "UPDATE_PLAYLIST", session, action="add", track={"id": track["id"]}
                )
            await until(lambda: len(a.told) == len(b.told) == 30, "everything is told")
            for member in (a, b):
                assert [m["payload"]["version"] for m in member.told] == list(range(1, 31))

    asyncio.run(scene())
