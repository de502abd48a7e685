"""The five accounts that every rehearsal has, one per part that a check can play."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("3d8f5c52-6a4b-5f0e-9d0a-1f5b7f0c7a11")


@dataclass(frozen=True)
class Account:
    """One person who can sign in. `role` is "user" or "admin"; the password is in clear text."""

    id: str
    email: str
    display_name: str
    role: str
    password: str

    @property
    def spotify_id(self) -> str:
        """The account's name at the identity provider."""
        return self.email.partition("@")[0]


@dataclass(frozen=True)
class Accounts:
    """Listener and friend have clearly different preferences; newcomer and outsider have no history."""

    listener: Account
    friend: Account
    newcomer: Account
    outsider: Account
    admin: Account

    def __iter__(self) -> Iterator[Account]:
        yield from (self.listener, self.friend, self.newcomer, self.outsider, self.admin)

    @staticmethod
    def generate() -> Accounts:
        """Accounts with stable ids and addresses, and passwords that only this run knows."""
        return Accounts(
            listener=_account("listener", "Lena Listener"),
            friend=_account("friend", "Finn Friend"),
            newcomer=_account("newcomer", "Nia Newcomer"),
            outsider=_account("outsider", "Otto Outsider"),
            admin=_account("admin", "Ada Admin", role="admin"),
        )


def _account(part: str, display_name: str, *, role: str = "user") -> Account:
    return Account(
        id=str(uuid.uuid5(_NAMESPACE, part)),
        email=f"golive-{part}@audotics.test",
        display_name=display_name,
        role=role,
        password=secrets.token_urlsafe(18),
    )
