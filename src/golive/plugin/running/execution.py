"""Running one check: its context, its deadline, and what a transport error means."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from golive.core.outcome import Blind, Effect
from golive.core.run import CheckRecord
from golive.net.addresses import AddressBook
from golive.net.control import ControlProbe
from golive.net.deadline import Deadline
from golive.net.errors import ProbeError, TransportError
from golive.net.guard import current_effect
from golive.net.incidents import Incidents, current_incidents
from golive.net.suite_clock import ClockState, blind_by, rests_on_the_clock
from golive.plugin.collection.binding import BINDING
from golive.plugin.recorder import RunningCheck, running_check
from golive.plugin.verification import Verification

_FAILURES = (AssertionError, ProbeError, LookupError, TypeError, ValueError)
"""What becomes of a check whose target did not answer what was asked."""
RUNNING = pytest.StashKey[RunningCheck]()
RECORD = pytest.StashKey[CheckRecord]()


class CheckDeadlineError(Exception):
    """The check did not end by its hard deadline."""


class CheckExitError(Exception):
    """The check tried to end the process."""


async def execute(
    item: pytest.Item,
    function: Callable[..., Awaitable[None]],
    arguments: dict[str, Any],
    verification: Verification,
    prepare: Callable[[], Awaitable[None]],
) -> None:
    """Run an async check in this task's own context, once ``prepare`` has made ready what it was given.

    Raises:
        CheckDeadlineError: the hard deadline of the profile has passed, the suite's own queues not counted.
        CheckExitError: the check raised SystemExit or KeyboardInterrupt.
        Blind: what it was given could not be made ready;
            a transport error struck, and the control targets are unreachable too; or the suite was late;
            or the check failed where the target put it off by a rate limit, which it is not about.
        BaseException: whatever the check raised.
    """
    check = begin(item, verification)
    effect = current_effect.set(item.stash[BINDING].effect if BINDING in item.stash else Effect.READ)
    token = running_check.set(check)
    heard = current_incidents.set(check.incidents)
    deadline = verification.profile.network.check_deadline.total_seconds()
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        await _made_ready(prepare, deadline)
        began = clock()
        async with Deadline(deadline) as scope:
            await function(**arguments)
    except (*_FAILURES, BaseExceptionGroup) as error:
        limited = None if item.get_closest_marker("meets_rate_limit") else check.incidents
        meaning = await meaning_of(error, verification, limited)
        if meaning is error:
            raise
        raise meaning from error
    except TimeoutError as error:
        if scope.expired():
            raise CheckDeadlineError(f"the check did not end within {deadline:g} s") from error
        raise
    except (SystemExit, KeyboardInterrupt) as error:
        raise CheckExitError(f"the check raised {error!r}; it cannot end the run") from None
    finally:
        check.duration = timedelta(seconds=clock() - began)
        current_incidents.reset(heard)
        running_check.reset(token)
        current_effect.reset(effect)


async def _made_ready(prepare: Callable[[], Awaitable[None]], deadline: float) -> None:
    try:
        async with Deadline(deadline):
            await prepare()
    except (AssertionError, ProbeError, TimeoutError) as error:
        words = str(error) or f"not within {deadline:g} s"
        raise Blind(
            f"a precondition failed: {words}",
            remedy="fix the precondition first; this check then sees its target",
        ) from error


async def meaning_of(
    error: BaseException, verification: Verification, incidents: Incidents | None = None
) -> BaseException:
    """Return ``error`` itself, or a ``Blind`` where it says nothing of the target.

    That is a transport error while the suite's own network is down, a certificate refused by a clock that is
    not known to be right, and what rests on an answer 429 among the check's ``incidents``.

    A group, as tasks of a check raise it, is returned with each of its errors so judged.
    """
    if isinstance(error, BaseExceptionGroup):
        inner = await asyncio.gather(*(meaning_of(one, verification, incidents) for one in error.exceptions))
        unchanged = all(after is before for after, before in zip(inner, error.exceptions, strict=True))
        return error if unchanged else BaseExceptionGroup(error.message, inner)
    if incidents is not None and (put_off := incidents.put_off_in(error)) is not None:
        return put_off.blind()
    if not isinstance(error, TransportError):
        return error
    if rests_on_the_clock(error):
        known = await verification.compared_clock()
        if known.state is not ClockState.RIGHT:
            return blind_by(known, f"by which a certificate was refused ({error})")
    network = AddressBook(verification.profile.network)
    return await ControlProbe(verification.profile.control, network).classify(error)


def begin(item: pytest.Item, verification: Verification) -> RunningCheck:
    """Return the item's record in the making, started now."""
    check = RunningCheck(nodeid=item.nodeid, started=verification.clock())
    item.stash[RUNNING] = check
    return check


def is_async(item: pytest.Item) -> bool:
    """Whether the item's function is a coroutine function."""
    return inspect.iscoroutinefunction(getattr(item, "function", None))
