"""Clients at a certain replica: only those that say so count, and nobody's word is nobody at all."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fixtures.at_replica import ClientsAtReplica
from golive.api.profile import Replica
from golive.core.outcome import Blind
from golive.fleet.fixtures_balancer import BehindTheBalancer
from golive.fleet.profile import LoadBalancer

TRIED = Replica(name="api-2", url="http://127.0.0.1:4002")


class Client:
    def __init__(self, place: str | None) -> None:
        self.handshake = {"X-SERVED-BY": place} if place else {}
        self.left = False

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def disconnect(self) -> None:
        self.left = True


def clients(
    *places: str | None, header: str | None = "X-Served-By", settles_within: float = 0.0
) -> tuple[ClientsAtReplica, list[Client]]:
    """Clients that come to these replicas in turn, over and over."""
    opened: list[Client] = []

    async def connect(*_: Any, **__: Any) -> Client:
        opened.append(Client(places[len(opened) % len(places)]))
        return opened[-1]

    async def name_of(instance: str) -> str:
        return {"i-1": "api-1", "i-2": "api-2"}.get(instance, instance)

    shares = {"api-1": 1.0, "api-2": 1.0}
    behind = SimpleNamespace(shares=shares, name_of=name_of, settles_within=settles_within)
    rules = LoadBalancer(replica_header=header)
    realtime, account = SimpleNamespace(connect=connect), SimpleNamespace(token="t")
    found = ClientsAtReplica(cast(Any, realtime), cast(Any, account), cast(BehindTheBalancer, behind), rules)
    return found, opened


def standing(at: ClientsAtReplica) -> list[Client]:
    async def stand() -> list[Client]:
        async with at.standing(TRIED) as here:
            assert not any(cast(Client, client).left for client in here)
            return cast(list[Client], list(here))

    return asyncio.run(stand())


def test_only_clients_that_are_there_count_and_all_leave() -> None:
    at, opened = clients("i-1", "i-2")
    assert [client.handshake["X-SERVED-BY"] for client in standing(at)] == ["i-2", "i-2"]
    assert len(opened) == 4
    assert all(client.left for client in opened)


def test_more_are_opened_when_none_came() -> None:
    at, opened = clients(*["i-1"] * 6, "i-2", "i-1")
    assert len(standing(at)) == 1
    assert len(opened) == 8


def test_a_balancer_that_has_not_settled_is_given_its_time() -> None:
    at, opened = clients(*["i-1"] * 16, *["i-2"] * 4, settles_within=60.0)
    assert len(standing(at)) == 4
    assert len(opened) == 20


@pytest.mark.parametrize(
    ("at", "reason", "remedy"),
    [
        (clients("i-1")[0], "none of 12 connections", "load_balancer.trial.urls"),
        (clients(None)[0], "the handshake has no X-Served-By", "load_balancer.replica_header"),
        (clients("i-2", header=None)[0], "at which replica", "load_balancer.replica_header"),
    ],
)
def test_without_a_client_there_nothing_is_judged(at: ClientsAtReplica, reason: str, remedy: str) -> None:
    with pytest.raises(Blind) as blind:
        standing(at)
    assert reason in blind.value.reason
    assert remedy in blind.value.remedy
