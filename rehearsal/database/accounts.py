"""The accounts that every rehearsal has, for each part that a check can play."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

_NAMESPACE = uuid.UUID("3d8f5c52-6a4b-5f0e-9d0a-1f5b7f0c7a11")
MORE = (2, 3)
"""Numbers of the further accounts of a part."""


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
    listeners: tuple[Account, ...]
    """More people with the listener's preferences, so that several checks can change one each."""
    friends: tuple[Account, ...]

    def __iter__(self) -> Iterator[Account]:
        yield from (self.listener, self.friend, self.newcomer, self.outsider, self.admin)
        yield from (*self.listeners, *self.friends)

    @staticmethod
    def generate() -> Accounts:
        """Accounts with stable ids and addresses, and passwords that only this run knows."""
        listener, friend = _account("listener", "Lena Listener"), _account("friend", "Finn Friend")
        return Accounts(
            listener=listener,
            friend=friend,
            listeners=tuple(_alike(listener, "listener", number) for number in MORE),
            friends=tuple(_alike(friend, "friend", number) for number in MORE),
            newcomer=_account("newcomer", "Nia Newcomer"),
            outsider=_account("outsider", "Otto Outsider"),
            admin=_account("admin", "Ada Admin", role="admin"),
        )


def _alike(account: Account, part: str, number: int) -> Account:
    """One more account for a part, with the same password."""
    alike = _account(f"{part}-{number}", f"{account.display_name} {number}")
    return replace(alike, password=account.password)


def _account(part: str, display_name: str, *, role: str = "user") -> Account:
    return Account(
        id=str(uuid.uuid5(_NAMESPACE, part)),
        email=f"golive-{part}@audotics.test",
        display_name=display_name,
        role=role,
        password=secrets.token_urlsafe(18),
    )
