"""Look-ahead: checks run side by side under pytest's sequential protocol, which stays untouched.

Async checks whose whole fixture closure is session-scoped are started early on the background loop;
when the protocol reaches such a check, its call phase waits for its own result. A check that is
``serial``, or needs a narrower fixture, runs when its turn comes and nothing else is running.
"""

import asyncio
import concurrent.futures
import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from golive.net.deadline import latest
from golive.plugin.pytest_internals import (
    argument_names,
    definitions_seen_from,
    fixture_definitions,
    fixture_value,
    fixtures_asked_for,
    will_be_skipped,
)
from golive.plugin.running.execution import execute, is_async
from golive.plugin.running.loop import EventLoopThread
from golive.plugin.verification import VERIFICATION

SIDE_BY_SIDE = min(128, max(64, 32 * (os.cpu_count() or 1)))
"""Checks on their way at once; how many connections they have, the profile limits host by host."""
_GRACE_SECONDS = 15.0
_QUIET_SECONDS = 60.0
"""For which no check may end although all is well: a browser is started, a connection waited for."""
_GLANCE_SECONDS = 1.0

Ended = Callable[[pytest.Item, BaseException | None], None]
"""Is told, in the loop's thread, that a check has ended that pytest has not reached yet, and with what."""


class LoopUnresponsiveError(Exception):
    """The background loop did not answer long after the check's own deadline."""


class LookAhead:
    """Starts what may start early, and answers pytest's call phase with the results."""

    def __init__(self, config: pytest.Config, loop: EventLoopThread, ended: Ended, *, enabled: bool) -> None:
        self._config = config
        self._ended = ended
        self._latest_end = self._gave_up = 0.0
        self._loop = loop
        self._enabled = enabled
        self._started = False
        self._abandoned = False
        self._futures: dict[str, concurrent.futures.Future[None]] = {}
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)
        self.alone: Counter[str] = Counter()
        """Why checks ran alone, and how many for that reason."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Any:
        """A check that runs alone is alone from its setup on; the first other one starts all others."""
        alone = self._why_alone(item) is not None
        if alone:
            self._drain()
        result = yield
        if self._enabled and not self._started and not alone:
            self._start_early(item)
        return result

    def _start_early(self, item: pytest.Item) -> None:
        self._started = True
        for other in item.session.items:
            if self._why_alone(other) is None and (arguments := self._arguments(other, item)) is not None:
                self._futures[other.nodeid] = self._loop.submit(self._in_its_place(other, arguments))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Wait for the check's own result, or run it alone."""
        reason = self._why_alone(pyfuncitem)
        if self._enabled and reason is not None:
            self.alone[reason] += 1
        if not is_async(pyfuncitem):
            return None
        future = self._futures.pop(pyfuncitem.nodeid, None)
        if future is None:
            self._drain()
            arguments = {name: pyfuncitem.funcargs[name] for name in argument_names(pyfuncitem)}
            future = self._loop.submit(
                execute(pyfuncitem, pyfuncitem.obj, arguments, self._config.stash[VERIFICATION])
            )
        self._wait(future)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, nextitem: pytest.Item | None) -> None:
        """Before the session's fixtures go, which is with the last check: of all, or before ``-x`` stops."""
        if nextitem is None:
            self._abandon()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Before the session's fixtures go, where the run was interrupted."""
        self._abandon()

    def _abandon(self) -> None:
        """Cancel what was started and never reached, and wait until it has ended."""
        self._abandoned = True
        left = list(self._futures.values())
        for future in left:
            future.cancel()
        concurrent.futures.wait(left, timeout=_GRACE_SECONDS)
        self._futures.clear()

    async def _in_its_place(self, item: pytest.Item, arguments: dict[str, Any]) -> None:
        async with self._places:
            if self._abandoned:
                return
            error: BaseException | None = None
            try:
                await execute(item, item.obj, arguments, self._config.stash[VERIFICATION])  # type: ignore[attr-defined]  # is a Function
            except BaseException as failure:
                error = failure
                raise
            finally:
                self._latest_end = time.monotonic()
                # What is cut off has not ended, and pytest.exit ends the run when its turn comes.
                cut_off = isinstance(error, asyncio.CancelledError | pytest.exit.Exception)
                if not self._abandoned and not cut_off:
                    self._ended(item, error)

    def _wait(self, future: concurrent.futures.Future[None]) -> None:
        try:
            self._settle([future])
        except LoopUnresponsiveError:
            future.cancel()
            raise
        future.result()

    def _drain(self) -> None:
        self._settle(list(self._futures.values()))

    def _settle(self, futures: list[concurrent.futures.Future[None]]) -> None:
        """Wait for all of them, for as long as any check ends now and then.

        What they queue for is no part of their deadlines; but who holds it ends by its own.
        """
        deadline = self._config.stash[VERIFICATION].profile.network.check_deadline.total_seconds()
        patience = latest(deadline) + _QUIET_SECONDS
        if self._gave_up > self._latest_end:
            # Nothing has ended since a wait was in vain: the loop stands, for each check alike.
            patience = _GRACE_SECONDS
        began = time.monotonic()
        while concurrent.futures.wait(futures, timeout=_GLANCE_SECONDS).not_done:
            if time.monotonic() - max(began, self._latest_end) > patience:
                self._gave_up = time.monotonic()
                raise LoopUnresponsiveError("the event loop of the checks does not answer")

    def _why_alone(self, item: pytest.Item) -> str | None:
        if not is_async(item):
            return "not an async function"
        if item.get_closest_marker("serial"):
            return "marked serial, write or destructive"
        if item.get_closest_marker("xfail"):
            return "marked xfail"
        for name, definitions in fixture_definitions(item).items():
            direct = name in getattr(getattr(item, "callspec", None), "params", {})
            if definitions[-1].scope != "session" and not direct and name != "request":
                return f"uses the {definitions[-1].scope}-scoped fixture {name!r}"
        return None

    def _arguments(self, other: pytest.Item, turn: pytest.Item) -> dict[str, Any] | None:
        """The arguments of ``other``; None when it must not start: it is skipped, or a fixture failed.

        Fixtures are asked for by ``turn``, the item that is being set up: only an active one may ask.
        """
        try:
            if will_be_skipped(other):
                return None
        except pytest.fail.Exception:
            # A condition that cannot be evaluated: pytest says so at the check's own setup.
            return None
        parameters = getattr(getattr(other, "callspec", None), "params", {})
        values: dict[str, Any] = {}
        for name in fixtures_asked_for(other):
            if name in parameters:
                values[name] = parameters[name]
                continue
            own = fixture_definitions(other).get(name, ())
            if list(own) != list(definitions_seen_from(turn, name)):
                return None
            try:
                values[name] = fixture_value(turn, name)
            except (Exception, SystemExit, pytest.skip.Exception, pytest.fail.Exception):
                # pytest keeps a fixture's failure, and raises it again at the check's own setup.
                return None
        return {name: values[name] for name in argument_names(other)}


def look_ahead_plugin(config: pytest.Config, loop: EventLoopThread, ended: Ended) -> LookAhead:
    """Look-ahead for this process; a worker of xdist knows only its own next item, so it does without."""
    enabled = not config.getoption("--no-look-ahead") and not hasattr(config, "workerinput")
    return LookAhead(config, loop, ended, enabled=enabled)
