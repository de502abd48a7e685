"""Faults are switched on a running rehearsal: what they touch is made anew, nothing is left of before."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from rehearsal.faults import catalogue, plan_with
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, healthy_plan
from rehearsal.switching import Person
from selftests.rehearsal.stack_process import RunningStack, open_directory, start_stack

SWITCH_SECONDS = 30.0
ALWAYS = {"database files", "edge", "monitoring", "people"}
"""What begins anew with every switch; the database does where it was used."""


class Switched(RunningStack):
    """A running stack that takes orders."""

    number = 0

    def order(self, line: str, number: int) -> dict[str, Any]:
        """Send a line and return what the facts then say of the switch."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        deadline = time.monotonic() + SWITCH_SECONDS
        while (told := json.loads(self.file.read_text()))["switch"]["number"] != number:
            assert self.process.poll() is None, "the rehearsal ended"
            assert time.monotonic() < deadline, f"not switched: {told['switch']}"
            time.sleep(0.02)
        self.facts = told
        switch: dict[str, Any] = told["switch"]
        return switch

    def switch(self, *names: str) -> dict[str, Any]:
        self.number += 1
        return self.order(json.dumps({"switch": self.number, "faults": names}), self.number)

    def get(self, host: str, path: str) -> tuple[int, dict[str, str], bytes]:
        """Ask the edge for `path` of `host`."""
        context = ssl.create_default_context(cafile=self.roots)
        plain = socket.create_connection(self.address(host, 443), timeout=5)
        connection = http.client.HTTPConnection(host)
        with context.wrap_socket(plain, server_hostname=host) as connection.sock:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()

    def health(self) -> dict[str, Any]:
        """What the API says of itself."""
        document: dict[str, Any] = json.loads(self.get(API_HOST, "/health")[2])
        return document

    def health_of_a_replica(self) -> dict[str, Any]:
        """What the first replica says of itself; the edge asks no replica that is not ready."""
        url = self.facts["profile"]["targets"]["api"]["replicas"][0]["url"]
        document: dict[str, Any] = httpx.get(f"{url}/health", timeout=5).json()
        return document

    def rows(self, table: str) -> int:
        """How many rows a table has."""

        async def count() -> int:
            connection = await asyncpg.connect(self.facts["stack"]["database_url"], timeout=5)
            try:
                query = f'SELECT count(*) FROM "{table}"'  # noqa: S608 - a name from this file
                return int(await connection.fetchval(query))
            finally:
                await connection.close()

        return asyncio.run(count())


@pytest.fixture(scope="module")
def stack() -> Iterator[Switched]:
    with open_directory() as temporary:
        started = start_stack(temporary)
        switched = Switched(started.process, started.facts, started.temporary, started.file)
        yield switched
        switched.end()


def test_the_first_facts_are_of_no_switch(stack: Switched) -> None:
    started = json.loads(stack.file.read_text())["switch"]
    assert started["number"] == 0 or stack.number


def test_a_defect_of_the_api_comes_and_goes_with_its_replicas_alone(stack: Switched) -> None:
    stack.switch()
    assert stack.health()["status"] == "ok"
    on = stack.switch("health.degraded")
    assert set(on["touched"]) - ALWAYS == {"api-1", "api-2"}
    assert stack.health()["status"] == "degraded"
    off = stack.switch()
    assert set(off["touched"]) - ALWAYS == {"api-1", "api-2"}
    assert stack.health()["status"] == "ok"


def test_another_configuration_of_the_edge_is_loaded_into_the_running_one(stack: Switched) -> None:
    stack.switch()
    edge = {process.pid for process in stack.descendants() if "caddy" in process.name()}
    assert set(stack.switch("edge.hsts-missing")["touched"]) <= ALWAYS
    assert "Strict-Transport-Security" not in stack.get(APP_HOST, "/")[1]
    stack.switch()
    assert "Strict-Transport-Security" in stack.get(APP_HOST, "/")[1]
    assert {process.pid for process in stack.descendants() if "caddy" in process.name()} == edge


def test_one_fault_takes_the_place_of_another_without_health_between_them(stack: Switched) -> None:
    stack.switch("frontend.console-error")
    assert b"analytics is not defined" in _script(stack)
    stack.switch("health.degraded")
    assert b"analytics is not defined" not in _script(stack)
    assert stack.health()["status"] == "degraded"


def test_a_part_that_was_lost_is_there_again_when_the_outage_ends(stack: Switched) -> None:
    stack.switch("outage.database")
    assert stack.health_of_a_replica()["dependencies"]["database"]["status"] == "down"
    stack.switch()
    assert stack.health()["status"] == "ok"
    assert stack.rows("Track") > 100


def test_nothing_is_left_of_what_was_written_meanwhile(stack: Switched) -> None:
    stack.switch()
    users = stack.rows("User")

    async def forget() -> None:
        connection = await asyncpg.connect(stack.facts["stack"]["database_url"], timeout=5)
        await connection.execute('DELETE FROM "TrackInteraction"; DELETE FROM "UserPreference"')
        await connection.close()

    asyncio.run(forget())
    stack.switch()
    assert stack.rows("TrackInteraction") > 1000
    assert stack.rows("User") == users
    assert stack.health()["status"] == "ok"


