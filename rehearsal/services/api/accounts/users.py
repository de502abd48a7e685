"""Accounts in the database."""

from __future__ import annotations

import uuid
from typing import Any

import asyncpg

from rehearsal.services.api.accounts.identity import Identity
from rehearsal.services.api.database import Database
from rehearsal.services.api.errors import ApiError

_OF_IDENTITY = """
INSERT INTO "User" (id, email, "displayName", "spotifyId", "spotifyAccessToken", "spotifyRefreshToken")
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ("spotifyId") DO UPDATE SET "spotifyAccessToken" = $5,
"spotifyRefreshToken" = $6, "updatedAt" = now() RETURNING id, email
"""


class Users:
    """Reads and writes accounts; what leaves here never contains a hash or a provider's token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def credentials(self, email: str) -> tuple[str | None, str | None]:
        """(user id, password hash) of an address; both None when it is unknown."""
        row = await self._database.row('SELECT id, "passwordHash" FROM "User" WHERE email = $1', email)
        return (row["id"], row["passwordHash"]) if row else (None, None)

    async def email(self, user_id: str) -> str | None:
        """The address of a user, or None when the user does not exist any more."""
        found: str | None = await self._database.value('SELECT email FROM "User" WHERE id = $1', user_id)
        return found

    async def create(self, email: str, password_hash: str, display_name: str) -> str:
        """A new account's id. ApiError 409 when the address is taken."""
        user_id = str(uuid.uuid4())
        try:
            await self._database.execute(
                'INSERT INTO "User" (id, email, "passwordHash", "displayName") VALUES ($1, $2, $3, $4)',
                user_id,
                email,
                password_hash,
                display_name,
            )
        except asyncpg.UniqueViolationError:
            raise ApiError(409, "This address is registered already") from None
        return user_id

    async def of_identity(self, identity: Identity) -> tuple[str, str] | None:
        """(id, address) of the account that belongs to a provider's identity; made when there is none.

        None when the address is that of another account: the provider does not say that it was verified,
        so it shows nobody's right to what is there.
        """
        values = (
            str(uuid.uuid4()),
            identity.email,
            identity.display_name,
            identity.spotify_id,
            identity.access_token,
            identity.refresh_token,
        )
        try:
            row = await self._database.row(_OF_IDENTITY, *values)
        except asyncpg.UniqueViolationError:
            return None
        return (row["id"], row["email"]) if row else None

    async def profile(self, user_id: str) -> dict[str, Any] | None:
        """A user's own profile."""
        row = await self._database.row(
            'SELECT u.id, u.email, u."displayName", u.role, u."createdAt", p.genres FROM "User" u'
            ' LEFT JOIN "UserPreference" p ON p."userId" = u.id WHERE u.id = $1',
            user_id,
        )
        if row is None:
            return None
        return {
            "id": row["id"],
            "email": row["email"],
            "displayName": row["displayName"],
            "role": row["role"],
            "createdAt": row["createdAt"].isoformat(),
            "preferences": {"genres": list(row["genres"] or [])},
        }

    async def delete(self, user_id: str) -> None:
        """Remove an account with everything that belongs to it."""
        await self._database.execute('DELETE FROM "User" WHERE id = $1', user_id)
