"""What fails in a task or thread that a check started and did not wait for is that check's own.

Without this it is nobody's: asyncio says it to the log as the garbage collector comes by, and pytest blames
whichever check is set up next.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import thread as pools
from contextvars import copy_context
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from golive.plugin.recorder import RunningCheck, running_check

_POOLED = pools._worker
"""What the threads of an executor run: they serve many checks, whichever of them came first."""


def task_of_check(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    """A factory of tasks: the check that starts one hears how it ends."""
    task = asyncio.Task(coroutine, loop=loop, **options)
    check = running_check.get()
    if check is not None:
        task.add_done_callback(partial(_hear, check))
    return task


def _hear(check: RunningCheck, task: asyncio.Task[Any]) -> None:
    # Not retrieved here: whoever waits for it may do that next.
    if not task.cancelled() and getattr(task, "_log_traceback", False):
        check.failed_tasks.append(task)


def failures_nobody_heard(check: RunningCheck) -> list[BaseException]:
    """Return what failed in the check's tasks and threads, and nobody has asked for by now."""
    unheard = [task.exception() for task in check.failed_tasks if getattr(task, "_log_traceback", False)]
    check.unheard += [error for error in unheard if error is not None]
    return check.unheard


class ThreadsOfChecks:
    """While it is in force, a thread belongs to the check that starts it: its context, so its output, too."""

    def __init__(self) -> None:
        self._owners: WeakKeyDictionary[threading.Thread, RunningCheck] = WeakKeyDictionary()
        self._start = threading.Thread.start
        self._excepthook: Callable[[threading.ExceptHookArgs], object] | None = None

    def begin(self) -> None:
        """Be in force."""
        self._excepthook = threading.excepthook
        threading.Thread.start = self._started()  # type: ignore[method-assign,assignment]
        threading.excepthook = self._hear

    def end(self) -> None:
        """Leave the process as it was."""
        if self._excepthook is None:
            return
        threading.Thread.start = self._start  # type: ignore[method-assign]
        threading.excepthook = self._excepthook

    def _started(self) -> Callable[[threading.Thread], None]:
        owners, start = self._owners, self._start

        def begin(thread: threading.Thread) -> None:
            check = running_check.get()
            if check is not None and getattr(thread, "_target", None) is not _POOLED:
                owners[thread] = check
                thread.run = partial(copy_context().run, thread.run)  # type: ignore[method-assign]
            start(thread)

        return begin

    def _hear(self, args: threading.ExceptHookArgs) -> None:
        check = self._owners.get(args.thread) if args.thread is not None else None
        if check is not None and args.exc_value is not None:
            check.unheard.append(args.exc_value)
        elif self._excepthook is not None:
            self._excepthook(args)
