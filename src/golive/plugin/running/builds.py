"""Which builds the target runs, read when a run begins and ends: what is seen between is about them."""

import asyncio
from collections.abc import Awaitable, Mapping

import pytest

from golive.core.checklist import PHASES_AFTER_DEPLOYMENT
from golive.core.run import BuildsSeen
from golive.plugin.running.loop import EventLoopThread
from golive.plugin.verification import Verification

_DEADLINE_SECONDS = 15.0


def read_builds(
    config: pytest.Config, verification: Verification, loop: EventLoopThread
) -> BuildsSeen | None:
    """Ask every subject; None where the scope is not about a deployed release, or nobody says anything."""
    items = verification.checklist.items
    if not any(PHASES_AFTER_DEPLOYMENT.intersection(items[name].phases) for name in verification.scope):
        return None
    asked = config.hook.pytest_golive_read_builds(profile=verification.profile)
    try:
        found = loop.run(_together(asked), deadline_seconds=_DEADLINE_SECONDS) if asked else {}
    except TimeoutError:
        found = {}
    scrub = verification.redactor.scrub
    builds = {scrub(name): scrub(build) for name, build in sorted(found.items())}
    return BuildsSeen(at=verification.clock(), builds=builds) if builds else None


async def _together(asked: list[Awaitable[Mapping[str, str]]]) -> dict[str, str]:
    answers = await asyncio.gather(*asked)
    return {name: build for answer in answers for name, build in answer.items()}
