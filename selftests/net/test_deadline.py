"""Deadlines that only the target can miss: the suite's own lateness and queues are no part of them."""

import asyncio
import time
from datetime import timedelta

import pytest

from golive.core.outcome import Blind
from golive.net.deadline import Attention, Deadline, own_time
from golive.net.limits import HostLimits
from golive.net.polling import meets, poll_until
from golive.profile.profile import Limit, Limits
from golive.realtime.inbox import Inbox

STALL = 0.4


def stall(seconds: float = STALL) -> None:
    """Block the event loop, as a starved or suspended machine does."""
    time.sleep(seconds)


def test_a_silent_target_misses_its_deadline():
    """As with asyncio.timeout."""

    async def wait():
        async with Deadline(0.05) as deadline:
            await asyncio.sleep(30)
        return deadline

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_a_target_that_answers_in_time_meets_it():
    """And what it answered is returned."""

    async def wait():
        async with Deadline(30) as deadline:
            await asyncio.sleep(0)
        return deadline.expired()

    assert asyncio.run(wait()) is False


def test_a_timeout_of_somebody_else_is_none_of_the_deadline():
    """What the body raises passes."""

    async def wait():
        async with Deadline(30) as deadline:
            with pytest.raises(TimeoutError, match="somebody else's"):
                raise TimeoutError("somebody else's")
        return deadline.expired()

    assert asyncio.run(wait()) is False


@pytest.mark.parametrize("when", ["at once", "between", "in pieces"])
def test_an_answer_that_lies_there_while_the_loop_stood_still_is_in_time(when):
    """The loop was late at the start, after a first look, or again and again."""

    async def wait():
        answer = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with Deadline(0.2):
            # It needs a few more turns of the loop than the timer has left.
            loop.call_later(STALL + 0.05, answer.set)
            match when:
                case "at once":
                    stall()
                case "between":
                    loop.call_later(0.1, stall)
                case "in pieces":
                    for piece in range(4):
                        loop.call_later(0.02 + piece / 1000, stall, STALL / 4)
            await answer.wait()
        return True

    assert asyncio.run(wait())


def test_a_silent_target_is_still_found_after_a_stall():
    """The deadline is longer by what the loop was late, and no more."""

    async def wait():
        asyncio.get_running_loop().call_later(0.05, stall)
        async with Deadline(0.2):
            await asyncio.sleep(30)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_who_was_away_for_longer_than_it_looked_is_blind(monkeypatch):
    """A suspended machine: nothing is said of the target."""
    monkeypatch.setattr("golive.net.deadline._LEAST_PATIENCE", 0.1)

    async def wait():
        asyncio.get_running_loop().call_later(0.02, stall)
        async with Deadline(0.1):
            await asyncio.sleep(30)

    with pytest.raises(Blind, match=r"event loop stood still for 0\.\d s") as blind:
        asyncio.run(wait())
    assert "at most 0.1 s" in blind.value.reason
    assert "busy" in blind.value.remedy


def test_waiting_for_something_of_our_own_is_no_part_of_any_deadline_around():
    """Of neither, and both go on afterwards."""

    async def wait():
        async with Deadline(0.2) as outer, Deadline(0.1) as inner:
            with own_time():
                await asyncio.sleep(STALL)
            assert not outer.expired()
            assert not inner.expired()
            await asyncio.sleep(30)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_tasks_of_a_check_may_wait_side_by_side():
    """The deadline stands still until the last of them has what it waited for."""

    async def queue(seconds):
        with own_time():
            await asyncio.sleep(seconds)

    async def wait():
        async with Deadline(0.1) as deadline, asyncio.TaskGroup() as group:
            group.create_task(queue(0.05))
            group.create_task(queue(STALL))
        return deadline.expired()

    assert asyncio.run(wait()) is False


