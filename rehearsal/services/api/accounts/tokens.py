"""Access tokens: JWT, HS256, with the claims id, email, iat, exp and jti."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt


class InvalidToken(Exception):
    """The token is not one that this API accepts; the message says why and is not for callers."""


@dataclass(frozen=True)
class Claims:
    """What an accepted token says. `token_id` names the token for revocation; `expires` is Unix time."""

    user_id: str
    email: str
    token_id: str
    expires: int


class AccessTokens:
    """Issues and verifies access tokens; knows nothing about revocation."""

    def __init__(self, key: str, lifetime_seconds: int) -> None:
        self.key = key
        self.lifetime_seconds = lifetime_seconds
        self.algorithms = ["HS256"]
        self.options: Any = {"require": ["id", "email", "iat", "exp"]}

    def issue(self, user_id: str, email: str) -> tuple[str, str]:
        """A new token and its id."""
        token_id = str(uuid.uuid4())
        now = int(time.time())
        claims = {
            "id": user_id,
            "email": email,
            "iat": now,
            "exp": now + self.lifetime_seconds,
            "jti": token_id,
        }
        return jwt.encode(claims, self.key, "HS256"), token_id

    def verify(self, token: str) -> Claims:
        """The claims of a token that is well-formed, signed by us and valid now. Raises InvalidToken."""
        try:
            claims = jwt.decode(token, self.key, algorithms=self.algorithms, options=self.options)
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as problem:
            raise InvalidToken(str(problem)) from None
        return self.read(claims, token)

    def read(self, claims: dict[str, Any], token: str) -> Claims:
        """Typed claims. Raises InvalidToken when id, email or jti is not a text."""
        # A token that was minted elsewhere with our key may have no jti: its digest then names it.
        token_id = claims.get("jti") or hashlib.sha256(token.encode()).hexdigest()
        texts = (claims.get("id"), claims.get("email"), token_id)
        if not all(isinstance(value, str) and 0 < len(value) <= 254 for value in texts):
            raise InvalidToken("a claim is not a text")
        return Claims(str(claims["id"]), str(claims["email"]), token_id, int(claims.get("exp", 0)))