async def _written_in_vain(connection: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute('DELETE FROM "TrackInteraction"; SELECT 1 / 0')


async def _about_to_write(connection: asyncpg.Connection) -> None:
    await connection.execute('BEGIN; DELETE FROM "TrackInteraction"')


async def _locked(connection: asyncpg.Connection) -> None:
    await connection.execute("SELECT pg_advisory_lock(7)")


async def _settled_for_all(connection: asyncpg.Connection) -> None:
    await connection.execute('ALTER DATABASE "audotics" SET work_mem = 64')


async def _slot_left(connection: asyncpg.Connection) -> None:
    await connection.execute("SELECT pg_create_physical_replication_slot('left_behind')")


@pytest.mark.parametrize(
    "use",
    [_written_in_vain, _about_to_write, _locked, _settled_for_all, _slot_left],
    ids=lambda use: use.__name__,
)
def test_a_database_that_was_used_in_any_way_is_made_anew_once(stack: Switched, use: Any) -> None:
    async def used() -> dict[str, Any]:
        connection = await asyncpg.connect(stack.facts["stack"]["database_url"], timeout=5)
        try:
            await use(connection)
            return stack.switch()
        finally:
            connection.terminate()

    stack.switch()
    assert "database" in asyncio.run(used())["touched"]
    assert stack.rows("TrackInteraction") > 1000
    assert "database" not in stack.switch()["touched"]


async def _read(connection: asyncpg.Connection) -> None:
    await connection.execute('SELECT count(*) FROM "User"')


async def _read_in_a_transaction(connection: asyncpg.Connection) -> None:
    async with connection.transaction(readonly=True):
        await connection.execute('SELECT count(*) FROM "TrackInteraction"')


@pytest.mark.parametrize("use", [_read, _read_in_a_transaction], ids=lambda use: use.__name__)
def test_a_database_that_was_only_read_stays_and_its_statistics_begin_anew(stack: Switched, use: Any) -> None:
    async def scans(*, before: Any = None) -> int:
        connection = await asyncpg.connect(stack.facts["stack"]["database_url"], timeout=5)
        try:
            if before is not None:
                await before(connection)
            await connection.execute("SELECT pg_stat_force_next_flush()")
            query = "SELECT coalesce(sum(seq_tup_read), 0)::int FROM pg_stat_user_tables"
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    stack.switch()
    read = asyncio.run(scans(before=use))
    assert "database" not in stack.switch()["touched"]
    assert asyncio.run(scans()) < read


def test_what_was_done_to_the_database_by_hand_is_undone(stack: Switched) -> None:
    async def indexes() -> int:
        connection = await asyncpg.connect(stack.facts["stack"]["database_url"], timeout=5)
        try:
            query = "SELECT count(*) FROM pg_indexes WHERE indexname = 'TrackInteraction_trackId_idx'"
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    stack.switch("database.index-missing")
    assert asyncio.run(indexes()) == 0
    stack.switch()
    assert asyncio.run(indexes()) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "not an order"),
        ('{"faults": []}', "not an order"),
        ('{"switch": 1, "faults": "tls.expired"}', "not an order"),
        ("[]", "not an order"),
    ],
)
def test_a_line_that_is_no_order_is_said_and_changes_nothing(stack: Switched, line: str, said: str) -> None:
    stack.switch("health.degraded")
    assert said in stack.order(line, -1)["error"]
    assert stack.health()["status"] == "degraded"


def test_an_unknown_fault_is_said_with_its_near_matches_and_changes_nothing(stack: Switched) -> None:
    stack.switch("health.degraded")
    assert "did you mean tls.expired" in stack.switch("tls.expird")["error"]
    assert stack.health()["status"] == "degraded"
    assert stack.switch()["faults"] == []
    assert stack.health()["status"] == "ok"


def test_every_fault_leaves_the_healthy_plan_as_it_is() -> None:
    healthy = healthy_plan()
    before = repr(healthy)
    for name in catalogue():
        plan_with([name], healthy)
    assert repr(healthy) == before


class StackThatOnlyListens:
    """What a person's words come to."""

    def __init__(self) -> None:
        self.faults: list[list[str]] = []

    async def switch(self, plan: Any) -> Any:
        self.faults.append(plan.faults)
        return type("Switched", (), {"touched": ("edge",), "started_seconds": 0.1})()


def test_a_person_switches_faults_by_typing_their_names() -> None:
    said: list[str] = []
    stack = StackThatOnlyListens()
    person = Person(healthy_plan(), said.append)

    async def typed() -> None:
        for line in ("tls.expired", "dns.stale-server", "tls.expired", "", "list hsts", "help", "off", "tls"):
            await person.hear(line, stack)  # type: ignore[arg-type]

    asyncio.run(typed())
    both = ["tls.expired", "dns.stale-server"]
    assert stack.faults == [["tls.expired"], both, ["dns.stale-server"], []]
    assert any(line.startswith("  edge.hsts-missing") for line in said)
    assert "unknown fault 'tls'" in said[-1]


def _script(stack: Switched) -> bytes:
    """The page's main script, as the asset host serves it."""
    page = stack.get(APP_HOST, "/")[2].decode()
    found = re.search(rf"https://{re.escape(CDN_HOST)}(/main-[0-9a-f]+\.js)", page)
    assert found, page
    return stack.get(CDN_HOST, found[1])[2]
