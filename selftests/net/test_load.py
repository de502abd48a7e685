"""Times are the target's only where the suite did nothing else: what it did stands beside them."""

import asyncio
import time

import pytest

from golive.net.http_observation import HttpObservation
from rehearsal.lab.serving import Handler
from selftests.examples.transport_peers import OK, PLAIN, Heard, client, http1


def slow(seconds: float) -> Handler:
    async def script(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(seconds)
        writer.write(OK)
        return True

    return http1(script, Heard())


def times_of(seen: HttpObservation) -> str:
    return next(key for key in seen.facts() if key.startswith("ms"))


def test_a_request_that_is_alone_has_the_targets_times() -> None:
    async def run() -> list[HttpObservation]:
        async with client(slow(0.05)) as (probe, _):
            return [await probe.get(PLAIN) for _ in range(3)]

    seen = [one for one in asyncio.run(run()) if "late" not in one.own_load]
    assert {one.own_load for one in seen} <= {""}
    assert {times_of(one) for one in seen} <= {"ms"}


def test_requests_side_by_side_say_so_in_the_evidence() -> None:
    async def run() -> list[HttpObservation]:
        async with client(slow(0.05)) as (probe, _):
            return list(await asyncio.gather(*(probe.get(PLAIN) for _ in range(4))))

    for seen in asyncio.run(run()):
        assert "3 other requests at the same time" in seen.own_load
        assert times_of(seen) == "ms under the suite's own load"


def test_a_request_that_another_met_for_a_moment_says_so_too() -> None:
    async def run() -> tuple[HttpObservation, HttpObservation]:
        async with client(slow(0.2)) as (probe, _):
            first = asyncio.create_task(probe.get(PLAIN))
            await asyncio.sleep(0.1)
            second = await probe.get(PLAIN)
            return await first, second

    first, second = asyncio.run(run())
    assert "1 other request at the same time" in first.own_load
    assert "1 other request at the same time" in second.own_load


def test_a_request_over_which_the_event_loop_stood_still_says_so() -> None:
    async def run() -> HttpObservation:
        async with client(slow(0.2)) as (probe, _):
            asked = asyncio.create_task(probe.get(PLAIN))
            await asyncio.sleep(0.1)
            time.sleep(0.15)  # noqa: ASYNC251 - blocking is what is tested
            return await asked

    seen = asyncio.run(run())
    assert "the event loop was" in seen.own_load
    assert times_of(seen) == "ms under the suite's own load"


@pytest.mark.parametrize("queued", [1, 5])
def test_waiting_for_the_suites_own_limits_is_in_no_time(queued: int) -> None:
    async def run() -> list[HttpObservation]:
        async with client(slow(0.1), connections=1) as (probe, _):
            return list(await asyncio.gather(*(probe.get(PLAIN) for _ in range(queued))))

    for seen in asyncio.run(run()):
        assert 100 <= seen.timings.first_byte_ms <= seen.elapsed_ms + 0.01
        assert seen.timings.first_byte_ms < 200 or "late" in seen.own_load
