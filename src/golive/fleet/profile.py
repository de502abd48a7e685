"""What a profile says of servers, firewall and load balancer: which are ours, and how they must be."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, HttpUrl, Ip, SecretName
from golive.profile.profile import Profile
from golive.profile.registry import Endpoint, Section, extend, section, speaks_to

PORTS_AT_MOST = 64
"""Ports of one host that are tried, open and closed each: a list, never a scan."""
HOSTS_AT_MOST = 64


Port = Annotated[int, Field(gt=0, lt=65536)]
Share = Annotated[float, Field(gt=0, le=1)]
Addresses = Annotated[tuple[Ip, ...], Field(min_length=1, max_length=16)]
Ports = Annotated[dict[str, Port], Field(max_length=PORTS_AT_MOST)]
"""What listens there to its port, such as ``{ https = 443 }``."""


class Server(Frozen):
    """One host of the fleet, as the suite reaches it."""

    name: str
    """What reports call it."""
    addresses: Addresses
    """The addresses at which the suite reaches it."""
    ports: Annotated[Ports, Field(min_length=1)]
    """Ports that must accept connections."""
    api: HttpUrl | Absent
    """Base URL of the API that it runs: says release identity and time."""
    metrics: HttpUrl | Absent
    """Its own metrics in Prometheus' text format, such as those of node_exporter."""


class UsedAtMost(Frozen):
    """Shares of a resource above which there is no headroom, and how long processor time is watched."""

    cpu: Share = 0.7
    """Share of processor time while it is watched."""
    memory: Share = 0.8
    """Share of memory."""
    disk: Share = 0.75
    """Share of each file system."""
    watched_for: Duration = timedelta(seconds=1)
    """How long lies between the two looks that processor time is worked out from."""


class Series(Frozen):
    """Names of the series that say what a server has left; node_exporter's by default."""

    cpu_seconds: str = "node_cpu_seconds_total"
    """Counter by ``mode``; modes ``idle`` and ``iowait`` are not used."""
    memory_total: str = "node_memory_MemTotal_bytes"
    """Bytes of memory."""
    memory_available: str = "node_memory_MemAvailable_bytes"
    """Bytes of memory that can be had without swapping."""
    disk_size: str = "node_filesystem_size_bytes"
    """Bytes of each file system."""
    disk_available: str = "node_filesystem_avail_bytes"
    """Bytes that are left on each file system, for users without privileges."""
    clock: str = "node_time_seconds"
    """The server's clock, in seconds since 1970."""
    passing_filesystems: tuple[str, ...] = ("tmpfs", "ramfs", "squashfs", "overlay", "devtmpfs", "iso9660")
    """Values of ``fstype`` that are no disks."""


class Fleet(Frozen):
    """The servers of the deployment."""

    servers: tuple[Server, ...] = Field(default=(), max_length=HOSTS_AT_MOST)
    """Every server; none: lines about servers are unknown."""
    clock_skew: Duration = timedelta(seconds=2)
    """How far a server's clock may be from the suite's, beyond what the measurement leaves open."""
    used_at_most: UsedAtMost = UsedAtMost()
    """How much of each resource may be in use."""
    series: Series = Series()
    """How the servers' metrics are called."""


