"""What is about to be started, as plain data.

The plan of a healthy stack is `healthy_plan()`. Faults change it before anything starts; the
parts read it and know nothing about faults. Times are in seconds unless a type says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rehearsal.code.plan import CodePlan, healthy_code
from rehearsal.monitoring.plan import MonitoringPlan
from rehearsal.people.plan import PeoplePlan
from rehearsal.stack.data.database_plan import DatabasePlan
from rehearsal.stack.partners_plan import PartnersPlan

APP_HOST = "audotics.test"
API_HOST = "api.audotics.test"
CDN_HOST = "cdn.audotics.test"
ACCOUNTS_HOST = "accounts.audotics.test"
CONTROL_HOST = "control.audotics.test"
PARENT_ZONE = "test"
NAMESERVERS = {"ns1": "127.0.53.1", "ns2": "127.0.53.2"}
"""Label to the address that the zone gives; the facts map port 53 there to where the server listens."""
PUBLIC_HOSTS = (APP_HOST, API_HOST, CDN_HOST, ACCOUNTS_HOST)

ConfigurationEdit = Callable[[dict[str, str]], None]
"""Changes the files of the release's configuration (name -> text) in place, before they are written."""
FrontendEdit = Callable[[dict[str, str]], None]
"""Changes the frontend's source texts (path -> text) in place, before they are hashed."""


@dataclass
class Release:
    """Identity that a deployed part reports about itself."""

    version: str
    commit: str
    built_at: datetime


@dataclass
class LeafPlan:
    """Certificate of one public host.

    `issuer` is "intermediate" (under the root that the facts name) or "stranger" (under a root
    that nobody trusts). The validity runs from `starts_in` to `starts_in + lifetime`, both
    relative to the start of the stack.
    """

    names: list[str]
    starts_in: timedelta = timedelta(hours=-1)
    lifetime: timedelta = timedelta(days=90)
    issuer: str = "intermediate"
    sends_intermediate: bool = True


@dataclass
class BalancerPlan:
    """How the edge spreads requests over the replicas, and what it asks to learn whether they are well."""

    weights: list[int] = field(default_factory=list)
    """By replica, in order; empty for turn by turn."""
    asks: str | None = "/health/ready"
    """The path that decides whether a replica gets traffic; nothing is asked when None."""
    patience: str = "1s"
    """How long it waits for an answer to that, in Caddy's words."""


@dataclass
class EdgePlan:
    """Behaviour of the TLS edge. Times in seconds; hosts without an entry behave normally."""

    hsts: str | None = "max-age=63072000; includeSubDomains"
    minimum_tls: str = "tls1.2"
    maximum_tls: str = "tls1.3"
    cbc_only: set[str] = field(default_factory=set)
    """Hosts at which only CBC ciphers of TLS 1.2 are left."""
    http1_only: set[str] = field(default_factory=set)
    page_cache_control: str = "no-cache"
    redirects: bool = True
    redirect_location: str = "https://{http.request.host}{http.request.uri}"
    answers_only: dict[str, int] = field(default_factory=dict)
    """Host -> status that the edge answers instead of passing the request on."""
    delays: dict[str, float] = field(default_factory=dict)
    """Host -> seconds that every request waits at the edge."""
    deep_links: bool = True
    """Whether addresses inside the application get its page."""
    stream_seconds: float | None = None
    """After how long the edge ends a WebSocket that stands; never when None."""
    passes_upgrades: bool = True
    """Whether a WebSocket upgrade reaches the API."""
    balancer: BalancerPlan = field(default_factory=BalancerPlan)
    hides_inside: bool = True
    """Whether metrics and operators' routes stay behind the edge."""
    speaks_ipv6: bool = True
    """Whether the edge listens on IPv6 where the machine has it."""
    believes_clients: bool = False
    """Whether a client's own X-Forwarded-For is passed on as the truth."""


