"""Which account plays a role: a writing check may be given another than the role's own, for its length."""

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from golive.api.profile_sign_in import ACCOUNTS
from golive.profile.profile import Profile

accounts_in_play: ContextVar[Mapping[str, str]] = ContextVar(
    "golive_accounts_in_play", default=MappingProxyType({})
)
"""Role to the name of the account that plays it in the running check; its own where nothing is said."""


def player_of(role: str) -> str:
    """Return the account that plays ``role`` in the running check: what a journal must name."""
    return accounts_in_play.get().get(role, role)


@runtime_checkable
class Playable(Protocol):
    """A role that another account may play."""

    async def be_ready(self) -> None:
        """Have whoever plays it in the running check signed in."""


def players(profile: Profile, role: str) -> tuple[str, ...]:
    """Return the accounts that can play ``role``: those that are ``like`` it, then its own."""
    alike = [name for name, account in ACCOUNTS.of(profile).items() if account.like == role]
    return (*alike, role)