class GuardedHost(Frozen):
    """A host behind the firewall, by its addresses as the outside knows them."""

    name: str
    """What reports call it."""
    addresses: Addresses
    """Its addresses, as the outside sees them."""
    open: Ports = {}
    """Ports that must answer from outside."""
    closed: Ports = {}
    """Ports that must not answer from outside."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "GuardedHost":
        both = set(self.open.values()) & set(self.closed.values())
        if both:
            raise ValueError(f"port {min(both)} of {self.name} is declared both open and closed")
        return self


class Firewall(Frozen):
    """What the outside must and must not reach. Only these addresses and ports are ever tried."""

    hosts: tuple[GuardedHost, ...] = Field(default=(), max_length=HOSTS_AT_MOST)
    """The hosts that the outside is told about, each with its ports."""
    private_paths: tuple[str, ...] = Field(default=("/metrics",), max_length=PORTS_AT_MOST)
    """Paths below the public API and app that are for the inside only, such as metrics and administration."""
    deadline: Duration = timedelta(seconds=3)
    """After which an address that says nothing counts as closed: time for a lost SYN to be sent again."""
    at_once: int = Field(default=16, ge=1, le=64)
    """How many ports are tried at the same time."""

    @model_validator(mode="after")
    def _control(self) -> "Firewall":
        if self.hosts and not any(host.open for host in self.hosts):
            raise ValueError(
                "no host has an open port: without one that must be open, closed ports prove nothing"
            )
        return self


class ReplicaTrial(Frozen):
    """How the operators put one replica into another state for a while."""

    urls: dict[str, HttpUrl] = {}
    """Replica to the URL that is POSTed to; ``{state}`` and ``{seconds}`` are filled in."""
    token: SecretName | None = None
    """Sent as a bearer token."""
    states: tuple[Literal["unhealthy", "failing", "slow"], ...] = Field(
        default=("unhealthy", "failing", "slow"), min_length=1
    )
    """Says that it is not well; answers 5xx; answers late: the balancer must take it out. The state
    ``draining`` is tried too: no new traffic, and whoever is connected stays so."""
    normal: str = "serving"
    """The state that undoes them all."""
    lasts_at_most: Duration = timedelta(seconds=60)
    """After which the replica returns to normal by itself, whatever becomes of the suite."""
    requests: int = Field(default=20, ge=10, le=200)
    """Requests that a replica in another state must get none of."""
    keeps_for: Duration = timedelta(seconds=1)
    """How long connections are watched at a replica that drains and gets no new traffic any more."""


class LoadBalancer(Frozen):
    """How traffic is spread over the replicas, and what becomes of one that is not well."""

    requests: int = Field(default=80, ge=20, le=1000)
    """Requests whose distribution is judged, each over a connection of its own."""
    significance: float = Field(default=0.001, gt=0, le=0.05)
    """How often a right balancer that chooses at random may be called wrong."""
    shares: dict[str, Annotated[float, Field(gt=0)]] = {}
    """Weights by replica where they are not equal."""
    connections: int = Field(default=4, ge=2, le=16)
    """Real-time connections that are opened through the balancer."""
    replica_header: str | None = None
    """Response header, also of handshakes, by which a replica names itself as the version route does."""
    settles_within: Duration = timedelta(seconds=10)
    """After which a replica that is not well gets no request, and one that is well again gets some."""
    trial: ReplicaTrial | None = None
    """How a replica is put out of service for a while; None: it is not tried."""


class FleetFeatures(Frozen):
    """Abilities of servers and load balancer that a deployment may do without."""

    ipv4: Absent | None = None
    """Public hosts have IPv4 addresses, and the outside can be told from the inside there."""
    ipv6: Absent | None = None
    """Public hosts have IPv6 addresses."""
    distribution: Absent | None = None
    """The load balancer spreads the connections of one client over all replicas."""
    replica_trial: Absent | None = None
    """A replica may be put out of service for a while, to see what the load balancer does."""
    firewall_attestation: Absent | None = None
    """The firewall's rule set was reviewed, and its digest attested."""


FLEET: Section[Fleet] = section("fleet", Fleet, Fleet())
FIREWALL: Section[Firewall | None] = section("firewall", Firewall | None, None)
LOAD_BALANCER: Section[LoadBalancer] = section("load_balancer", LoadBalancer, LoadBalancer())
extend("features", FleetFeatures)


@speaks_to
def _ports(profile: Profile) -> Iterator[Endpoint]:
    for server in FLEET.of(profile).servers:
        yield from ((ip.lower(), port) for ip in server.addresses for port in server.ports.values())
    firewall = FIREWALL.of(profile)
    for host in firewall.hosts if firewall is not None else ():
        ports = {*host.open.values(), *host.closed.values()}
        yield from ((ip.lower(), port) for ip in host.addresses for port in ports)
