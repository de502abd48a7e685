"""The environment profile: every number, name and address that a check needs and must not contain."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, Tag, model_validator

from golive.api.profile import AccessToken, IdentityProvider, Operation, RateLimits, Registration
from golive.api.serialization import Wire
from golive.browser.profile import Frontend
from golive.cdn.profile import Cdn
from golive.code.profile import Forge
from golive.configuration.profile import Configuration, FrontendSearch
from golive.configuration.profile_credentials import Credential, named_secrets
from golive.core.outcome import Blind
from golive.core.run import ReleaseIdentity
from golive.database.profile import Database
from golive.dns.profile import Dns
from golive.fleet.profile import Firewall, Fleet, Ip, LoadBalancer
from golive.monitoring.profile import Monitoring
from golive.monitoring.profile_watching import Channel, Launch, WatchingTargets, watching_secrets
from golive.people.profile import PeopleSettings
from golive.profile.allow import Allow
from golive.profile.base import Absence, Absent, Presence
from golive.profile.base import Frozen as _Frozen
from golive.profile.budgets import Budgets
from golive.profile.cases import CaseId, CaseOverride, HttpRequirements
from golive.profile.features import FEATURES_OF_PARTS, Features
from golive.profile.fields import Duration, Endpoint, HttpsUrl, HttpUrl, SecretName
from golive.profile.live import RealtimeBehaviour, Recommendations
from golive.rollback.profile import Rollback

Model = TypeVar("Model", bound=_Frozen)


class App(_Frozen):
    """The frontend that users open."""

    url: HttpsUrl


class Replica(_Frozen):
    """One instance behind the load balancer, reachable for the suite only."""

    name: str
    url: HttpUrl


class Api(_Frozen):
    """The API; ``url`` is public and includes a path prefix where there is one."""

    url: HttpsUrl
    replicas: tuple[Replica, ...] = ()
    dependencies: tuple[str, ...] = Field(min_length=1)
    """Dependencies whose own state the health answer must name."""


class Realtime(_Frozen):
    """Where real-time events come from, and in which protocol."""

    url: HttpsUrl
    protocol: Literal["socket.io", "websocket"]
    path: str = "/socket.io/"


class Targets(WatchingTargets):
    """The parts of the deployment. A part left out is unknown, never fine."""

    app: Annotated[Annotated[App, Tag("(present)")] | Absence, Presence] | None = None
    api: Annotated[Annotated[Api, Tag("(present)")] | Absence, Presence] | None = None
    cdn: Annotated[Annotated[Cdn, Tag("(present)")] | Absence, Presence] | None = None
    realtime: Annotated[Annotated[Realtime, Tag("(present)")] | Absence, Presence] | None = None
    dns: Annotated[Annotated[Dns, Tag("(present)")] | Absence, Presence] | None = None
    database: Annotated[Annotated[Database, Tag("(present)")] | Absence, Presence] | None = None
    monitoring: Annotated[Annotated[Monitoring, Tag("(present)")] | Absence, Presence] | None = None


class Routes(_Frozen):
    """Paths below the API's URL; ``{id}`` is filled in."""

    health: str = "/health"
    live: str | None = None
    """Liveness: whether the process runs, whatever its dependencies do."""
    ready: str | None = None
    """Readiness: whether requests should be sent here."""
    version: str = "/version"
    sign_in: str = "/auth/login"
    refresh: str = "/auth/refresh"
    sign_out: str = "/auth/logout"
    profile: str = "/users/me"
    recommendations: str = "/recommendations"
    sessions: str = "/api/sessions"
    session: str = "/api/sessions/{id}"
    join: str = "/api/sessions/{id}/join"
    leave: str = "/api/sessions/{id}/leave"
    playlist: str = "/api/sessions/{id}/playlist"
    feedback: str = "/feedback/songs/{id}"
    song: str = "/songs/{id}"
    similar: str = "/songs/{id}/similar"
    trending: str = "/trending"
    search: str = "/nlp-recommendations/query"
    group_recommendations: str = "/api/sessions/{id}/recommendations"


class _Strategy(_Frozen):
    access_token: AccessToken = AccessToken()
    expired_token: SecretName | None = None
    """A token that was valid once; shows that expired tokens are refused."""
    foreign_token: SecretName | None = None
    """A token of another environment, valid there; shows that environments do not trust each other."""
    forging_key: SecretName | None = None
    """The key that access tokens are signed with, for rightly signed tokens that must be refused."""


class Password(_Strategy):
    """Sign-in with an e-mail address and a password over the sign-in route."""

    strategy: Literal["password"]
    access_field: str = "accessToken"
    refresh_field: str | None = "refreshToken"
    expiry_field: str | None = "expiresIn"
    """Where a sign-in says for how many seconds the access token lives."""


