"""Checks take turns at the one browser; waiting for it costs none of them its deadline."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

import fixtures.browser
from fixtures.browser import Landing, Visitors
from golive.browser.profile import Frontend
from golive.net.deadline import Deadline

LONG, SHORT = 0.5, 0.2


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch):
    """Whatever the machine has."""
    monkeypatch.setattr(fixtures.browser, "JOURNEYS", 1)


class SlowBrowser:
    """Takes long to start, and longer where somebody else is before."""

    def __init__(self, *, starts_in: float = 0.0) -> None:
        self._starts_in = starts_in

    @asynccontextmanager
    async def user(self, phone=None):
        await asyncio.sleep(self._starts_in)
        yield SimpleNamespace()


def visitors(browser: SlowBrowser) -> Visitors:
    profile = SimpleNamespace(frontend=Frontend(), wire=SimpleNamespace(token_cookie=None))
    return Visitors(browser, profile, evidence=None)


async def check(everybody: Visitors, seconds: float, *, deadline: float) -> None:
    async with Deadline(deadline), everybody.arrive("visitor"):
        await asyncio.sleep(seconds)


def test_the_turn_is_no_part_of_the_deadline():
    """Three checks of half a second, each with a deadline that only its own visit fits into."""

    async def run():
        everybody = visitors(SlowBrowser())
        await asyncio.gather(*(check(everybody, LONG, deadline=2 * LONG) for _ in range(4)))

    asyncio.run(run())


def test_the_browsers_start_is_no_part_of_the_deadline():
    """It is ours, and only the first check has it."""
    asyncio.run(check(visitors(SlowBrowser(starts_in=LONG)), 0, deadline=SHORT))


def test_the_visit_itself_is_a_part_of_it():
    """A page that never comes is late."""
    with pytest.raises(TimeoutError):
        asyncio.run(check(visitors(SlowBrowser()), 30, deadline=SHORT))


@pytest.mark.parametrize("broken", [False, True])
def test_who_waits_for_a_visit_that_several_look_at_queues_as_well(broken):
    """Until it begins; and where it never does, all of them hear why."""

    class Front(Landing):
        async def _look(self):
            async with self._visitors.arrive("visitor"):
                if broken:
                    raise ValueError("no page")
                self._begun.set()
                return "seen"

    async def look(landing):
        async with Deadline(SHORT):
            return await landing._seen()

    async def run():
        everybody = visitors(SlowBrowser())
        landing = Front(everybody, app=None, names=Frontend(), http=None)
        before = asyncio.create_task(check(everybody, LONG, deadline=2 * LONG))
        await asyncio.sleep(0)
        seen = await asyncio.gather(*(look(landing) for _ in range(3)), return_exceptions=True)
        await before
        return seen

    seen = asyncio.run(run())
    assert [str(one) for one in seen] == 3 * (["no page"] if broken else ["seen"])


def test_as_many_checks_visit_at_once_as_there_are_processors(monkeypatch):
    """Each of two waits for the other to arrive; a third comes when one has left, with all its visitors."""
    monkeypatch.setattr(fixtures.browser, "JOURNEYS", 2)
    came, events = asyncio.Barrier(2), []

    async def visit(everybody, name, *, meets):
        async with everybody.arrive(name), everybody.arrive(f"{name}'s friend"):
            events.append(f"{name} came")
            if meets:
                await came.wait()
            events.append(f"{name} goes")

    async def run():
        everybody = visitors(SlowBrowser())
        coming = [visit(everybody, name, meets=name != "third") for name in ("first", "second", "third")]
        await asyncio.wait_for(asyncio.gather(*map(asyncio.create_task, coming)), 30)

    asyncio.run(run())
    assert set(events[:2]) == {"first came", "second came"}
    assert events[-1] == "third goes"
