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
    address: Endpoint


class DnsRecord(Frozen):
    """A record set that must be served exactly so."""

    name: str
    type: Literal["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NS", "TXT"]
    values: tuple[str, ...] = Field(min_length=1)


class Cutover(Frozen):
    """A change of addresses that is under way; the declared records are those after it."""

    moment: Literal["before-48h", "before-1h", "at-change", "after-ttl"]
    old_addresses: tuple[str, ...] = Field(min_length=1)
    longest_ttl: Duration = timedelta(minutes=5)
    """The highest TTL of an address that is about to change."""


class DnsBounds(Frozen):
    """What is slow, long or high in DNS."""

    slow: Duration = timedelta(milliseconds=500)
    longest_chain: int = Field(default=8, ge=1, le=32)
    """Aliases that a name may pass through."""
    negative_ttl: Duration = timedelta(hours=1)
    shortest_expire: Duration = timedelta(days=7)
    question_deadline: Duration = timedelta(milliseconds=1500)


class Dns(Frozen):
    """The public zone."""

    zone: str
    nameservers: tuple[Nameserver, ...] = ()
    records: tuple[DnsRecord, ...] = Field(min_length=1)
    start: tuple[Nameserver, ...] = ()
    """Servers that the walk to the delegation begins at, such as the parent's; none means the root's."""
    resolvers: tuple[Nameserver, ...] = ()
    """Recursive resolvers whose answers are compared with the zone's own."""
    certificate_authority: str | None = None
    """The domain by which CAA records name the certificate authority in use."""
    old_addresses: tuple[str, ...] = ()
    """Addresses of former servers, which must not be served any more."""
    cutover: Cutover | None = None
    bounds: DnsBounds = DnsBounds()


DNS = part("dns", Dns)


@speaks_to
def _servers(profile: Profile) -> Iterator[registry.Endpoint]:
    zone = DNS.get(profile)
    if zone is not None:
        for server in (*zone.nameservers, *zone.start, *zone.resolvers):
            endpoint = endpoint_of(server.address)
            if endpoint is not None:
                yield endpoint
