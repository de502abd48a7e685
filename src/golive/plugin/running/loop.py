"""One event loop in one background thread, which every async check and fixture runs on."""

import asyncio
import concurrent.futures
import contextlib
import inspect
import threading
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from typing import Any, TypeVar

import pytest

from golive.net.deadline import lateness
from golive.net.incidents import unless_put_off
from golive.plugin.recorder import running_check
from golive.plugin.running.left_running import task_of_check

Result = TypeVar("Result")
FIXTURE_DEADLINE_SECONDS = 90.0
_STOP_SECONDS = 10.0


class _SharedLoop(asyncio.SelectorEventLoop):
    """All checks run on it, so none of them may stop it."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """As any loop's, in the context of who asks: the threads of an executor have none of their own."""
        return super().run_in_executor(executor, copy_context().run, func, *args)

    def stop(self) -> None:
        if running_check.get() is not None:
            raise RuntimeError("a check must not stop the event loop: all checks share it")
        super().stop()


class EventLoopThread:
    """Starts on first use; ``stop`` cancels what is left, awaits it and ends the thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ending = False

    def submit(self, coroutine: Coroutine[Any, Any, Result]) -> concurrent.futures.Future[Result]:
        """Start ``coroutine`` on the loop and return at once."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._started())

    def run(self, coroutine: Coroutine[Any, Any, Result], *, deadline_seconds: float) -> Result:
        """Run ``coroutine`` on the loop and wait for its result.

        Raises:
            TimeoutError: it did not end by the deadline; it is cancelled then.
        """
        future = self.submit(coroutine)
        try:
            return future.result(timeout=deadline_seconds)
        except BaseException:
            future.cancel()
            raise

    @property
    def late_seconds(self) -> float:
        """For how long the loop stood still in all while checks waited on it."""
        return lateness(self._loop) if self._loop is not None else 0.0

    def stop(self) -> None:
        """End the loop; what still runs is cancelled."""
        if self._loop is None or self._thread is None:
            return
        self._ending = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)
        self._loop = self._thread = None

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            loop = _SharedLoop()
            loop.set_task_factory(task_of_check)
            self._ending = False
            self._thread = threading.Thread(
                target=self._serve, args=(loop,), name="golive-checks", daemon=True
            )
            self._loop = loop
            self._thread.start()
        return self._loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            while not self._ending:
                # asyncio lets a task's SystemExit through once the task has it; it ends that task alone.
                with contextlib.suppress(SystemExit, KeyboardInterrupt):
                    loop.run_forever()
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            loop.run_until_complete(
                asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), _STOP_SECONDS)
            )
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()


class AsyncFixtures:
    """Lets fixtures be ``async def``, with or without ``yield``."""

    def __init__(self, loop: EventLoopThread) -> None:
        self._loop = loop

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
        function = fixturedef.func
        if inspect.isasyncgenfunction(function):
            object.__setattr__(fixturedef, "func", self._generating(function, request))
        elif inspect.iscoroutinefunction(function):
            object.__setattr__(fixturedef, "func", self._awaiting(function))
        try:
            return (yield)
        finally:
            object.__setattr__(fixturedef, "func", function)

    def _awaiting(self, function: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        def call(**kwargs: Any) -> Any:
            preparing = unless_put_off(function(**kwargs))
            return self._loop.run(preparing, deadline_seconds=FIXTURE_DEADLINE_SECONDS)

        return call

    def _generating(self, function: Callable[..., Any], request: pytest.FixtureRequest) -> Callable[..., Any]:
        def call(**kwargs: Any) -> Any:
            generator = function(**kwargs)

            def finish() -> None:
                async def resume() -> None:
                    async for _ in generator:
                        raise RuntimeError(f"the fixture {function.__name__} yields more than once")

                self._loop.run(resume(), deadline_seconds=FIXTURE_DEADLINE_SECONDS)

            async def begin() -> Any:
                return await unless_put_off(anext(generator))

            value = self._loop.run(begin(), deadline_seconds=FIXTURE_DEADLINE_SECONDS)
            request.addfinalizer(finish)
            return value

        return call
