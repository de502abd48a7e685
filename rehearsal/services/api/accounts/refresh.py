"""Rotating refresh tokens. A token that comes twice was stolen: its whole family dies.

A family is everything that grew from one sign-in: refresh tokens, and the access tokens issued with
them. It is kept in the cache under the digests of the tokens, never the tokens themselves.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from rehearsal.services.api.accounts.tokens import AccessTokens
from rehearsal.services.api.cache import Cache


@dataclass(frozen=True)
class TokenPair:
    """What a sign-in or a refresh hands out; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class InvalidRefresh(Exception):
    """The refresh token is unknown, used already, expired or revoked."""


class TokenFamilies:
    """Issues pairs, rotates them, and revokes tokens and families."""

    REFRESH_SECONDS = 30 * 86400

    def __init__(self, cache: Cache, tokens: AccessTokens) -> None:
        self._cache = cache
        self._tokens = tokens
        self._revoked_seconds = max(tokens.lifetime_seconds, 86400)
        self.tell: Callable[[Collection[str]], Awaitable[None]] = _nobody
        """Told the ids of access tokens that have just been revoked."""

    async def issue(self, user_id: str, email: str, family: str | None = None) -> TokenPair:
        """A new pair, in a new family unless one is given."""
        family = family or secrets.token_hex(16)
        access, token_id = self._tokens.issue(user_id, email)
        refresh = secrets.token_urlsafe(32)
        await self._cache.put(f"refresh:{digest_of(refresh)}", f"{family} {user_id}", self.REFRESH_SECONDS)
        await self._cache.put(f"family-of:{token_id}", family, self._tokens.lifetime_seconds)
        await self._cache.add_member(f"family:{family}", token_id, self.REFRESH_SECONDS)
        await self._cache.add_member(f"families-of:{user_id}", family, self.REFRESH_SECONDS)
        if await self.is_dead(family):
            # It was revoked while this pair was made.
            await self._revoke(token_id)
        return TokenPair(access, refresh, self._tokens.lifetime_seconds)

    async def redeem(self, refresh_token: str) -> tuple[str, str]:
        """Use a refresh token up; returns (user id, family). Raises InvalidRefresh."""
        digest = digest_of(refresh_token)
        stored = await self._cache.get(f"refresh:{digest}")
        if stored is None:
            raise InvalidRefresh
        family, user_id = stored.split(" ", 1)
        fresh = await self._cache.put(f"used:{digest}", "1", self.REFRESH_SECONDS, only_if_absent=True)
        if not fresh:
            await self.revoke_family(family)
        if not fresh or await self.is_dead(family):
            raise InvalidRefresh
        return user_id, family

    async def revoke_family(self, family: str) -> None:
        """Kill all refresh and access tokens of one sign-in."""
        await self._cache.put(f"dead:{family}", "1", self.REFRESH_SECONDS)
        await self._revoke(*await self._cache.members(f"family:{family}"))

    async def revoke_all(self, user_id: str) -> None:
        """Kill everything that one person ever signed in for."""
        for family in await self._cache.members(f"families-of:{user_id}"):
            await self.revoke_family(family)

    async def is_dead(self, family: str) -> bool:
        return await self._cache.get(f"dead:{family}") is not None

    async def sign_out(self, token_id: str) -> None:
        """Revoke an access token and everything that came with it."""
        await self._revoke(token_id)
        family = await self.family_of(token_id)
        if family is not None:
            await self.revoke_family(family)

    async def family_of(self, token_id: str) -> str | None:
        """The sign-in that an access token grew from, while the token lives."""
        return await self._cache.get(f"family-of:{token_id}")

    async def is_revoked(self, token_id: str) -> bool:
        key = f"revoked:{token_id}"
        # A cache that was lost and came back has forgotten; who was told of it has not.
        return self._cache.remembered(key) is not None or await self._cache.get(key) is not None

    def remember(self, token_ids: Collection[str]) -> None:
        """Know that these access tokens were revoked, at whichever replica."""
        for token_id in token_ids:
            self._cache.remember(f"revoked:{token_id}", "1", self._revoked_seconds)

    async def _revoke(self, *token_ids: str) -> None:
        for token_id in token_ids:
            await self._cache.put(f"revoked:{token_id}", "1", self._revoked_seconds)
        if token_ids:
            await self.tell(token_ids)


async def _nobody(_token_ids: Collection[str]) -> None:
    return None


def digest_of(token: str) -> str:
    """The name under which the cache keeps a refresh token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
