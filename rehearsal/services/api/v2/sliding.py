"""Whoever is here stays signed in: the token in the cookie is renewed in the second half of its life."""

from __future__ import annotations

import time
from collections.abc import Callable

from rehearsal.services.api.accounts.refresh import TokenFamilies
from rehearsal.services.api.accounts.tokens import AccessTokens, InvalidToken


class SlidingTokens:
    """There is no refresh token in this deployment: who is away for a whole life of it is signed out."""

    def __init__(
        self, tokens: AccessTokens, families: TokenFamilies, clock: Callable[[], float] = time.time
    ) -> None:
        self._tokens = tokens
        self._families = families
        self._clock = clock

    async def successor(self, token: str) -> str | None:
        """The token to go on with, of the same sign-in; None while this one is fresh, or when it is none."""
        try:
            claims = self._tokens.verify(token)
        except InvalidToken:
            return None
        if claims.expires - self._clock() > self._tokens.lifetime_seconds / 2:
            return None
        family = await self._families.family_of(claims.token_id)
        if family is None or await self._families.is_dead(family):
            return None
        return (await self._families.issue(claims.user_id, claims.email, family)).access_token
