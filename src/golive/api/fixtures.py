"""The API, as checks ask it: by the names that the profile gives its routes."""

import asyncio
import json as json_module
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import quote, urlsplit

import pytest

from golive.api.afterwards.leftovers import undo_what_earlier_runs_left
from golive.api.afterwards.sign_ins import SignIns
from golive.api.profile import API, BUDGETS, ROUTES, Api, Replica, Routes
from golive.api.profile_sign_in import WIRE
from golive.api.wire.csrf import with_csrf
from golive.api.wire.routes import AbsentRoute, as_route
from golive.api.wire.serialization import NotInEnvelopeError, Wire
from golive.core.outcome import Blind, Effect
from golive.http.profile import HTTP
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.plugin.verification import SETTINGS
from golive.profile.fields import Method
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
        """Return the URL of a route, below ``base`` (a replica's URL) or the public one.

        Raises:
            Blind: the profile declares the route absent.
        """
        if isinstance(route, AbsentRoute):
            raise Blind(
                f"this deployment has no such route: {route.reason}",
                remedy="nothing is to be done: it is declared absent, and what needs it is not applicable",
            )
        filled = route.format(**{name: quote(value, safe="") for name, value in ids.items()})
        elsewhere = as_route(route).base
        if elsewhere is not None and base not in (None, self.target.url):
            raise Blind(
                f"{route} is served below {elsewhere}, and not by single replicas",
                remedy="see the same at the public address",
            )
        return f"{elsewhere or base or self.target.url}{filled}"

    def step(self, method: str, route: str, **ids: str) -> tuple[Method, str]:
        """Return method and URL by which the deployment does what the product does by ``method``."""
        return cast("Method", as_route(route).method_for(method)), self.url(route, **ids)

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
        url, declared = self.url(route, base=base, **ids), as_route(route)
        method, wire = declared.method_for(method), self.wire.with_fields(declared.fields)
        if method in ("GET", "HEAD") and isinstance(json, Mapping):
            # What the product sends in a body travels in the query here.
            params, json = {**json, **(params or {})}, None
        if not wire.is_plain:
            json, params = wire.sent(json), wire.params(params or {})
        if self.wire.token_cookie and token is not None:
            cookies, token = {**(cookies or {}), self.wire.token_cookie: token}, None
        if self.wire.csrf is not None:
            cookies, shown = await with_csrf(self.http, self.wire.csrf, method, cookies or {})
            headers = {**shown, **(headers or {})}
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
        if self.wire.refusals is not None:
            answer = replace(answer, refusal=self.wire.refusal_form)
        has_own_words = not wire.is_plain or declared.content is not None
        return _in_our_words(answer, wire, declared.content) if has_own_words else answer

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
                remedy="list them as targets.api.replicas, reachable from where the suite runs, or say"
                " targets.api.replicas = 1 where there is one only",
            )
        return self.target.replicas

    async def get_from_each(self, route: str) -> Sequence[HttpObservation]:
        """Ask every replica and the public address, side by side; in that order."""
        self.replicas()
        return await asyncio.gather(*(self.get(route, base=base) for base in self.target.bases))


def _in_our_words(answer: HttpObservation, wire: Wire, place: str | None) -> HttpObservation:
    try:
        content = answer.json()
    except ProtocolError:
        return answer
    try:
        read = wire.received(content, is_error=answer.status >= 400, place=place)
    except NotInEnvelopeError as error:
        raise AssertionError(f"envelope: {error} — {answer.title}") from None
    return replace(answer, body=json_module.dumps(read).encode(), wrapped=answer.body)


@pytest.fixture(scope="session")
def routes_of(profile: Profile) -> Callable[[str], tuple[str, ...]]:
    """Says at which paths of a host cookies and trusted origins are looked at."""

    def paths(host: str) -> tuple[str, ...]:
        part = API.get(profile)
        if part is None or urlsplit(part.url).hostname != host:
            return ("/",)
        routes = [getattr(ROUTES.of(profile), name) for name in HTTP.of(profile).open_routes]
        open_routes = [route for route in routes if route and "{" not in route]
        return (
            "/",
            *(
                f"{urlsplit(part.url).path}{route}"
                for route in open_routes
                if not isinstance(route, AbsentRoute)
            ),
        )

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
