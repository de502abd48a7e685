"""Look-ahead: checks run side by side under pytest's sequential protocol, which stays untouched.

Async checks whose whole fixture closure is session-scoped are started early on the background loop, as
soon as what they change or rest on is theirs; when the protocol reaches such a check, its call phase waits
for its own result. A check that is ``serial``, or needs a narrower fixture, runs when its turn comes and
nothing else is running.
"""

import asyncio
import concurrent.futures
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from golive.api.afterwards.playing import Playable, accounts_in_play
from golive.net.deadline import latest
from golive.plugin.collection.changes import needs_of
from golive.plugin.collection.effects import is_allowed
from golive.plugin.pytest_internals import (
    argument_names,
    definitions_seen_from,
    fixture_definitions,
    fixture_value,
    fixtures_asked_for,
    will_be_skipped,
)
from golive.plugin.running.exclusive_run import ExclusiveRun
from golive.plugin.running.execution import execute, is_async
from golive.plugin.running.loop import EventLoopThread
from golive.plugin.running.own_share import is_replacement, own_share
from golive.plugin.running.resources import Resources
from golive.plugin.verification import VERIFICATION

SIDE_BY_SIDE = min(128, max(64, 32 * (os.cpu_count() or 1)))
"""Checks on their way at once; how many connections they have, the profile limits host by host."""
_GRACE_SECONDS = 15.0
_QUIET_SECONDS = 60.0
"""For which no check may end although all is well: a browser is started, a connection waited for."""
_GLANCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Start:
    """What a check is called with."""

    arguments: dict[str, Any]
    roles: list[Playable]
    """Whose account it changes."""


Ended = Callable[[pytest.Item, BaseException | None], None]
"""Is told, in the loop's thread, that a check has ended that pytest has not reached yet, and with what."""


class LoopUnresponsiveError(Exception):
    """The background loop did not answer long after the check's own deadline."""


class LookAhead:
    """Starts what may start early, and answers pytest's call phase with the results."""

    def __init__(
        self, config: pytest.Config, loop: EventLoopThread, ended: Ended, exclusive: ExclusiveRun | None
    ) -> None:
        self._config = config
        self._ended = ended
        self._latest_end = self._gave_up = 0.0
        self._loop = loop
        replaces = is_replacement(getattr(config, "workerinput", {}))
        self._enabled = not config.getoption("--no-look-ahead") and not replaces
        self._exclusive = exclusive
        """Where other workers run checks, too."""
        if exclusive is not None:
            exclusive.make_way = self._make_way
        self._shares = False
        self._started = False
        self._abandoned = False
        self._futures: dict[str, concurrent.futures.Future[None]] = {}
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)
        self._resources: Resources | None = None
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
        if self._exclusive is not None:
            self._exclusive.share()
            self._shares = True
        for other in own_share(item.session, item):
            if self._why_alone(other) is None and (start := self._arguments(other, item)) is not None:
                self._futures[other.nodeid] = self._loop.submit(self._in_its_place(other, start))

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
            start = Start(
                {name: pyfuncitem.funcargs[name] for name in argument_names(pyfuncitem)},
                self._roles_played(pyfuncitem, pyfuncitem),
            )
            future = self._loop.submit(self._with_what_it_needs(pyfuncitem, start))
        self._wait(future)
        if not self._futures:
            self._make_way()
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
        self._make_way()

    def _make_way(self) -> None:
        """Wait for what was started, and let other workers have a check alone."""
        self._drain()
        if self._exclusive is not None and self._shares:
            self._shares = False
            self._exclusive.leave()

    async def _in_its_place(self, item: pytest.Item, start: Start) -> None:
        error: BaseException | None = None
        began = False

        def begin() -> None:
            nonlocal began
            began = True

        try:
            await self._with_what_it_needs(item, start, begin)
        except BaseException as failure:
            error = failure
            raise
        finally:
            self._latest_end = time.monotonic()
            # What is cut off has not ended, and pytest.exit ends the run when its turn comes.
            cut_off = isinstance(error, asyncio.CancelledError | pytest.exit.Exception)
            if began and not self._abandoned and not cut_off:
                self._ended(item, error)

    async def _with_what_it_needs(
        self, item: pytest.Item, start: Start, begin: Callable[[], None] = lambda: None
    ) -> None:
        """Run a check once what it changes and rests on is its own, and there is a place for it."""
        verification = self._config.stash[VERIFICATION]
        if self._resources is None:
            self._resources = Resources(verification.profile, self._exclusive)
        async with self._resources.held(needs_of(item, verification.profile)) as lease, self._places:
            if self._abandoned:
                return

            async def prepare() -> None:
                for role in start.roles:
                    await role.be_ready()

            begin()
            token = accounts_in_play.set(lease.playing)
            try:
                await execute(item, item.obj, start.arguments, verification, prepare)  # type: ignore[attr-defined]  # is a Function
            finally:
                accounts_in_play.reset(token)

    def _wait(self, future: concurrent.futures.Future[None]) -> None:
        try:
            self._settle([future])
        except LoopUnresponsiveError:
            future.cancel()
            raise
        future.result()

    def _drain(self) -> None:
        # Where nothing was started, there may have been no environment either.
        if self._futures:
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
            return "marked serial or destructive"
        if item.get_closest_marker("xfail"):
            return "marked xfail"
        for name, definitions in fixture_definitions(item).items():
            direct = name in getattr(getattr(item, "callspec", None), "params", {})
            if definitions[-1].scope != "session" and not direct and name != "request":
                return f"uses the {definitions[-1].scope}-scoped fixture {name!r}"
        return None

    def _arguments(self, other: pytest.Item, turn: pytest.Item) -> Start | None:
        """The arguments of ``other``; None when it must not start: it is skipped, or not allowed, or a
        fixture failed.

        Fixtures are asked for by ``turn``, the item that is being set up: only an active one may ask.
        """
        try:
            if will_be_skipped(other) or not is_allowed(other):
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
        return Start({name: values[name] for name in argument_names(other)}, self._roles_played(other, turn))

    def _roles_played(self, item: pytest.Item, turn: pytest.Item) -> list[Playable]:
        """The roles whose account the check changes, where it uses them: they may be another's to play."""
        changed = needs_of(item, self._config.stash[VERIFICATION].profile).changes
        used = fixture_definitions(item)
        roles = [name.removeprefix("account:") for name in changed]
        values = [fixture_value(turn, role) for role in roles if role in used]
        return [value for value in values if isinstance(value, Playable)]
