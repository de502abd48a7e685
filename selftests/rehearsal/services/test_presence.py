"""Presence over several replicas, on the memory that stands in for a lost cache."""

from __future__ import annotations

import asyncio

import pytest

from rehearsal.services.api.cache import Cache
from rehearsal.services.api.live.presence import Presence

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def replicas() -> tuple[Cache, Presence, Presence]:
    """Two replicas over one cache."""
    cache = Cache(NOWHERE)
    return cache, Presence(cache), Presence(cache)


def test_a_person_with_two_windows_arrives_once_and_leaves_once(replicas) -> None:
    _, here, there = replicas

    async def scene() -> None:
        assert await here.add("room", "lena", "one")
        assert not await there.add("room", "lena", "two")
        assert await there.users("room") == ["lena"]
        assert not await here.remove("room", "lena", "one")
        assert await there.remove("room", "lena", "two")
        assert not await there.remove("room", "lena", "two")
        assert await here.users("room") == []

    asyncio.run(scene())


def test_who_was_at_a_replica_that_ended_is_not_counted_and_told_once(replicas) -> None:
    cache, here, there = replicas

    async def scene() -> None:
        await here.add("room", "lena", "one")
        await there.add("room", "finn", "two")
        assert await here.users("room") == ["finn", "lena"]
        await cache.delete(f"presence-of:{there._life}")
        assert await here.users("room") == ["lena"]
        assert await here.sweep("room") == ["finn"]
        assert await here.sweep("room") == []
        assert await here.add("room", "finn", "three"), "coming back is an arrival"

    asyncio.run(scene())


def test_what_a_cache_forgot_comes_back_with_the_next_beat(replicas) -> None:
    cache, here, there = replicas

    async def scene() -> None:
        await here.add("room", "lena", "one")
        await here.add("other", "lena", "one")
        await here.remove("other", "lena", "one")
        cache._memory._sets.clear()
        assert await there.users("room") == []
        await here.beat()
        assert await there.users("room") == ["lena"]
        assert await there.users("other") == []

    asyncio.run(scene())


def test_who_was_taken_out_does_not_come_back(replicas) -> None:
    _, here, there = replicas

    async def scene() -> None:
        await here.add("room", "lena", "one")
        await there.remove_user("room", "lena")
        here.forget("room", "one")
        await here.beat()
        assert await there.users("room") == []

    asyncio.run(scene())
