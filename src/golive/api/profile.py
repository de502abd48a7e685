"""What a profile says of the API: where it is, its routes, operations, limits and budgets."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from golive.api.wire.routes import AbsentRoute, Route
from golive.browser.profile import APP
from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, HttpsUrl, HttpUrl, Method
from golive.profile.profile import Profile
from golive.profile.registry import (
    Section,
    extend,
    implies_absence,
    not_only_read,
    objects,
    part,
    reads_by_post,
    section,
)

ONLY_REPLICA = "the only replica"
"""The name of the instance that ``replicas = 1`` stands for."""


def _or_one(schema: dict[str, Any]) -> None:
    form = {key: schema.pop(key) for key in ("type", "items") if key in schema}
    schema["anyOf"] = [form, {"const": 1}]


class Replica(Frozen):
    """One instance behind the load balancer, reachable for the suite only."""

    name: str
    """What reports, shares and faults call it, and how it names itself where it does."""
    url: HttpUrl
    """Its own base URL, beside the load balancer."""
    only: bool = False
    """Whether there is no other: what needs two is then not applicable."""


class Api(Frozen):
    """The API; ``url`` is public and includes a path prefix where there is one."""

    url: HttpsUrl
    """The public base of every route, with its path prefix if it has one."""
    replicas: Annotated[tuple[Replica, ...], Field(json_schema_extra=_or_one)] = ()
    """The instances, as the suite reaches each; none: checks of single replicas are blind. ``replicas = 1``
    says that there is one only, which answers at ``url``; one that the suite reaches by itself is listed with
    ``only = true``. What needs two is then not applicable."""
    dependencies: Annotated[tuple[str, ...], Field(min_length=1)] | Absent
    """Dependencies whose own state the health answer must name; absent where it names none."""

    @model_validator(mode="before")
    @classmethod
    def _only_replica(cls, declared: Any) -> Any:
        if (
            isinstance(declared, dict)
            and declared.get("replicas") is not True
            and declared.get("replicas") in (1,)
            and "url" in declared
        ):
            only = {"name": ONLY_REPLICA, "url": declared["url"], "only": True}
            return declared | {"replicas": (only,)}
        return declared

    @model_validator(mode="after")
    def _only_is_alone(self) -> "Api":
        if len(self.replicas) > 1 and any(replica.only for replica in self.replicas):
            raise ValueError("a replica that is the only one stands alone: list one, or leave only out")
        return self

    @property
    def has_one_replica(self) -> bool:
        """Whether it is declared that there is one only."""
        return any(replica.only for replica in self.replicas)

    @property
    def bases(self) -> tuple[str, ...]:
        """URLs of the replicas and the public one, each once."""
        return tuple(dict.fromkeys((*(replica.url for replica in self.replicas), self.url)))

    @property
    def named_dependencies(self) -> tuple[str, ...] | None:
        """What the health answer must name; None where it is declared to name nothing."""
        return None if isinstance(self.dependencies, Absent) else self.dependencies


class Routes(Frozen):
    """Routes that any product has, each a path below the API's URL or a table; ``{id}`` is filled in. Suites
    add their own. A route that the deployment does not have is ``{ absent = "reason" }``.
    """

    ONLY_READ: ClassVar[tuple[str, ...]] = ("health", "live", "ready", "version", "profile")
    """Those that a GET only reads, and that need nothing filled in."""

    health: Route = "/health"
    """The state of the API and its dependencies."""
    live: Route | None = None
    """Liveness: whether the process runs, whatever its dependencies do."""
    ready: Route | None = None
    """Readiness: whether requests should be sent here."""
    version: Route = "/version"
    """The release and the replica that answers."""
    sign_in: Route = "/auth/login"
    """Gives tokens for an e-mail address and a password, by POST."""
    refresh: Route = "/auth/refresh"
    """Gives a new pair of tokens for a refresh token, by POST."""
    sign_out: Route = "/auth/logout"
    """Ends the caller's session, by POST."""
    profile: Route = "/users/me"
    """The caller's own account; needs a token."""


class ApiBudgets(Frozen):
    """How fast the API must be, and how often it is asked."""

    api_p95: Duration | None = None
    """The 95th percentile of each of ``api_routes``."""
    api_routes: tuple[str, ...] = ("version",)
    """Names of ``[routes]`` that are measured against ``api_p95``: those that are only read."""
    latency_samples: int = Field(default=20, ge=5, le=200)
    """Requests that a percentile is worked out from."""
    health_samples: int = Field(default=6, ge=2, le=100)
    """Requests of the series over which each replica's health must be stable."""
    health_interval: Duration = timedelta(milliseconds=100)
    """The pause between two of these requests."""
    sign_in_samples: int = Field(default=8, ge=6, le=50)
    """Sign-ins for each of wrong password and unknown user whose times are compared."""
    sign_in_difference: Duration = timedelta(milliseconds=2)
    """A smaller difference of the medians than this tells nobody anything over a network."""

    @model_validator(mode="after")
    def _budget_and_routes_go_together(self) -> "ApiBudgets":
        if self.api_p95 is None and self.api_routes and "api_routes" in self.model_fields_set:
            raise ValueError(
                "api_routes are measured against api_p95, which is missing: add it, such as '200 ms'"
            )
        if self.api_p95 is not None and not self.api_routes:
            raise ValueError(
                "api_p95 is for none of the API's routes: name them as api_routes, or leave both out"
            )
        return self


