"""Positive controls of the API, each looked at once in a run, and the accounts that rest on them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from golive.api.fixtures import ApiClient
from golive.api.fixtures_accounts import PlayedRole, SignedIn, SignIn
from golive.api.wire.routes import AbsentRoute
from golive.core.controls import Control
from golive.core.outcome import Blind
from golive.net.errors import ProbeError, TransportError
from golive.net.http_observation import HttpObservation
from golive.net.incidents import controlled
from golive.rules.controls import expect_answered, expect_spoken, expect_there

Keep = Callable[[Any], Any]
OF_HEALTH = ("health", "version", "live", "ready")


class RightTokens:
    """Whether the token of each account is let in: asked once, and only where somebody wants to know."""

    def __init__(self, sign_in: SignIn, *rests_on: Control) -> None:
        self._sign_in = sign_in
        self._rests_on = rests_on
        self._asking = asyncio.Lock()
        self._control: Control | None = None

    async def control(self) -> Control:
        """Return what became of all of them."""
        async with self._asking:
            if self._control is None:
                self._control = await controlled("right tokens are let in", self._look)
        return self._control

    async def accepted(self, role: str) -> SignedIn:
        """Return the account of a role, once its token was let in.

        Raises:
            Unjudged: it is not.
        """
        try:
            return PlayedRole(await self._sign_in.accepted(role), self._sign_in)
        except (AssertionError, ProbeError, Blind):
            (await self.control()).expect_held()
            raise

    async def _look(self, _keep: Keep) -> None:
        for control in self._rests_on:
            control.expect_held()
        roles = self._sign_in.roles()
        found = await asyncio.gather(*map(self._sign_in.accepted, roles), return_exceptions=True)
        failures = [one for one in found if isinstance(one, BaseException)]
        first = next((one for one in failures if not isinstance(one, AssertionError)), None)
        if len(failures) == 1 or first is not None:
            raise first or failures[0]
        if failures:
            others = ", ".join(role for role, one in zip(roles, found, strict=True) if one in failures[1:])
            raise AssertionError(f"{failures[0]}; and {others} alike")


@pytest.fixture(scope="session")
async def api_answers(api: ApiClient) -> Control:
    """Whether it is the API that answers at its public address, and no wall before it."""
    route = api.routes.health if not isinstance(api.routes.health, AbsentRoute) else "/"

    async def look(keep: Keep) -> None:
        where, answer = "the API's public address", keep(await api.get(route))
        elsewhere = keep(await api.get("/golive-no-such-route")) if answer.status >= 500 else None
        expect_spoken(answer, where=where, elsewhere=elsewhere)

    return await controlled("the API answers at its public address", look)


@pytest.fixture(scope="session")
async def health_routes(api: ApiClient, api_answers: Control) -> Control:
    """Whether the routes of health are there, at every replica, and in public where the API answers there."""
    routes = {name: route for name in OF_HEALTH if (route := getattr(api.routes, name))}

    async def asked(name: str, base: str) -> tuple[str, HttpObservation | None]:
        try:
            return name, await api.get(routes[name], base=base)
        except TransportError:
            return name, None  # that a replica is down is no missing route

    async def look(keep: Keep) -> None:
        bases = [replica.url for replica in api.target.replicas]
        if api_answers.failure is None:
            bases.append(api.target.url)
        if not bases:
            api_answers.expect_held()
        wanted = [name for name, route in routes.items() if not isinstance(route, AbsentRoute)]
        answers = await asyncio.gather(*(asked(name, base) for name in wanted for base in bases))
        for name, answer in answers:
            if answer is not None:
                expect_there(keep(answer), route=f"routes.{name}", who="anybody")

    return await controlled("the routes of health are there", look)


@pytest.fixture(scope="session")
async def right_password(sign_in: SignIn, api_answers: Control) -> Control:
    """Whether the listener's right password signs in."""

    async def look(keep: Keep) -> None:
        api_answers.expect_held()
        answer = keep(await sign_in.with_password("listener"))
        what = "routes.sign_in with the right password of accounts.listener"
        expect_answered(answer, route=what, who="its user")
        if sign_in.signs_in:
            sign_in.session_of("listener", answer)

    return await controlled("the right password signs in", look)


@pytest.fixture(scope="session")
async def right_refresh(sign_in: SignIn, api: ApiClient, right_tokens: RightTokens) -> Control:
    """Whether a refresh token gives a new pair; its evidence is the sign-in, the refresh, and the profile."""

    async def look(keep: Keep) -> None:
        (await right_tokens.control()).expect_held()
        session = sign_in.session_of("listener", keep(await sign_in.with_password("listener")))
        answer = keep(await sign_in.renewed_with(session.refresh_token))
        expect_answered(answer, route="routes.refresh with a right refresh token", who="its user")
        renewed = sign_in.session_of("listener", answer)
        if not isinstance(api.routes.profile, AbsentRoute):
            opened = keep(await api.get(api.routes.profile, token=renewed.token))
            expect_answered(opened, route="routes.profile with a token from a refresh", who="its user")

    return await controlled("a right refresh token is renewed", look)


@pytest.fixture(scope="session")
def refresh_let_in(right_refresh: Control) -> None:
    """What uses this rests on a right refresh token that is renewed."""
    right_refresh.expect_held()


@pytest.fixture(scope="session")
def right_tokens(sign_in: SignIn, api_answers: Control, request: pytest.FixtureRequest) -> RightTokens:
    """Whether the token of each account is let in."""
    rests_on = [api_answers]
    if sign_in.signs_in:
        rests_on.append(request.getfixturevalue("right_password"))
    return RightTokens(sign_in, *rests_on)


@pytest.fixture(scope="session")
def api_speaks(api_answers: Control) -> None:
    """What uses this rests on the API's own answers at its public address."""
    api_answers.expect_held()


@pytest.fixture(scope="session")
def health_is_there(health_routes: Control) -> None:
    """What uses this rests on the routes of health."""
    health_routes.expect_held()


@pytest.fixture(scope="session")
def password_let_in(right_password: Control) -> None:
    """What uses this rests on a right password that signs in: a wrong one shows something only then."""
    right_password.expect_held()


@pytest.fixture(scope="session")
async def issued_tokens_let_in(sign_in: SignIn, right_tokens: RightTokens) -> None:
    """What a page does with what a sign-in gives it rests on such tokens being let in; others are its own."""
    if sign_in.signs_in:
        await right_tokens.accepted("listener")


@pytest.fixture(scope="session")
def let_in(listener: SignedIn) -> None:
    """What uses this rests on a right token that is let in: a wrong one shows something only then."""


@pytest.fixture(scope="session")
async def listener(right_tokens: RightTokens) -> SignedIn:
    """The test account with preferences of its own."""
    return await right_tokens.accepted("listener")


@pytest.fixture(scope="session")
async def friend(right_tokens: RightTokens) -> SignedIn:
    """The test account with other preferences."""
    return await right_tokens.accepted("friend")


@pytest.fixture(scope="session")
async def newcomer(right_tokens: RightTokens) -> SignedIn:
    """The test account that has never listened to anything."""
    return await right_tokens.accepted("newcomer")


@pytest.fixture(scope="session")
async def outsider(right_tokens: RightTokens) -> SignedIn:
    """The test account that joins nothing."""
    return await right_tokens.accepted("outsider")
