"""What a profile says of the public zone: servers, records, resolvers, and a cutover under way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from pydantic import Field

from golive.profile import registry
from golive.profile.base import Frozen
from golive.profile.endpoints import endpoint_of
from golive.profile.fields import Duration, Endpoint
from golive.profile.profile import Profile
from golive.profile.registry import part, speaks_to


class Nameserver(Frozen):
    """An authoritative server of the zone."""

    name: str
    """Its host name."""
    address: Endpoint
    """Where it is asked."""


class DnsRecord(Frozen):
    """A record set that must be served exactly so."""

    name: str
    """The full name."""
    type: Literal["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NS", "TXT"]
    """The record type."""
    values: tuple[str, ...] = Field(min_length=1)
    """All of its data, in whatever order, as zone files write them."""


class Cutover(Frozen):
    """A change of addresses that is under way; the declared records are those after it."""

    moment: Literal["before-48h", "before-1h", "at-change", "after-ttl"]
    """How far the change is: it decides which findings block."""
    old_addresses: tuple[str, ...] = Field(min_length=1)
    """The addresses that are being left."""
    longest_ttl: Duration = timedelta(minutes=5)
    """The highest TTL of an address that is about to change."""


class DnsBounds(Frozen):
    """What is slow, long or high in DNS."""

    slow: Duration = timedelta(milliseconds=500)
    """An answer that takes longer is called slow."""
    longest_chain: int = Field(default=8, ge=1, le=32)
    """Aliases that a name may pass through."""
    negative_ttl: Duration = timedelta(hours=1)
    """How long resolvers may remember that a name does not exist."""
    shortest_expire: Duration = timedelta(days=7)
    """How long secondaries must go on serving the zone when the primary is gone."""
    question_deadline: Duration = timedelta(milliseconds=1500)
    """How long one question may take before it counts as unanswered."""


class Dns(Frozen):
    """The public zone."""

    zone: str
    """The zone's name, such as ``example.com``."""
    nameservers: tuple[Nameserver, ...] = ()
    """The authoritative servers; none: the delegation's own are looked at, and no records compared."""
    records: tuple[DnsRecord, ...] = Field(min_length=1)
    """Record sets that every server must serve."""
    start: tuple[Nameserver, ...] = ()
    """Servers that the walk to the delegation begins at, such as the parent's; none means the root's."""
    resolvers: tuple[Nameserver, ...] = ()
    """Recursive resolvers whose answers are compared with the zone's own."""
    certificate_authority: str | None = None
    """The domain by which CAA records name the certificate authority in use."""
    old_addresses: tuple[str, ...] = ()
    """Addresses of former servers, which must not be served any more."""
    cutover: Cutover | None = None
    """A change that is under way; None: there is none."""
    bounds: DnsBounds = DnsBounds()
    """What counts as slow, long or high."""


DNS = part("dns", Dns)
"""The public zone and its servers."""


@speaks_to
def _servers(profile: Profile) -> Iterator[registry.Endpoint]:
    zone = DNS.get(profile)
    if zone is not None:
        for server in (*zone.nameservers, *zone.start, *zone.resolvers):
            endpoint = endpoint_of(server.address)
            if endpoint is not None:
                yield endpoint
