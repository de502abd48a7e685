"""Who is calling: from the bearer token to a user that exists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

from rehearsal.services.api.accounts.refresh import TokenFamilies
from rehearsal.services.api.accounts.tokens import AccessTokens, InvalidToken
from rehearsal.services.api.database import Database
from rehearsal.services.api.errors import forbidden, unauthorized


@dataclass(frozen=True)
class Caller:
    """The signed-in user of a request; `token_id` names the access token."""

    id: str
    email: str
    display_name: str
    role: str
    token_id: str

    @property
    def public(self) -> dict[str, str]:
        """What other people may see."""
        return {"id": self.id, "displayName": self.display_name}


class Access:
    """Accepts or refuses bearer tokens."""

    def __init__(self, tokens: AccessTokens, families: TokenFamilies, database: Database) -> None:
        self._tokens = tokens
        self._families = families
        self._database = database

    async def authenticate(self, token: str) -> Caller:
        """The user of a token. Raises InvalidToken: also for a revoked token or a deleted user."""
        claims = self._tokens.verify(token)
        if await self._families.is_revoked(claims.token_id):
            raise InvalidToken("revoked")
        row = await self._database.row(
            'SELECT id, email, "displayName", role FROM "User" WHERE id = $1', claims.user_id
        )
        if row is None:
            raise InvalidToken("the user does not exist")
        return Caller(row["id"], row["email"], row["displayName"], row["role"], claims.token_id)

    def have_ended(self, token_ids: Collection[str]) -> None:
        """Accept these tokens no more, for they were revoked at whichever replica."""
        self._families.remember(token_ids)

    async def is_over(self, caller: Caller) -> bool:
        """Whether what somebody came in with has ended since: by signing out, or with the account."""
        return await self._families.is_revoked(caller.token_id)

    def required(self, request: Request) -> Caller:
        """The caller of a protected route. 401 without a valid token."""
        caller: Caller | None = request.scope.get("caller")
        if caller is None:
            raise unauthorized()
        return caller

    def administrator(self, request: Request) -> Caller:
        """The caller of an administrators' route. 401 without a token, 403 for everybody else."""
        caller = self.required(request)
        if caller.role != "admin":
            raise forbidden("Administrators only")
        return caller


def bearer_token(header: str) -> str | None:
    """The token of an Authorization header; the scheme's name is case-insensitive (RFC 9110, 11.1)."""
    scheme, _, token = header.strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
