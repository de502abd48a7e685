"""Defects of signing in: what refusals tell, and what a stolen refresh token is good for."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.accounts.refresh import digest_of
from rehearsal.services.api.errors import unauthorized

HASH_SECONDS = 0.12


class SaysUnknownUser(ApiFault):
    """A sign-in says in words that the address is unknown."""

    name = "sign-in.says-unknown-user"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_unknown_user_is_refused_like_a_wrong_password",)

    def modify(self, app: Any) -> None:
        healthy = app.users.credentials

        async def credentials(email: str) -> tuple[str | None, str | None]:
            user_id, stored = await healthy(email)
            if user_id is None:
                raise unauthorized("There is no account with this e-mail")
            return user_id, stored

        app.users.credentials = credentials


class TimeTellsUnknownUser(ApiFault):
    """An unknown address is refused sooner, because no password is hashed."""

    name = "sign-in.time-tells-unknown-user"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_time_does_not_tell_an_unknown_user",)

    def modify(self, app: Any) -> None:
        healthy = app.passwords.matches

        async def matches(password: str, stored: str | None) -> bool:
            if stored is None:
                return False
            # What a hash costs in production; the rehearsal's own are made to be cheap.
            await asyncio.sleep(HASH_SECONDS)
            return bool(await healthy(password, stored))

        app.passwords.matches = matches


class RefreshTokensAreCounted(ApiFault):
    """Refresh tokens are numbers in a row."""

    name = "sign-in.refresh-tokens-are-counted"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_every_sign_in_has_tokens_of_its_own",)

    def modify(self, app: Any) -> None:
        healthy = app.families.issue
        numbers = itertools.count(1)

        async def issue(user_id: str, email: str, family: str | None = None) -> Any:
            pair = await healthy(user_id, email, family)
            counted = f"{app.settings.instance}-refresh-token-{next(numbers):020d}"
            stored = await app.cache.get(f"refresh:{digest_of(pair.refresh_token)}")
            await app.cache.put(f"refresh:{digest_of(counted)}", stored, app.families.REFRESH_SECONDS)
            return type(pair)(pair.access_token, counted, pair.expires_in)

        app.families.issue = issue


class ReplaySparesFamily(ApiFault):
    """A replayed refresh token is refused, but the thief keeps what grew from it."""

    name = "sign-in.replay-spares-family"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_replayed_refresh_token_kills_its_family",)

    def modify(self, app: Any) -> None:
        redeem, revoke = app.families.redeem, app.families.revoke_family

        async def quiet(refresh_token: str) -> tuple[str, str]:
            app.families.revoke_family = _nothing
            try:
                found: tuple[str, str] = await redeem(refresh_token)
                return found
            finally:
                app.families.revoke_family = revoke

        app.families.redeem = quiet


async def _nothing(_family: str) -> None:
    return None
