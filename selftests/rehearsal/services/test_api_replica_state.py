"""A replica out of service: what it answers then, who may order it, and that it ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.services.api.errors import ApiError, ErrorShape
from rehearsal.services.api.replica_state import ReplicaState

TOKEN = "operators"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def status_of(replica: ReplicaState, path: str) -> int:
    seen: list[int] = []

    async def app(_scope: Any, _receive: Any, send: Callable[[Any], Any]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append(message["status"])

    asyncio.run(replica.around(app)({"type": "http", "path": path}, None, send))
    return seen[0]


@pytest.mark.parametrize(
    ("state", "statuses"),
    [
        ("serving", (200, 200, 200)),
        ("draining", (200, 503, 200)),
        ("unhealthy", (503, 503, 200)),
        ("failing", (500, 500, 500)),
    ],
)
def test_each_state_answers_health_readiness_and_the_rest(state, statuses):
    replica = ReplicaState(TOKEN, ErrorShape(), Clock())
    replica.change(TOKEN, state, "10")
    assert tuple(status_of(replica, path) for path in ("/health", "/health/ready", "/version")) == statuses
    assert status_of(replica, "/ops/state/serving") == 200


def test_a_state_ends_by_itself():
    clock = Clock()
    replica = ReplicaState(TOKEN, ErrorShape(), clock)
    replica.change(TOKEN, "failing", "10")
    clock.now += 9
    assert replica.state == "failing"
    clock.now += 1
    assert replica.state == "serving"


@pytest.mark.parametrize(
    ("token", "state", "seconds", "status"),
    [
        (None, "slow", "5", 401),
        ("x", "slow", "5", 401),
        (TOKEN, "asleep", "5", 400),
        (TOKEN, "slow", "0", 400),
        (TOKEN, "slow", "-1", 400),
        (TOKEN, "slow", "9999", 400),
    ],
)
def test_only_operators_change_it_and_only_to_what_there_is(token, state, seconds, status):
    replica = ReplicaState(TOKEN, ErrorShape(), Clock())
    with pytest.raises(ApiError) as refused:
        replica.change(token, state, seconds)
    assert (refused.value.status, replica.state) == (status, "serving")


def test_without_a_token_of_its_own_nobody_changes_it():
    with pytest.raises(ApiError):
        ReplicaState("", ErrorShape(), Clock()).change("", "failing", "5")
