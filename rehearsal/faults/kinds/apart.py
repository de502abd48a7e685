"""Further forms of kinds C1 to C3 and C7, in places that the first ones leave out."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault
from rehearsal.faults.kinds.writers import _NoLock
from rehearsal.services.api.accounts.access import Caller
from rehearsal.services.api.accounts.tokens import InvalidToken
from rehearsal.services.api.errors import ApiError
from rehearsal.services.api.live.sessions import PlaylistChange

SHARED_SECONDS = 0.02


class SearchesMixedUp(ApiFault):
    """Searches that come while one is under way get its answer, whatever they ask for."""

    name = "answers.searches-mixed-up"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_every_search_answers_its_own_question",)

    def modify(self, app: Any) -> None:
        latest: list[bytes] = []
        underway = [0]

        def change(_scope: dict[str, Any], answer: Answer) -> None:
            underway[0] -= 1
            if answer.status != 200:
                return
            if latest and underway[0]:
                answer.body = latest[-1]
            latest[:] = [answer.body]

        rewrite(app, change, "/nlp-recommendations")
        build = app.asgi

        def asgi() -> Any:
            inner = build()

            async def counted(scope: dict[str, Any], receive: Any, send: Any) -> None:
                if scope["type"] == "http" and scope["path"].startswith("/nlp-recommendations"):
                    underway[0] += 1
                    await asyncio.sleep(SHARED_SECONDS)
                await inner(scope, receive, send)

            return counted

        app.asgi = asgi


class HandshakesMixedUp(ApiFault):
    """Connections that are opened at the same moment are all the last one's."""

    name = "answers.handshakes-mixed-up"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_every_connection_is_its_owners",)

    def modify(self, app: Any) -> None:
        healthy = app.realtime.authenticate
        latest: list[Caller] = []

        async def authenticate(auth: Any) -> Caller:
            latest[:] = [await healthy(auth)]
            await asyncio.sleep(SHARED_SECONDS)
            return latest[0]

        app.realtime.authenticate = authenticate


class SignInsMixedUp(ApiFault):
    """Of several who sign in at the same moment all get the last one's tokens."""

    name = "answers.sign-ins-mixed-up"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_every_sign_in_opens_its_own_account",)

    def modify(self, app: Any) -> None:
        healthy = app.families.issue
        latest: list[tuple[str, str]] = []

        async def issue(user_id: str, email: str, family: str | None = None) -> Any:
            latest[:] = [(user_id, email)]
            await asyncio.sleep(SHARED_SECONDS)
            return await healthy(*latest[0], family)

        app.families.issue = issue


class SignOutKnownAtOneReplica(ApiFault):
    """Each replica keeps in its memory who has signed out, and knows nothing of the other's."""

    name = "endings.sign-out-known-at-one-replica"
    expected_failures = ("step.smoke.auth", "step.smoke.websocket", "post.critical")
    proves = ("test_sign_out_is_known_everywhere",)

    def modify(self, app: Any) -> None:
        revoke = app.families._revoke
        here: set[str] = set()

        async def revoked_here(*token_ids: str) -> None:
            here.update(token_ids)
            await revoke(*token_ids)

        async def is_revoked(token_id: str) -> bool:
            return token_id in here

        app.families._revoke, app.families.is_revoked = revoked_here, is_revoked


class OldTokensOpenNewAccounts(ApiFault):
    """People are known by the address in their token, which opens whatever account has the address next."""

    name = "endings.old-tokens-open-new-accounts"
    expected_failures = ("step.smoke.auth", "step.smoke.websocket", "post.critical")
    proves = ("test_new_account_of_an_old_address_is_a_new_one",)

    def modify(self, app: Any) -> None:
        healthy = app.access.authenticate

        async def authenticate(token: str) -> Caller:
            try:
                caller: Caller = await healthy(token)
            except InvalidToken:
                claims = app.tokens.verify(token)
                user_id, _ = await app.users.credentials(claims.email)
                if user_id is None or user_id == claims.user_id:
                    raise
                caller = Caller(user_id, claims.email, "Somebody", "user", claims.token_id)
            return caller

        app.access.authenticate = authenticate


class SearchInAnotherEncoding(ApiFault):
    """What was searched for comes back in another encoding: Ã« for ë."""

    name = "text.search-in-another-encoding"
    expected_failures = ("step.smoke.journeys", "post.critical")
    proves = ("test_search_is_for_what_was_typed",)

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            if answer.json is not None:
                text = json.dumps(answer.json, ensure_ascii=False).encode(errors="surrogatepass")
                answer.body = text.decode("latin-1").encode()

        rewrite(app, change, "/nlp-recommendations")


class SessionsMixedUp(ApiFault):
    """Whoever reads a session while somebody else reads another gets that one."""

    name = "answers.sessions-mixed-up"
    expected_failures = ("step.smoke.auth", "step.smoke.websocket", "post.critical")
    proves = ("test_every_session_is_its_askers",)

    def modify(self, app: Any) -> None:
        healthy = app.sessions.view
        latest: list[tuple[str, Caller]] = []

        async def view(session_id: str, caller: Caller) -> Any:
            latest[:] = [(session_id, caller)]
            await asyncio.sleep(SHARED_SECONDS)
            return await healthy(*latest[0])

        app.sessions.view = view


class ReplacedListsMixed(ApiFault):
    """A list that replaces the playlist is written song by song: two that come at once are mixed."""

    name = "writers.replaced-lists-mixed"
    expected_failures = ("step.smoke.websocket", "post.critical")
    proves = ("test_replacing_at_the_same_time_leaves_one_whole_list",)

    def modify(self, app: Any) -> None:
        healthy = app.sessions.change

        async def change(
            session_id: str, caller: Caller, action: str, track_ids: Sequence[str], tell: Any
        ) -> PlaylistChange:
            if action != "replace" or len(track_ids) < 2:
                made: PlaylistChange = await healthy(session_id, caller, action, track_ids, tell)
                return made
            made = await healthy(session_id, caller, "replace", track_ids[:1], _nobody)
            for track_id in track_ids[1:]:
                await asyncio.sleep(SHARED_SECONDS)
                with contextlib.suppress(ApiError):
                    made = await healthy(session_id, caller, "add", [track_id], _nobody)
            whole = dataclasses.replace(made, action="replace")
            await tell(whole)
            return whole

        app.sessions.change = change
        # The queue of a replica would keep the two apart where both come to it.
        app.realtime._order = defaultdict(_NoLock)


async def _nobody(_made: PlaylistChange) -> None:
    return None