class PreIssuedToken(_Strategy):
    """A token from a secret store; the suite never signs in."""

    strategy: Literal["token"]


class MintedJwt(_Strategy):
    """Tokens that the suite signs with the deployment's own key."""

    strategy: Literal["jwt"]
    signing_key: SecretName
    algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"
    lifetime: Duration = timedelta(minutes=15)


Authentication = Annotated[Password | PreIssuedToken | MintedJwt, Field(discriminator="strategy")]


class Account(_Frozen):
    """A test account; only names of secrets stand here."""

    email: str
    password: SecretName | None = None
    token: SecretName | None = None
    id: str | None = None


class TlsRequirements(_Frozen):
    """What is asked of certificates and of HTTPS."""

    renewal_window: Duration = timedelta(days=21)
    renewal_share: float = Field(default=1 / 3, gt=0, lt=1)
    """Share of its lifetime that a certificate must still have: the renewal window where it is longer."""
    protocols: tuple[Literal["TLSv1.2", "TLSv1.3"], ...] = ("TLSv1.2", "TLSv1.3")
    hsts_max_age: Duration = timedelta(days=365)
    ciphers: Literal["not-broken", "mozilla-intermediate-5.7"] = "not-broken"
    """What may be spoken: anything that is not broken, or nothing but what a published list names."""

    def window(self, lifetime: timedelta) -> timedelta:
        """How much life a certificate of that lifetime must still have.

        The share of its lifetime, or the renewal window where that is longer; of one that lives for days
        the window is never more than a half.
        """
        return max(min(self.renewal_window, lifetime / 2), lifetime * self.renewal_share)


class Network(_Frozen):
    """How names become addresses, where that is not the system's resolver's business."""

    addresses: dict[Endpoint, tuple[Endpoint, ...]] = Field(default_factory=dict)
    """Public ``host:port`` to the addresses that are dialled for it; SNI and Host keep the name."""
    declared: dict[str, tuple[Ip, ...]] = Field(default_factory=dict)
    """Public host to addresses that it must resolve to; it may have more."""
    resolver: str | None = None
    connect_deadline: Duration = timedelta(seconds=5)
    request_deadline: Duration = timedelta(seconds=15)
    check_deadline: Duration = timedelta(seconds=60)


class Trust(_Frozen):
    """Which roots are trusted; none means the system's."""

    roots: Path | None = None


class Control(_Frozen):
    """Endpoints that answer whenever the suite's own network works; they tell "down" from "blind"."""

    targets: tuple[Endpoint, ...] = Field(min_length=1)


class Limit(_Frozen):
    """Bounds on traffic to one host, over all checks together."""

    connections: int = Field(default=16, ge=1, le=256)
    requests_per_second: float = Field(default=50, gt=0, le=1000)


class Limits(_Frozen):
    """Bounds per host; ``default`` for a host that is not named."""

    default: Limit = Limit()
    hosts: dict[str, Limit] = Field(default_factory=dict)

    def of(self, host: str) -> Limit:
        """The bounds that hold for ``host``."""
        return self.hosts.get(host, self.default)


class SecretSource(_Frozen):
    """Where a secret's value is found: exactly one of an environment variable and a file."""

    variable: str | None = None
    file: Path | None = None
    optional: bool = False
    """A missing optional secret makes the checks that need it blind; any other stops the run."""

    @model_validator(mode="after")
    def _one_source(self) -> "SecretSource":
        if (self.variable is None) == (self.file is None):
            raise ValueError("name exactly one of 'variable' and 'file'")
        return self


class Start(_Frozen):
    """An environment that the run itself starts and ends.

    The command gets ``--facts FILE`` (and ``--fault NAME``), writes what it started there when it is
    ready, and runs until its standard input ends.
    """

    command: tuple[str, ...] = Field(min_length=1)
    ready_within: Duration = timedelta(seconds=60)


