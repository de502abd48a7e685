"""People who ask at the same time, and every place at which what has ended must have ended."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

import pytest

from golive.api.fixtures import ApiClient
from golive.api.fixtures_accounts import SignedIn
from golive.isolation.profile import ISOLATION, Isolation
from golive.isolation.rules_accounts import identities
from golive.isolation.rules_endings import Look
from golive.isolation.rules_whose import Heard
from golive.net.access import Access
from golive.net.errors import Refused
from golive.net.guard import Guard
from golive.profile.profile import Profile
from golive.profile.secrets import Secret
from golive.rules.http import expect_status

Answer = TypeVar("Answer")
PUBLIC = "the public address"
_BETWEEN_LOOKS = 0.1
"""Seconds between the first two looks at a place; each next pause is twice as long."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request may be sent: a replica, or through the edge and the balancer."""

    name: str
    base: str | None
    """Its URL; None: the public one."""


async def at_once(calls: Iterable[Callable[[], Awaitable[Answer]]]) -> list[Answer]:
    """Make every call at the same moment, and return their results in order.

    Raises:
        Exception: the first failure, once all have ended.
    """
    ready = asyncio.Event()

    async def waiting(call: Callable[[], Awaitable[Answer]]) -> Answer:
        await ready.wait()
        return await call()

    tasks = [asyncio.ensure_future(waiting(call)) for call in calls]
    await asyncio.sleep(0)
    ready.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if not isinstance(one, BaseException)]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Test accounts that ask the same questions, each alone and all at the same moment."""

    api: ApiClient
    people: Sequence[SignedIn]
    places: Sequence[Place]
    rules: Isolation

    async def alone(self, questions: Mapping[str, str]) -> list[Heard]:
        """Ask everything as each of them while the others wait, twice, at the public address.

        Args:
            questions: name to route; each answers a good GET.

        Raises:
            AssertionError: something is not answered well even alone.
        """
        heard = [
            Heard(person.role, what, PUBLIC, await self.api.get(route, token=person.token))
            # Back again the second time: who comes after whom is another one then.
            for person in (*self.people, *reversed(self.people))
            for what, route in questions.items()
        ]
        for one in heard:
            expect_status(one.answer, 200)
        return heard

    async def together(self, questions: Mapping[str, str]) -> list[Heard]:
        """Ask everything as everybody at the same moment, in rounds, at each place."""
        heard: list[Heard] = []
        for _ in range(self.rules.rounds):
            for place in self.places:
                # Neighbours in the burst are different people: the next request is always another's.
                calls = [
                    self._asking(person, what, route, place)
                    for _ in range(self.rules.at_once)
                    for what, route in questions.items()
                    for person in self.people
                ]
                heard += await at_once(calls)
        return heard

    def names(self, alone: Sequence[Heard], profile: str) -> dict[str, frozenset[str]]:
        """Return what names each of them: their address, and their id in the answer to ``profile``."""
        names = {person.role: {person.email.casefold()} for person in self.people}
        for one in alone:
            if one.what == profile:
                names[one.asker] |= {text.casefold() for text in identities(one.answer) if len(text) > 3}
        return {
            role: frozenset(mine).difference(*(names[other] for other in names if other != role))
            for role, mine in names.items()
        }

    def _asking(
        self, person: SignedIn, what: str, route: str, place: Place
    ) -> Callable[[], Awaitable[Heard]]:
        async def ask() -> Heard:
            answer = await self.api.get(route, token=person.token, base=place.base)
            return Heard(person.role, what, place.name, answer)

        return ask


@dataclass(frozen=True, slots=True)
class Doors:
    """Every place at which something may still open; asked again and again until it has ended there."""

    api: ApiClient
    places: Sequence[Place]
    rules: Isolation
    guard: Guard

    def acting(self, method: str, route: str = "/") -> tuple[Place, ...]:
        """Return the places to which the profile lets such a request go; the public one always."""

        def may(place: Place) -> bool:
            try:
                self.guard.permit(method, self.api.url(route, base=place.base, id="golive"))
            except Refused:
                return place.base is None
            return True

        return tuple(place for place in self.places if may(place))

    async def looks(
        self, method: str, route: str, *, token: Secret | str | None, **options: Any
    ) -> list[Look]:
        """Try once at each place, side by side."""
        answers = await asyncio.gather(
            *(
                self.api.request(method, route, token=token, base=place.base, **options)
                for place in self.places
            )
        )
        return [Look(place.name, answer) for place, answer in zip(self.places, answers, strict=True)]

    async def looks_after(
        self, method: str, route: str, *, token: Secret | str | None, **options: Any
    ) -> list[Look]:
        """Try at each place until all refuse, or the time that they may take to notice is over."""
        until, pause = monotonic() + self.rules.ended_within.total_seconds(), _BETWEEN_LOOKS
        while True:
            is_last = monotonic() >= until
            looks = await self.looks(method, route, token=token, **options)
            if is_last or all(look.refuses for look in looks):
                return looks
            await asyncio.sleep(min(pause, max(0.0, until - monotonic())))
            pause *= 2

    async def settled(
        self, read: Callable[[Place], Awaitable[Answer]], *, enough: Callable[[Answer], bool]
    ) -> dict[str, Answer]:
        """Read at each place until each shows ``enough``, or the time to settle is over."""
        until, pause = monotonic() + self.rules.settled_within.total_seconds(), _BETWEEN_LOOKS
        while True:
            is_last = monotonic() >= until
            found = await asyncio.gather(*(read(place) for place in self.places))
            if is_last or all(map(enough, found)):
                return {place.name: one for place, one in zip(self.places, found, strict=True)}
            await asyncio.sleep(min(pause, max(0.0, until - monotonic())))
            pause *= 2


@pytest.fixture(scope="session")
def places(api: ApiClient) -> tuple[Place, ...]:
    """Each replica that the profile names, and the public address."""
    replicas = (Place(replica.name, replica.url) for replica in api.target.replicas)
    return (*replicas, Place(PUBLIC, None))


@pytest.fixture(scope="session")
def crowd(
    api: ApiClient,
    listener: SignedIn,
    friend: SignedIn,
    newcomer: SignedIn,
    outsider: SignedIn,
    places: Sequence[Place],
    profile: Profile,
) -> Crowd:
    """The test accounts, asking at the same time."""
    return Crowd(api, (listener, friend, newcomer, outsider), places, ISOLATION.of(profile))


@pytest.fixture(scope="session")
def doors(api: ApiClient, places: Sequence[Place], profile: Profile, access: Access) -> Doors:
    """Every place at which something may still open."""
    return Doors(api, places, ISOLATION.of(profile), access.guard)