@dataclass
class AssetEdgePlan:
    """Behaviour of the asset host: what the origin says about its files, and the cache before it."""

    cache_control: str | None = "public, max-age=31536000, immutable"
    """What the origin says of files whose names carry their hash; of others it says "no-cache"."""
    allow_origin: str | None = "*"
    origin_in_public: bool = False
    """Whether the asset origin listens on the public addresses too."""
    missing: set[str] = field(default_factory=set)
    """Suffixes of files that the asset origin has lost, for example ".js"."""
    types: dict[str, str] = field(default_factory=dict)
    """Suffix of files -> the type that the asset origin says they have, instead of the right one."""
    serves_ranges: bool = True
    """Whether a request for a part of a file gets that part, as players need it."""
    cookie: str | None = None
    """A cookie that the origin sets with every file."""
    asks_for_key: bool = True
    """Whether the origin serves only those that show its key, as the edge does."""
    shell_for_missing: bool = False
    """Whether a missing file is answered with a page."""
    compresses: bool = True
    faults: list[str] = field(default_factory=list)
    """Names of the faults inside the cache's own process."""


@dataclass
class Record:
    """One resource record; `name` is absolute with the final dot, `ttl` in seconds."""

    name: str
    kind: str
    value: str
    ttl: int = 300


@dataclass
class NameserverPlan:
    """One authoritative server with its own copy of the zone. Times in seconds."""

    name: str
    records: list[Record]
    serial: int
    running: bool = True
    primary: str | None = None
    """The SOA's MNAME, absolute with the final dot; ns1 of the zone when None."""
    soa_times: tuple[int, int, int, int] = (7200, 900, 1209600, 300)
    """Refresh, retry, expire and negative TTL."""
    soa_ttl: int = 3600
    signed: bool = True
    signatures_end: timedelta = timedelta(days=14)
    """When signatures expire, from the start."""
    changed_after_signing: dict[tuple[str, str], str] = field(default_factory=dict)
    """(host without final dot, kind) -> value that is served with the former value's signature."""
    serves_zone: bool = True
    """Whether the server knows of its zone; one that does not refuses every question."""
    speaks_tcp: bool = True
    answers_edns: bool = True
    """Whether questions with EDNS are answered at all."""
    recursive: bool = False
    gives_transfers: bool = False
    delay: float = 0.0

    def replace(self, host: str, kind: str, value: str) -> None:
        """Give every record of `host` (without final dot) and `kind` another value."""
        for record in self.records:
            if record.name == f"{host}." and record.kind == kind:
                record.value = value

    def remove(self, host: str) -> None:
        """Forget every record of `host` (without final dot)."""
        self.records = [record for record in self.records if record.name != f"{host}."]


@dataclass
class ResolverPlan:
    """The resolver. `remembered` is what it answers from a cache of its own: (host, kind) -> value."""

    name: str
    remembered: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class ReplicaPlan:
    """One API process. `environment` is laid over the environment that it would get."""

    name: str
    release: Release
    faults: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    running: bool = True


@dataclass
class StackPlan:
    """Everything that a fault can change before the start."""

    release: Release
    leaves: dict[str, LeafPlan]
    edge: EdgePlan
    asset_edge: AssetEdgePlan
    nameservers: list[NameserverPlan]
    parent: NameserverPlan
    """The server of the zone above, which delegates; it adds the DS records by itself."""
    resolver: ResolverPlan
    replicas: list[ReplicaPlan]
    token_lifetime_seconds: int = 900
    flavour: str = "v1"
    """"v1", or "v2": the same application behind other routes, words and protocols."""
    forms: list[str] = field(default_factory=list)
    """Names of the right forms that the first flavour is built in."""
    identity_provider_environment: dict[str, str] = field(default_factory=dict)
    spotify_client_secret: str | None = None
    """What the identity provider issued to the application; made anew for each run when None."""
    configuration_edits: list[ConfigurationEdit] = field(default_factory=list)
    frontend_edits: list[FrontendEdit] = field(default_factory=list)
    database_addresses: tuple[str, ...] = ("127.0.0.1",)
    """Addresses that the database listens on; of the inside only."""
    cache_addresses: tuple[str, ...] = ("127.0.0.1",)
    database: DatabasePlan = field(default_factory=DatabasePlan)
    monitoring: MonitoringPlan = field(default_factory=MonitoringPlan)
    outages: set[str] = field(default_factory=set)
    """Parts that end once everything was ready: "postgres", "cache", "identity-provider", "asset-edge"."""
    signs_with_another_key: bool = False
    """Whether the parent's DS is that of a key that the zone does not have."""
    people: PeoplePlan = field(default_factory=PeoplePlan)
    """Who signs, and what."""
    code: CodePlan = field(default_factory=healthy_code)
    """The repository, its reviews and its documents."""
    partners: PartnersPlan = field(default_factory=PartnersPlan)
    """Third parties by which it is watched."""
    faults: list[str] = field(default_factory=list)
    """Names of the applied faults, in order."""

    def gives_ipv6(self, host: str) -> bool:
        """Whether any server of the zone has an IPv6 address for `host` (without final dot)."""
        records = (record for server in self.nameservers for record in server.records)
        return any(record.name == f"{host}." and record.kind == "AAAA" for record in records)

    @property
    def api_prefix(self) -> str:
        """What the API's paths begin with."""
        return "" if self.flavour == "v1" else f"/{self.flavour}"

    @property
    def environment(self) -> str:
        """The profile that this deployment is verified by: what its people sign is about no other."""
        return "rehearsal" if self.flavour == "v1" else f"rehearsal-{self.flavour}"

    def replica(self, name: str) -> ReplicaPlan:
        """The replica called `name`. Raises StopIteration when there is none."""
        return next(replica for replica in self.replicas if replica.name == name)


