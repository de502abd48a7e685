"""Password hashes (argon2id), with the same work for an unknown user as for a wrong password."""

from __future__ import annotations

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


class Passwords:
    """Hashing happens in threads, so that other requests go on meanwhile."""

    def __init__(self) -> None:
        # The same cost as the seeded hashes: a check against another cost would take another time.
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, _composed(password))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether the password belongs to the stored hash. None, for an unknown user, costs the same."""
        verified = await asyncio.to_thread(self._verify, password, stored or self._nobody)
        return verified and stored is not None

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, _composed(password))
        except (Argon2Error, InvalidHashError):
            return False


def _composed(password: str) -> str:
    """One form for an accent, which keyboards write in two (RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password)
