"""Leaving a session that is answered well, and is none."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller

CHECKS = ("test_who_leaves_a_session_has_left_it",)
LINES = ("step.smoke.auth", "post.critical")


class LeavingDoesNothing(ApiFault):
    """Whoever leaves a session is told so, and is its member still."""

    name = "leaving.does-nothing"
    expected_failures = LINES
    proves = CHECKS

    def modify(self, app: Any) -> None:
        async def leave(session_id: str, caller: Caller) -> bool:
            await app.sessions.require_member(session_id, caller.id)
            return False

        app.sessions.leave = leave


class OnlyOwnersLeave(ApiFault):
    """Only a session's owner can leave it; a member who does stays one."""

    name = "leaving.only-of-owners"
    expected_failures = LINES
    proves = CHECKS

    def modify(self, app: Any) -> None:
        healthy = app.sessions.leave

        async def leave(session_id: str, caller: Caller) -> bool:
            session = await app.sessions.require_member(session_id, caller.id)
            return bool(session["creatorId"] == caller.id and await healthy(session_id, caller))

        app.sessions.leave = leave


class OwnersLeavingEndsNothing(ApiFault):
    """The room is told that its session is over when the owner leaves, and the session goes on."""

    name = "leaving.of-owners-ends-nothing"
    expected_failures = LINES
    proves = CHECKS

    def modify(self, app: Any) -> None:
        healthy = app.sessions.leave

        async def leave(session_id: str, caller: Caller) -> bool:
            session = await app.sessions.require_member(session_id, caller.id)
            return bool(session["creatorId"] == caller.id or await healthy(session_id, caller))

        app.sessions.leave = leave