def healthy_plan() -> StackPlan:
    """The plan of a stack without any defect, with a release identity of its own."""
    now = datetime.now(UTC)
    built_at = now - timedelta(hours=2)
    code = healthy_code("1.0.0", built_at)
    release = Release("1.0.0", code.head, built_at)
    serial = int(now.strftime("%Y%m%d")) * 100 + 1
    return StackPlan(
        release=release,
        leaves={host: LeafPlan([host]) for host in PUBLIC_HOSTS},
        edge=EdgePlan(),
        asset_edge=AssetEdgePlan(),
        nameservers=[
            NameserverPlan(f"{server}.{APP_HOST}", healthy_records(), serial) for server in NAMESERVERS
        ],
        parent=NameserverPlan(f"ns.{PARENT_ZONE}", parent_records(), serial, signed=False),
        resolver=ResolverPlan("resolver"),
        replicas=[
            ReplicaPlan(name, Release(release.version, release.commit, release.built_at))
            for name in ("api-1", "api-2")
        ],
        code=code,
    )


def healthy_records() -> list[Record]:
    """The zone of the rehearsal without its SOA, which every server writes from its own serial."""
    origin = f"{APP_HOST}."
    return [
        Record(origin, "NS", f"ns1.{origin}", ttl=3600),
        Record(origin, "NS", f"ns2.{origin}", ttl=3600),
        Record(origin, "CAA", '0 issue "rehearsal.test"', ttl=3600),
        Record(origin, "TXT", '"v=spf1 -all"', ttl=3600),
        Record(f"_dmarc.{origin}", "TXT", '"v=DMARC1; p=reject"', ttl=3600),
        Record(origin, "HTTPS", "1 . alpn=h2 ipv4hint=127.0.0.1"),
        Record(f"www.{origin}", "CNAME", origin),
        *(Record(f"{name}.{origin}", "A", address, ttl=3600) for name, address in NAMESERVERS.items()),
        *(Record(f"{host}.", "A", "127.0.0.1") for host in (*PUBLIC_HOSTS, CONTROL_HOST)),
        *(Record(f"{host}.", "AAAA", "::1") for host in PUBLIC_HOSTS),
    ]


def parent_records() -> list[Record]:
    """The zone above: its own server, and the delegation with glue."""
    origin, parent = f"{APP_HOST}.", f"{PARENT_ZONE}."
    return [
        Record(parent, "NS", f"ns.{parent}", ttl=3600),
        Record(f"ns.{parent}", "A", "127.0.53.3", ttl=3600),
        *(Record(origin, "NS", f"{name}.{origin}", ttl=3600) for name in NAMESERVERS),
        *(Record(f"{name}.{origin}", "A", address, ttl=3600) for name, address in NAMESERVERS.items()),
    ]