class ApiFeatures(Frozen):
    """Abilities of the API that a deployment may do without."""

    liveness: Absent | None = None
    """Routes of their own for liveness and readiness."""
    rate_limits: Absent | None = None
    """Every answer names its limit."""
    rate_limit_trial: Absent | None = None
    """The limit itself may be tried."""


class RateLimits(Frozen):
    """What the API says about its limits, and how they are tried without locking anybody out."""

    anonymous: int = Field(ge=1)
    """Requests that the product promises to a client without a token in a window; no check uses them up."""
    sign_in: int = Field(ge=1)
    """Sign-ins of one client that are let through in a window; the next is refused by 429."""
    limit_header: str = "X-RateLimit-Limit"
    """The header that says how many requests the window allows."""
    remaining_header: str = "X-RateLimit-Remaining"
    """The header that says how many of them are left."""
    reset_header: str = "X-RateLimit-Reset"
    """The header that says when the window ends."""
    client_address_header: str | None = None
    """The header by which replicas believe the load balancer who the client is, such as X-Forwarded-For."""
    trial_network: IPv4Network = IPv4Network("198.18.0.0/15")
    """Where the client of the trial is made up, another one each time: nobody is there (RFC 2544)."""


class Operation(Frozen):
    """One operation of the API. Examples are right; wrong inputs are made from them."""

    method: Method = "GET"
    """Its HTTP method."""
    route: str
    """Its path below the API's URL, ``{id}`` where an id belongs; what stands behind a ``?`` stays in each
    request."""
    access: Literal["public", "user", "administrator"] = "user"
    """Who may call it: anybody, any user, or administrators only."""
    numbers: tuple[str, ...] = ()
    """Query parameters that are whole numbers."""
    choices: tuple[str, ...] = ()
    """Query parameters with a closed set of values."""
    body: dict[str, Any] = {}
    """A right body, without its secrets; every field of it is required."""
    unbounded: tuple[str, ...] = ()
    """Fields of the body in which every number is right, negative and huge ones too."""
    refusals: Annotated[tuple[int, ...], Field(min_length=1)] = (400, 404, 413, 415, 422)
    """Statuses that refuse a wrong input."""
    undo: str | None = None
    """DELETE on this route, with the answer's id, undoes what a wrong input was wrongly accepted for."""
    cases_at_most: int = Field(default=16, ge=1, le=100)
    """How many wrong inputs are tried, of all that can be made from the examples."""


API = part("api", Api, is_public=True)
"""The API, as users and each replica serve it."""
ROUTES = extend("routes", Routes)
BUDGETS = extend("budgets", ApiBudgets)
extend("features", ApiFeatures)
RATE_LIMITS: Section[RateLimits | None] = section("rate_limits", RateLimits | None, None)
WRITING = ("POST", "PUT", "PATCH", "DELETE")
"""Methods that change something (RFC 9110, 9.2.1)."""
OPERATIONS: Section[tuple[Operation, ...]] = section("operations", tuple[Operation, ...], ())


def route_can_be_absent(name: str) -> None:
    """Declare the feature ``routes.NAME``: absent where the profile says so of the route, with its reason."""

    def reason(profile: Profile) -> str | None:
        route = getattr(ROUTES.of(profile), name, None)
        return route.reason if isinstance(route, AbsentRoute) else None

    implies_absence(f"routes.{name}", reason)


for _name in Routes.model_fields:
    route_can_be_absent(_name)


@reads_by_post
def _sign_in_and_out(profile: Profile) -> Iterator[str]:
    api, routes = API.get(profile), ROUTES.of(profile)
    if api is not None:
        prefix = urlsplit(api.url).path
        named = (routes.sign_in, routes.refresh, routes.sign_out)
        yield from (prefix + urlsplit(route).path for route in named)


@objects
def _measured_routes(profile: Profile) -> str | None:
    return not_only_read(BUDGETS.of(profile).api_routes, named_by="budgets.api_routes")


implies_absence(
    "api_budget",
    lambda profile: "no budget is set for the API's routes" if BUDGETS.of(profile).api_p95 is None else None,
)


def _administrators_write(profile: Profile) -> str | None:
    operations = OPERATIONS.of(profile)
    if not operations or any(one.access == "administrator" and one.method in WRITING for one in operations):
        return None
    return "[[operations]] has none by which administrators change something"


def _one_origin(profile: Profile) -> str | None:
    api, app = API.get(profile), APP.get(profile)
    if api is None or app is None or urlsplit(api.url)[:2] != urlsplit(app.url)[:2]:
        return None
    return "page and API are of one origin, which no browser asks about"


def _one_replica(profile: Profile) -> str | None:
    api = API.get(profile)
    return "there is one replica (targets.api.replicas)" if api is not None and api.has_one_replica else None


implies_absence("cross_origin", _one_origin)
implies_absence("several_replicas", _one_replica)
implies_absence("administrators_writes", _administrators_write)
