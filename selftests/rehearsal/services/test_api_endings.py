"""What ends must end everywhere: signing out, leaving, sessions, accounts; over HTTP and on open sockets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from selftests.rehearsal.guests import Guest, until
from selftests.rehearsal.services.test_api_realtime import Member, tokens


@pytest.fixture
def guests(running):
    """Two people who are nobody else's, with a session of the first that both are in."""
    owner, other = Guest(running), Guest(running)
    session = owner.do("POST", "/api/sessions", json={"name": "Endings"}).json()["id"]
    assert other.do("POST", f"/api/sessions/{session}/join").status_code == 200
    yield owner, other, session
    for guest in (owner, other):
        guest.do("DELETE", "/users/me")


async def both_inside(a: Member, b: Member, session: str) -> None:
    for member in (a, b):
        assert (await member.ask("join_session", {"sessionId": session}))["ok"]
    await until(lambda: len(a.kinds()) == 2, "both arrived")
    a.events.clear()
    b.events.clear()


def a_track(guest: Guest) -> dict[str, str]:
    return {"id": guest.do("GET", "/recommendations?limit=1").json()["recommendations"][0]["id"]}


@pytest.mark.parametrize("at", [0, 1])
def test_a_signed_out_persons_socket_is_ended_at_every_replica(running, guests, at: int) -> None:
    owner, other, session = guests
    change = {"sessionId": session, "action": "add", "track": a_track(owner)}

    async def scene() -> None:
        async with (
            Member(running.replicas[0], owner.token) as a,
            Member(running.replicas[1], other.token) as b,
        ):
            await both_inside(a, b, session)
            assert other.do("POST", "/auth/logout", at).status_code == 204
            await until(lambda: not b.client.connected, "told and closed")
            assert (await a.ask("update_playlist", change))["ok"]
            await until(lambda: a.kinds() == ["user_left", "playlist_updated"], "the room goes on")
            assert b.events == [] or [e["type"] for e in b.events] == ["user_left"]

    asyncio.run(scene())


def test_a_stolen_refresh_token_ends_the_sockets_of_its_family(running, guests) -> None:
    owner, other, session = guests

    async def scene() -> None:
        async with (
            Member(running.replicas[0], owner.token) as a,
            Member(running.replicas[1], other.token) as b,
        ):
            await both_inside(a, b, session)
            for expected in (200, 401):
                answer = other.do("POST", "/auth/refresh", json={"refreshToken": other.refresh})
                assert answer.status_code == expected
            await until(lambda: not b.client.connected, "the family's socket is closed")

    asyncio.run(scene())


@pytest.mark.parametrize("at", [0, 1])
def test_who_left_at_one_replica_hears_nothing_at_the_other(running, guests, at: int) -> None:
    owner, other, session = guests
    change = {"sessionId": session, "action": "add", "track": a_track(owner)}

    async def scene() -> None:
        async with (
            Member(running.replicas[0], owner.token) as a,
            Member(running.replicas[1], other.token) as b,
        ):
            await both_inside(a, b, session)
            assert other.do("DELETE", f"/api/sessions/{session}/leave", at).status_code == 204
            assert (await a.ask("update_playlist", change))["ok"]
            await until(lambda: a.kinds() == ["user_left", "playlist_updated"], "the others hear it")
            assert b.kinds() == ["user_left"]
            assert (await b.ask("update_playlist", change))["error"]["statusCode"] == 403

    asyncio.run(scene())


@pytest.mark.parametrize("at", [0, 1])
def test_an_account_that_is_removed_takes_its_sessions_and_sockets_with_it(running, guests, at: int) -> None:
    owner, other, session = guests

    async def scene() -> None:
        async with (
            Member(running.replicas[0], owner.token) as a,
            Member(running.replicas[1], other.token) as b,
        ):
            await both_inside(a, b, session)
            assert owner.do("DELETE", "/users/me", at).status_code == 204
            await until(lambda: not a.client.connected, "its own socket is closed")
            await until(lambda: b.kinds()[-1:] == ["session_ended"], "the room is told that it is over")
            for replica in (0, 1):
                assert owner.do("GET", "/users/me", replica).status_code == 401
                assert other.do("POST", f"/api/sessions/{session}/join", replica).status_code == 404
            gone = owner.do("POST", "/auth/refresh", json={"refreshToken": owner.refresh})
            assert gone.status_code == 401

    asyncio.run(scene())


def test_a_member_whose_account_is_removed_leaves_the_room(running, guests) -> None:
    owner, other, session = guests

    async def scene() -> None:
        async with (
            Member(running.replicas[0], owner.token) as a,
            Member(running.replicas[1], other.token) as b,
        ):
            await both_inside(a, b, session)
            assert other.do("DELETE", "/users/me").status_code == 204
            await until(lambda: "user_left" in a.kinds(), "the others are told")
            assert [e["data"]["member"] for e in a.events if e["type"] == "user_left"][-1] is False
            view = owner.do("GET", f"/api/sessions/{session}", 1).json()
            assert [member["id"] for member in view["members"]] == [owner.id]
            await until(lambda: not b.client.connected, "its socket is closed")

    asyncio.run(scene())


def test_members_at_two_replicas_write_at_once_and_everything_is_kept_in_order(running, guests) -> None:
    owner, other, session = guests
    tracks = owner.do("GET", "/recommendations?limit=40").json()["recommendations"]

    async def add(member: Member, track: dict[str, Any]) -> None:
        change = {"sessionId": session, "action": "add", "track": {"id": track["id"]}}
        assert (await member.ask("update_playlist", change))["ok"]

    async def scene() -> None:
        async with (
            Member(running.replicas[0], owner.token) as a,
            Member(running.replicas[1], other.token) as b,
        ):
            await both_inside(a, b, session)
            await asyncio.gather(*(add((a, b)[n % 2], track) for n, track in enumerate(tracks)))
            await until(lambda: len(a.events) == len(b.events) == 40, "everything is told")
            for member in (a, b):
                assert [event["data"]["version"] for event in member.events] == list(range(1, 41))
        view = other.do("GET", f"/api/sessions/{session}", 1).json()
        assert {track["id"] for track in view["playlist"]} == {track["id"] for track in tracks}

    asyncio.run(scene())


def test_two_windows_that_open_at_once_arrive_once(running, guests) -> None:
    owner, other, session = guests

    async def scene() -> None:
        async with Member(running.replicas[0], owner.token) as a:
            await a.ask("join_session", {"sessionId": session})
            async with (
                Member(running.replicas[0], other.token) as b,
                Member(running.replicas[1], other.token) as c,
            ):
                join = {"sessionId": session}
                await asyncio.gather(b.ask("join_session", join), c.ask("join_session", join))
                await asyncio.sleep(0.2)
                assert a.kinds() == ["user_joined", "user_joined"]
            await until(lambda: a.kinds()[2:] == ["user_left"], "and leaves once")

    asyncio.run(scene())


def test_the_listeners_own_tokens_are_not_ended_by_somebody_elses_sign_out(running, guests) -> None:
    _, other, _ = guests
    (listener,) = tokens(running, "listener")

    async def scene() -> None:
        async with Member(running.replicas[0], listener) as a:
            assert other.do("POST", "/auth/logout").status_code == 204
            await asyncio.sleep(0.3)
            assert a.client.connected

    asyncio.run(scene())
