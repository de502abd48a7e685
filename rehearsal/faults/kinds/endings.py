"""Kind C3, what ends must end everywhere: and codes that open something must not be guessed."""

from __future__ import annotations

import secrets
import time
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.errors import not_found

LINES = ("step.smoke.auth", "step.smoke.websocket", "post.critical")
REMEMBERED_SECONDS = 60.0


class LeftStillHearsElsewhere(ApiFault):
    """Who leaves by HTTP at one replica goes on hearing at the other."""

    name = "endings.left-still-hears-elsewhere"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_who_left_hears_and_changes_nothing",)

    def modify(self, app: Any) -> None:
        _only_here(app, "expel")


class EndedRoomStaysOpenElsewhere(ApiFault):
    """A session that ended is told at the replica where it was ended, and nowhere else."""

    name = "endings.end-is-told-at-one-replica"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_ended_session_is_over_on_open_connections",)

    def modify(self, app: Any) -> None:
        healthy = app.realtime.to_room

        async def to_room(session_id: str, kind: str, data: dict[str, Any]) -> None:
            if kind != "session_ended":
                await healthy(session_id, kind, data)
                return
            event = {"type": kind, "sessionId": session_id, "data": data}
            message = {"method": "emit", "event": "session_event", "data": [event], "namespace": "/"}
            await app.realtime.broadcast._handle_emit({**message, "room": f"session:{session_id}"})

        app.realtime.to_room = to_room
        _only_here(app, "close")


def _only_here(app: Any, order: str) -> None:
    """Have an order carried out by the replica that gives it, and by no other."""
    broadcast = app.realtime.broadcast
    healthy = broadcast.order

    async def given(name: str, **what: Any) -> None:
        if name == order:
            await broadcast.orders[name](**what)
        else:
            await healthy(name, **what)

    broadcast.order = given


class SignOutKeepsSockets(ApiFault):
    """Signing out ends no connection that stands: it goes on hearing, and may change the playlist."""

    name = "endings.sign-out-keeps-sockets"
    expected_failures = LINES
    proves = (
        "test_who_signed_out_hears_and_changes_nothing",
        "test_who_was_deleted_hears_and_changes_nothing",
    )

    def modify(self, app: Any) -> None:
        async def nothing(_token_ids: Any) -> None:
            return None

        async def is_over(_caller: Caller) -> bool:
            return False

        app.families.tell = nothing
        app.access.is_over = is_over


class SignOutKeepsSocketsElsewhere(ApiFault):
    """Signing out ends the connections of that replica, and none of the others."""

    name = "endings.sign-out-keeps-sockets-elsewhere"
    expected_failures = LINES
    proves = ("test_who_signed_out_hears_and_changes_nothing",)

    def modify(self, app: Any) -> None:
        async def is_over(_caller: Caller) -> bool:
            return False

        app.access.is_over = is_over
        _only_here(app, "cut_off")


class SignOutOnlyDeafens(ApiFault):
    """A signed-out person's connection hears nothing any more, and may still change the playlist."""

    name = "endings.sign-out-only-deafens"
    expected_failures = LINES
    proves = ("test_who_signed_out_hears_and_changes_nothing",)

    def modify(self, app: Any) -> None:
        realtime = app.realtime

        async def is_over(_caller: Caller) -> bool:
            return False

        async def deafen(token_ids: list[str]) -> None:
            for sid, caller in list(realtime._callers.items()):
                for session_id in list(realtime._rooms.get(sid, ())) if caller.token_id in token_ids else ():
                    await realtime._take_out(sid, session_id)

        app.access.is_over = is_over
        realtime.broadcast.orders["cut_off"] = deafen


class EndedSessionJoinable(ApiFault):
    """A session that has ended can still be joined, read and changed."""

    name = "endings.ended-session-joinable"
    expected_failures = LINES
    proves = (
        "test_leaving_and_ending_are_known_everywhere",
        "test_ended_session_is_over_on_open_connections",
    )

    def modify(self, app: Any) -> None:
        async def find(session_id: str) -> Any:
            row = await app.database.row(
                'SELECT id, name, "creatorId", "createdAt" FROM "GroupSession" WHERE id = $1', session_id
            )
            if row is None:
                raise not_found("Session")
            return row

        app.sessions._find = find


