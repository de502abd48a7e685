"""Who asked: by the token that a request carries, learned where tokens are handed out. No token is kept."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from golive.exposure.rules_personal import plain_address
from golive.exposure.rules_secrets import claims_of, persons_of

_MOST_TOKENS = 20_000
NOBODY = "nobody"
ANOTHER = "the bearer of another token"


@dataclass(slots=True)
class Asker:
    """A person, as far as requests tell."""

    label: str
    owners: set[str] = field(default_factory=set)
    """Addresses and ids that are theirs, in lower case."""


class Askers:
    """Tells whose a token is.

    Args:
        accounts: the profile's test accounts: role, address and id where it is known.
    """

    def __init__(self, accounts: Iterable[tuple[str, str, str | None]]) -> None:
        self._by_owner: dict[str, Asker] = {}
        self._by_token: dict[bytes, Asker] = {}
        for role, address, identity in accounts:
            asker = Asker(role, {plain_address(address), *([identity.lower()] if identity else [])})
            self._by_owner.update(dict.fromkeys(asker.owners, asker))

    @property
    def addresses(self) -> frozenset[str]:
        """Addresses of everybody who is known."""
        return frozenset(owner for owner in self._by_owner if "@" in owner)

    def of_address(self, address: str) -> Asker:
        """Return whose an address is; whoever is not known is an account that the run made, from now on."""
        plain = plain_address(address)
        return self._by_owner.setdefault(plain, Asker("an account of this run", {plain}))

    def of_role(self, role: str) -> Asker:
        """Return the account of a role."""
        known = (asker for asker in self._by_owner.values() if asker.label == role)
        return next(known, Asker(role))

    def of(self, credentials: Iterable[str]) -> Asker:
        """Return whose request carried ``credentials``."""
        given = tuple(credentials)
        for one in given:
            known = self._by_token.get(_digest(one))
            if known is not None:
                return known
        for one in given:
            named = {
                owner if "@" not in owner else plain_address(owner) for owner in persons_of(claims_of(one))
            }
            known = next((self._by_owner[owner] for owner in named if owner in self._by_owner), None)
            if known is not None:
                known.owners |= named
                return known
            if named:
                return Asker(ANOTHER, named)
        carries = any(one.startswith("Bearer ") or "=" in one for one in given)
        return Asker(ANOTHER if carries else NOBODY)

    def learn(self, asker: Asker, token: str) -> None:
        """Remember a token that was handed out to somebody."""
        if len(self._by_token) < _MOST_TOKENS:
            self._by_token[_digest(token)] = asker
        asker.owners |= persons_of(claims_of(token))

    def is_own(self, asker: Asker, text: str) -> bool:
        """Whether a text is a token that was handed out to the same person."""
        return self._by_token.get(_digest(text)) is asker


def _digest(token: str) -> bytes:
    return hashlib.blake2b(token.encode(errors="replace"), digest_size=16).digest()
