"""The API, as checks ask it: by the names that the profile gives its routes."""

import asyncio
import json as json_module
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from golive.api.leftovers import undo_what_earlier_runs_left
from golive.api.profile import API, BUDGETS, ROUTES, Api, Replica, Routes
from golive.api.profile_sign_in import WIRE
from golive.api.serialization import NotInEnvelopeError, Wire
from golive.api.sign_ins import SignIns
from golive.core.outcome import Blind, Effect
from golive.http.profile import HTTP
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.plugin.verification import SETTINGS
from golive.profile.profile import Profile
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret, Secrets
from golive.report.journal import Journal

_SECONDS_FOR_EARLIER_RUNS = 20.0


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The API, by the names that the profile gives its routes, in the product's words on both ways."""

    http: HttpProbe
    target: Api
    routes: Routes
    wire: Wire

    def url(self, route: str, *, base: str | None = None, **ids: str) -> str:
        """Return the URL of a route, below ``base`` (a replica's URL) or the public one."""
        filled = route.format(**{name: quote(value, safe="") for name, value in ids.items()})
        return f"{base or self.target.url}{filled}"

    async def request(
        self,
        method: str,
        route: str,
        *,
        token: Secret | str | None = None,
        json: Any = None,
        content: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        base: str | None = None,
        headers: Mapping[str, Secret | str] | None = None,
        cookies: Mapping[str, Secret | str] | None = None,
        **ids: str,
    ) -> HttpObservation:
        """Send one request to a route; ``ids`` fill in its placeholders, ``token`` goes where it belongs.

        Raises:
            AssertionError: the answer is not wrapped as the profile says.
        """
        url = self.url(route, base=base, **ids)
        if not self.wire.is_plain:
            json, params = self.wire.sent(json), self.wire.params(params or {})
        if self.wire.token_cookie and token is not None:
            cookies, token = {**(cookies or {}), self.wire.token_cookie: token}, None
        answer = await self.http.request(
            method,
            url,
            token=token,
            json=json,
            content=content,
            params=params,
            headers=headers,
            cookies=cookies,
        )
        return answer if self.wire.is_plain else self._in_our_words(answer)

    def _in_our_words(self, answer: HttpObservation) -> HttpObservation:
        try:
            content = answer.json()
        except ProtocolError:
            return answer
        try:
            read = self.wire.received(content, is_error=answer.status >= 400)
        except NotInEnvelopeError as error:
            raise AssertionError(f"envelope: {error} — {answer.title}") from None
        return replace(answer, body=json_module.dumps(read).encode())

    async def get(self, route: str, **options: Any) -> HttpObservation:
        """Send a GET; options as `request`."""
        return await self.request("GET", route, **options)

    async def post(self, route: str, **options: Any) -> HttpObservation:
        """Send a POST; options as `request`."""
        return await self.request("POST", route, **options)

    def replicas(self) -> Sequence[Replica]:
        """Return the instances behind the load balancer.

        Raises:
            Blind: the profile names none.
        """
        if not self.target.replicas:
            raise Blind(
                "the profile names no replicas, so single instances cannot be seen",
                remedy="list them as targets.api.replicas, reachable from where the suite runs",
            )
        return self.target.replicas

    async def get_from_each(self, route: str) -> Sequence[HttpObservation]:
        """Ask every replica and the public address, side by side; in that order."""
        bases = [replica.url for replica in self.replicas()] + [self.target.url]
        return await asyncio.gather(*(self.get(route, base=base) for base in bases))


@pytest.fixture(scope="session")
def routes_of(profile: Profile) -> Callable[[str], tuple[str, ...]]:
    """Says at which paths of a host cookies and trusted origins are looked at."""

    def paths(host: str) -> tuple[str, ...]:
        part = API.get(profile)
        if part is None or urlsplit(part.url).hostname != host:
            return ("/",)
        routes = [getattr(ROUTES.of(profile), name) for name in HTTP.of(profile).open_routes]
        return ("/", *(f"{urlsplit(part.url).path}{route}" for route in routes if route and "{" not in route))

    return paths


@pytest.fixture(scope="session")
def sign_ins(profile: Profile, journal: Journal) -> SignIns:
    """Hears of every sign-in."""
    return SignIns(profile, journal)


@pytest.fixture(scope="session")
async def api(
    profile: Profile,
    http: HttpProbe,
    sign_ins: SignIns,
    journal: Journal,
    secrets: Secrets,
    redactor: Redactor,
    is_first_process: bool,
) -> AsyncIterator[ApiClient]:
    """The API; in the end what earlier runs left is tried again, and whoever was signed in is signed out."""
    yield ApiClient(http, API.present(profile), ROUTES.of(profile), WIRE.of(profile))
    if Effect.WRITE in profile.allow.effects and is_first_process:
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_FOR_EARLIER_RUNS):
                await undo_what_earlier_runs_left(journal, http, profile, secrets=secrets, redactor=redactor)
    await sign_ins.end_all(http)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one case of a check for every route that is measured."""
    if SETTINGS in metafunc.config.stash and "measured_route" in metafunc.fixturenames:
        routes = BUDGETS.of(metafunc.config.stash[SETTINGS].profile).api_routes
        metafunc.parametrize("measured_route", routes or [None], ids=routes or ["none"])
