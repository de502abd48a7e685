"""The second deployment's cookie: renewed while somebody is here, and by nobody who is signed out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection

import jwt
import pytest

from rehearsal.services.api.accounts.refresh import TokenFamilies, TokenPair
from rehearsal.services.api.accounts.tokens import AccessTokens
from rehearsal.services.api.cache import Cache
from rehearsal.services.api.v2.sliding import SlidingTokens

LIFE = 900


class Deployment:
    """Its tokens, and a clock that a test can move; `now` in seconds of Unix time."""

    def __init__(self) -> None:
        self.tokens = AccessTokens("a key of enough bytes for a signature", LIFE)
        self.families = TokenFamilies(Cache("redis://127.0.0.1:1/0"), self.tokens)
        self.now = time.time()
        self.sliding = SlidingTokens(self.tokens, self.families, lambda: self.now)

    async def sign_in(self) -> TokenPair:
        return await self.families.issue("lena", "lena@audotics.test")


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


def test_a_token_in_the_second_half_of_its_life_has_a_successor_of_the_same_sign_in(deployment) -> None:
    async def scene() -> None:
        token = (await deployment.sign_in()).access_token
        assert await deployment.sliding.successor(token) is None
        deployment.now += 0.6 * LIFE
        successor = await deployment.sliding.successor(token)
        assert successor is not None
        assert successor != token
        await deployment.families.sign_out(deployment.tokens.verify(token).token_id)
        assert await deployment.families.is_revoked(deployment.tokens.verify(successor).token_id)

    asyncio.run(scene())


def test_who_signed_out_gets_no_successor(deployment) -> None:
    async def scene() -> None:
        token = (await deployment.sign_in()).access_token
        await deployment.families.sign_out(deployment.tokens.verify(token).token_id)
        deployment.now += 0.6 * LIFE
        assert await deployment.sliding.successor(token) is None

    asyncio.run(scene())


def test_what_is_no_token_of_ours_gets_no_successor(deployment) -> None:
    async def scene() -> None:
        now = int(time.time())
        claims = {
            "id": "lena",
            "email": "lena@audotics.test",
            "iat": now,
            "exp": now + 60,
            "jti": "elsewhere",
        }
        minted = jwt.encode(claims, deployment.tokens.key, "HS256")
        ended = jwt.encode({**claims, "exp": now - 60}, deployment.tokens.key, "HS256")
        for token in ("", "nonsense", minted, ended):
            assert await deployment.sliding.successor(token) is None

    asyncio.run(scene())


def test_what_was_revoked_at_another_replica_stays_revoked_without_a_cache(deployment) -> None:
    other = Deployment()

    async def scene() -> None:
        token_id = deployment.tokens.verify((await deployment.sign_in()).access_token).token_id
        told: list[str] = []

        async def tell(token_ids: Collection[str]) -> None:
            told.extend(token_ids)

        deployment.families.tell = tell
        await deployment.families.sign_out(token_id)
        assert not await other.families.is_revoked(token_id)
        other.families.remember(told)
        assert await other.families.is_revoked(token_id)

    asyncio.run(scene())