class LeftStillReads(ApiFault):
    """Each replica remembers for a minute who is a member: who has left still reads at the other."""

    name = "endings.left-still-reads"
    expected_failures = LINES
    proves = ("test_leaving_and_ending_are_known_everywhere", "test_who_left_hears_and_changes_nothing")

    def modify(self, app: Any) -> None:
        healthy, leave = app.sessions.is_member, app.sessions.leave
        remembered: dict[tuple[str, str], float] = {}

        async def is_member(session_id: str, user_id: str) -> bool:
            if remembered.get((session_id, user_id), 0.0) > time.monotonic():
                return True
            found: bool = await healthy(session_id, user_id)
            if found:
                remembered[session_id, user_id] = time.monotonic() + REMEMBERED_SECONDS
            return found

        async def forget(session_id: str, caller: Caller) -> bool:
            ended: bool = await leave(session_id, caller)
            remembered.pop((session_id, caller.id), None)
            return ended

        app.sessions.is_member, app.sessions.leave = is_member, forget


class RemovedAccountsTokenLives(ApiFault):
    """The tokens of an account that was removed go on being accepted."""

    name = "endings.removed-accounts-token-lives"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_deletion_is_known_everywhere",)

    def modify(self, app: Any) -> None:
        healthy = app.access.authenticate

        async def authenticate(token: str) -> Caller:
            claims = app.tokens.verify(token)
            if await app.users.email(claims.user_id) is None:
                return Caller(claims.user_id, claims.email, "Somebody", "user", claims.token_id)
            caller: Caller = await healthy(token)
            return caller

        app.access.authenticate = authenticate


class RemovalHidesOnly(ApiFault):
    """Removing an account is answered as done, and it still signs in."""

    name = "endings.removal-hides-only"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_deletion_is_known_everywhere",)

    def modify(self, app: Any) -> None:
        async def delete(_user_id: str) -> None:
            return None

        app.users.delete = delete


class RemovalKeepsSockets(ApiFault):
    """The connections of an account that was removed go on hearing its sessions."""

    name = "endings.removal-keeps-sockets"
    expected_failures = LINES
    proves = ("test_who_was_deleted_hears_and_changes_nothing",)

    def modify(self, app: Any) -> None:
        async def nothing(*_: Any) -> list[Any]:
            return []

        tell = app.families.tell

        async def told(token_ids: Any) -> None:
            # Signing out is in order: only what removal should end as well stays.
            if not removing:
                await tell(token_ids)

        removing: list[str] = []
        healthy = app.families.revoke_all

        async def revoke_all(user_id: str) -> None:
            removing.append(user_id)
            await healthy(user_id)
            removing.clear()

        app.families.tell, app.families.revoke_all = told, revoke_all
        app.sessions.of_person = nothing
        required = app.access.required

        def caller_of(request: Any) -> Caller:
            caller: Caller = required(request)
            if request.method == "DELETE" and request.url.path == "/users/me":
                removing.append(caller.id)
            return caller

        app.access.required = caller_of


class CodesCountedUp(ApiFault):
    """Sessions are numbered: who has one code knows the next."""

    name = "endings.codes-counted-up"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_codes_of_sessions_cannot_be_guessed",)

    def modify(self, app: Any) -> None:
        async def new_code() -> str:
            number, _ = await app.cache.increment("session-codes", 86400)
            known = await app.database.value('SELECT count(*) FROM "GroupSession"')
            return f"room{1000 + known + number:08d}"

        app.sessions.new_code = new_code


class CodesOfFourDigits(ApiFault):
    """The code of a session has four digits, which are tried in a minute."""

    name = "endings.codes-of-four-digits"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_codes_of_sessions_cannot_be_guessed",)

    def modify(self, app: Any) -> None:
        async def new_code() -> str:
            while True:
                code = f"{secrets.randbelow(10_000):04d}"
                if not await app.database.value('SELECT 1 FROM "GroupSession" WHERE id = $1', code):
                    return code

        app.sessions.new_code = new_code


class CodesFromTheClock(ApiFault):
    """The code of a session is the time of its beginning, in hexadecimal."""

    name = "endings.codes-from-the-clock"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_codes_of_sessions_cannot_be_guessed",)

    def modify(self, app: Any) -> None:
        async def new_code() -> str:
            return f"{time.time_ns() // 100_000:x}"

        app.sessions.new_code = new_code