class Profile(_Frozen):
    """What is verified, as the checks see it."""

    schema_version: Literal[1] = Field(alias="schema")
    title: str
    vantage: str = "local"
    watermark: str | None = None
    start: Start | None = None
    release: ReleaseIdentity | None = None
    targets: Targets
    routes: Routes = Routes()
    wire: Wire = Wire()
    features: Features = Features()
    authentication: Authentication | None = None
    accounts: dict[str, Account] = Field(default_factory=dict)
    budgets: Budgets
    tls: TlsRequirements = TlsRequirements()
    http: HttpRequirements = HttpRequirements()
    cases: dict[CaseId, CaseOverride] = {}
    """Case id to another severity than the document's."""
    network: Network = Network()
    trust: Trust = Trust()
    control: Control
    allow: Allow
    limits: Limits = Limits()
    secrets: dict[str, SecretSource] = Field(default_factory=dict)
    frontend: Frontend = Frontend()
    registration: Registration | None = None
    identity_provider: IdentityProvider | None = None
    rate_limits: RateLimits | None = None
    operations: tuple[Operation, ...] = ()
    """The API's operations, by which wrong input, missing rights and private data are tried."""
    recommendations: Recommendations = Recommendations()
    realtime: RealtimeBehaviour = RealtimeBehaviour()
    fleet: Fleet = Fleet()
    firewall: Firewall | None = None
    load_balancer: LoadBalancer = LoadBalancer()
    people: PeopleSettings = PeopleSettings()
    configuration: Configuration = Configuration()
    credentials: dict[str, Credential] = {}
    """Credentials of the release, each with the call that shows that it is accepted."""
    frontend_search: FrontendSearch = FrontendSearch()
    forge: Forge | None = None
    rollback: Rollback | None = None
    launch: Launch | None = None
    channels: dict[str, Channel] = {}
    """Where the team, users and stakeholders are told things, by name."""

    @model_validator(mode="after")
    def _only_a_rehearsal_rehearses(self) -> "Profile":
        if self.people.rehearse and self.start is None:
            raise ValueError(
                "people.rehearse is for an environment that the run itself starts: people sign here"
            )
        return self

    @model_validator(mode="after")
    def _secrets_are_declared(self) -> "Profile":
        for key, secret in self.uses_of_secrets():
            if secret not in self.secrets:
                raise ValueError(f"{key} names the secret {secret!r}, and there is no [secrets.{secret}]")
        return self

    def uses_of_secrets(self) -> list[tuple[str, SecretName]]:
        """Keys of the profile that name a secret, each with its name."""
        named: list[tuple[str, SecretName | None]] = []
        named += [(f"accounts.{role}.password", account.password) for role, account in self.accounts.items()]
        named += [(f"accounts.{role}.token", account.token) for role, account in self.accounts.items()]
        if self.authentication is not None:
            for key in ("expired_token", "foreign_token", "forging_key"):
                named.append((f"authentication.{key}", getattr(self.authentication, key)))
            if isinstance(self.authentication, MintedJwt):
                named.append(("authentication.signing_key", self.authentication.signing_key))
        if self.load_balancer.trial is not None:
            named.append(("load_balancer.trial.token", self.load_balancer.trial.token))
        if isinstance(self.targets.database, Database):
            named += self.targets.database.secret_names().items()
        if isinstance(self.targets.monitoring, Monitoring):
            named += self.targets.monitoring.secret_names().items()
        if self.forge is not None:
            named.append(("forge.token", self.forge.token))
        if self.rollback is not None:
            named += self.rollback.secret_names().items()
        if isinstance(self.targets.cdn, Cdn):
            named += [(f"targets.cdn.{key}", secret) for key, secret in self.targets.cdn.secrets().items()]
        named += named_secrets(self.credentials)
        named += watching_secrets(self.targets, self.channels)
        return [(key, secret) for key, secret in named if secret is not None]

    def absent_parts(self) -> dict[str, str]:
        """Part to reason, for every part that this deployment does not have."""
        parts = ((name, getattr(self.targets, name)) for name in Targets.model_fields)
        return {name: part.absent for name, part in parts if isinstance(part, Absent)}

    def absent_features(self) -> dict[str, str]:
        """Feature to reason, for every feature that is declared absent or cannot be there."""
        found = self.features.absent()
        if self.wire.token_cookie is not None:
            found["bearer"] = f"tokens travel in the cookie {self.wire.token_cookie}"
        if isinstance(self.targets.realtime, Realtime) and self.targets.realtime.protocol == "websocket":
            found["polling"] = "the deployment speaks a plain WebSocket"
        if self.budgets.api_p95 is None:
            found["api_budget"] = "no budget is set for the API's routes"
        for feature, part in FEATURES_OF_PARTS.items():
            declared = getattr(self.targets, part)
            if isinstance(declared, Absent):
                found[feature] = declared.absent
        return found

    def public_urls(self) -> dict[str, str]:
        """Target to URL, for every part that has one."""
        parts = ((name, getattr(self.targets, name)) for name in Targets.model_fields)
        return {name: part.url for name, part in parts if isinstance(part, App | Api | Cdn | Realtime)}


def present(part: Model | Absent | None, name: str) -> Model:
    """Return the part, or say that nothing can be seen of it.

    Raises:
        Blind: when the profile leaves the part out or declares it absent.
    """
    if isinstance(part, Absent):
        raise Blind(f"this deployment has no {name}: {part.absent}", remedy="the line is not applicable here")
    if part is None:
        raise Blind(
            f"the profile does not say where {name} is",
            remedy=f'add [targets.{name}] to the profile, or [targets.{name}] absent = "reason"',
        )
    return part