def test_a_deadline_that_is_over_does_not_mind_a_task_that_still_waits():
    """A shared visit outlives the check that began it."""

    async def queue():
        with own_time():
            await asyncio.sleep(0.1)
        return "done"

    async def wait():
        async with Deadline(30):
            task = asyncio.create_task(queue())
            await asyncio.sleep(0)
        return await task

    assert asyncio.run(wait()) == "done"


def test_a_host_that_is_busy_with_the_suite_itself_costs_a_check_nothing():
    """The wait for one of the suite's own connections, and for its own pace."""
    limits = HostLimits(Limits(hosts={"app.test": Limit(connections=1, requests_per_second=2)}))

    async def hold():
        async with limits.connection("app.test"):
            await asyncio.sleep(STALL)

    async def wait():
        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        async with Deadline(0.1) as deadline:
            async with limits.connection("app.test"):
                pass
            for _ in range(3):
                await limits.pace("app.test")
        await holder
        return deadline.expired()

    assert asyncio.run(wait()) is False


def test_attention_leaves_out_what_the_loop_was_late():
    """Seconds of looking, and seconds of lateness, apart."""

    async def look():
        with Attention() as looked:
            asyncio.get_running_loop().call_later(0.05, stall)
            await asyncio.sleep(0.1)
        return looked.late

    assert asyncio.run(look()) == pytest.approx(STALL, abs=0.1)


async def _poll(appears_after: int):
    looks = 0

    async def look():
        nonlocal looks
        looks += 1
        if looks == 1:
            stall()
        return looks >= appears_after

    return await poll_until(look, bool, within=timedelta(seconds=0.3))


def test_polling_looks_as_long_as_it_was_told_whatever_it_was_late():
    """A stall that is longer than the whole wait is no reason to stop after one look."""
    seen, seconds = asyncio.run(_poll(appears_after=3))
    assert seen
    assert seconds < STALL


def test_polling_still_ends_where_nothing_appears():
    """The last look counts."""
    seen, seconds = asyncio.run(_poll(appears_after=10**6))
    assert not seen
    assert seconds >= 0.3


@pytest.mark.parametrize(("appears_after", "seen"), [(3, True), (10**6, False)])
def test_polling_for_an_expectation_looks_as_long_as_it_was_told(appears_after, seen):
    """Likewise, with an expectation."""
    looks = 0

    async def look():
        nonlocal looks
        looks += 1
        if looks == 1:
            stall(0.8)
        return looks >= appears_after

    def holds(found):
        assert found

    assert asyncio.run(poll_until(look, meets(holds), within=timedelta(seconds=0.6)))[0] is seen


def test_an_event_that_arrived_while_the_loop_stood_still_has_arrived():
    """Of a realtime connection: nobody could take it from the socket."""

    async def wait():
        inbox = Inbox("app.test:443", ())
        loop = asyncio.get_running_loop()
        loop.call_later(0.02, stall)
        loop.call_later(0.05, lambda: loop.create_task(inbox.receive("news", {"n": 1})))
        return await inbox.wait_for(lambda event: event.name == "news", deadline=0.2)

    assert asyncio.run(wait()).payload == {"n": 1}


@pytest.mark.parametrize(
    ("late", "seconds", "blind"),
    [(0.0, 5.0, False), (0.5, 4.5, False), (1.5, 3.5, True), (5.0, 0.0, True), (0.005, 0.01, False)],
)
def test_a_wait_that_another_process_limits_accuses_nobody_while_the_suite_was_asleep(
    monkeypatch: pytest.MonkeyPatch, late: float, seconds: float, blind: bool
) -> None:
    """A browser's own limit passes whether or not this process could have noticed what came."""
    monkeypatch.setattr(Attention, "late", late)
    monkeypatch.setattr(Attention, "seconds", seconds)
    if blind:
        with pytest.raises(Blind, match=f"stood still for {late} s while it waited for an answer 5.0 s"):
            Attention().require_awake()
    else:
        Attention().require_awake()
