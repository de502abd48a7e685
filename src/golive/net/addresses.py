"""Names to addresses, without touching the machine: the profile's overrides, then a resolver."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Mapping

from golive.core.outcome import Blind
from golive.net.address import Address, is_ip, named, split_endpoint
from golive.net.deadline import Deadline
from golive.net.errors import DeadlineExceeded, NameNotFound
from golive.profile.profile import Network

_DNS_PORT = 53
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class _NoSuchName(Exception):
    """A resolver of the profile's own says so."""


class _ResolverFailed(Exception):
    """It gave no answer; the words are the kind of failure."""


def _anywhere(_host: str, _port: int) -> None:
    """Permit every connection: a book of the suite's own control targets has no guard."""


class AddressBook:
    """Every address of a host. Looked up once per run; the first caller looks up for all.

    Args:
        network: the profile's overrides, its resolver (``ip`` or ``ip:port``) and its connect deadline,
            which is also the deadline of a look-up.
        permit: asked before a connection is opened that no request stands for; raises `Refused`.
    """

    def __init__(self, network: Network, permit: Callable[[str, int], None] = _anywhere) -> None:
        self.permit = permit
        """Whoever opens a connection of their own to ``host:port`` calls it first."""
        self._deadline = network.connect_deadline.total_seconds()
        self._resolver = network.resolver
        self._overrides = {
            split_endpoint(name): tuple(Address(*split_endpoint(where)) for where in wheres)
            for name, wheres in network.addresses.items()
        }
        self._known: dict[tuple[str, int], tuple[Address, ...]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def overrides(self) -> Mapping[tuple[str, int], tuple[Address, ...]]:
        """The profile's own mapping, for clients that want it up front."""
        return self._overrides

    @property
    def has_resolver(self) -> bool:
        """Whether the profile names a resolver of its own."""
        return self._resolver is not None

    async def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """Return all addresses that are dialled for ``host:port``, in the resolver's order, never none.

        Raises:
            NameNotFound: the name does not exist or has no address.
            DeadlineExceeded: the look-up took longer than the connect deadline.
            Blind: the suite's own resolver fails.
        """
        key = (host.lower(), port)
        if key in self._known:
            return self._known[key]
        async with self._locks.setdefault(key[0], asyncio.Lock()):
            if key not in self._known:
                self._known[key] = await self._look_up(*key)
        return self._known[key]

    async def servers(self, name: str) -> tuple[Address, ...]:
        """Return where a name server that a zone names is asked, which nobody had to allow: DNS is public.

        Raises:
            Refused: its address is none of the public internet's, and the profile does not name it.
            NameNotFound, DeadlineExceeded, Blind: as `resolve`.
        """
        found = await self.resolve(name, _DNS_PORT)
        if (name.lower(), _DNS_PORT) not in self._overrides:
            for address in found:
                if not ipaddress.ip_address(address.ip).is_global:
                    self.permit(address.ip, address.port)
        return found

    async def _look_up(self, host: str, port: int) -> tuple[Address, ...]:
        found: list[Address] = []
        for address in self._overrides.get((host, port), (Address(host, port),)):
            ips = [address.ip] if is_ip(address.ip) else await self._ips(address.ip, named(host, port))
            found += [Address(ip, address.port) for ip in ips]
        if not found:
            raise NameNotFound("the name has no address", target=named(host, port), phase="resolve")
        return tuple(dict.fromkeys(found))

    async def _ips(self, host: str, target: str) -> list[str]:
        try:
            async with Deadline(self._deadline):
                return await (self._ask_resolver(host) if self._resolver else self._ask_system(host))
        except TimeoutError:
            raise DeadlineExceeded(
                f"no answer about the name within {self._deadline:g} s", target=target, phase="resolve"
            ) from None
        except _NoSuchName:
            raise NameNotFound("the name does not exist", target=target, phase="resolve") from None
        except (_ResolverFailed, OSError) as error:
            if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_NAME:
                raise NameNotFound("the name does not exist", target=target, phase="resolve") from None
            resolver = self._resolver or "of this machine"
            why = str(error) if isinstance(error, _ResolverFailed) else type(error).__name__
            raise Blind(
                f"the resolver {resolver} fails to look up {host} ({why})",
                remedy="repair this machine's name resolution, or set network.resolver in the profile",
            ) from None

    async def _ask_system(self, host: str) -> list[str]:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found]

    async def _ask_resolver(self, host: str) -> list[str]:
        # Sixty modules, for profiles that name a resolver of their own.
        import dns.asyncresolver  # noqa: PLC0415
        import dns.exception  # noqa: PLC0415
        import dns.nameserver  # noqa: PLC0415
        import dns.resolver  # noqa: PLC0415

        where = self._resolver or ""
        ip, port = (where, 53) if is_ip(where) else split_endpoint(where)
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(ip, port)]
        resolver.lifetime = self._deadline
        try:
            answers = await resolver.resolve_name(host)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            raise _NoSuchName from None
        except dns.exception.DNSException as error:
            raise _ResolverFailed(type(error).__name__) from None
        return list(answers.addresses())
