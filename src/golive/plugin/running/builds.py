"""Which builds the target runs, read when a run begins and ends: what is seen between is about them."""

import asyncio
from collections.abc import Awaitable, Mapping

import pytest

from golive.core.checklist import PHASES_AFTER_DEPLOYMENT
from golive.core.run import BuildsSeen
from golive.plugin.running.loop import EventLoopThread
from golive.plugin.verification import Verification

_DEADLINE_SECONDS = 15.0
_SOME = "some instances"


def read_builds(
    config: pytest.Config, verification: Verification, loop: EventLoopThread
) -> BuildsSeen | None:
    """Ask every subject; None where the scope is not about a deployed release, or there is nothing to ask.

    Whatever keeps an instance from being asked costs no run: that its build is not known is written down.
    """
    items = verification.checklist.items
    if not any(PHASES_AFTER_DEPLOYMENT.intersection(items[name].phases) for name in verification.scope):
        return None
    asked = config.hook.pytest_golive_read_builds(profile=verification.profile)
    if not asked:
        return None
    try:
        found = loop.run(_together(asked), deadline_seconds=_DEADLINE_SECONDS)
    except TimeoutError:
        found = {_SOME: ""}
    if not found:
        return None
    scrub = verification.redactor.scrub
    said = {scrub(name): scrub(build) for name, build in sorted(found.items())}
    return BuildsSeen(
        at=verification.clock(),
        builds={name: build for name, build in said.items() if build},
        unseen=tuple(name for name, build in said.items() if not build),
    )


async def _together(asked: list[Awaitable[Mapping[str, str]]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        found |= {_SOME: ""} if isinstance(answer, BaseException) else dict(answer)
    return found
