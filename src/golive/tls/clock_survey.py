"""Asks several hosts for the time: one HEAD each, whose Date and certificates are read and nothing else."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.parser import BytesHeaderParser
from urllib.parse import urlsplit

from golive.api.profile import API, Api
from golive.core.outcome import Blind, Effect
from golive.net.access import Access
from golive.net.address import Address, split_endpoint
from golive.net.clock import DATE_SECONDS
from golive.net.errors import ProbeError, Refused
from golive.net.headers import read_age, read_date
from golive.net.suite_clock import Clock, ClockComparison, ClockReading, Validity, compare
from golive.profile.profile import Profile

_DEADLINE = 3.0
_REQUEST = (
    "HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: golive\r\n"
    "Cache-Control: no-cache\r\nConnection: close\r\n\r\n"
)


class _NothingTold(Exception):
    """A host that told no time; its words say why."""


@dataclass(frozen=True, slots=True)
class _Host:
    name: str
    port: int
    is_control: bool
    is_plain: bool = False
    """Plain HTTP; a control target whose port speaks no TLS is asked so too."""


class ClockSurvey:
    """Compares this machine's clock with the control targets' and with that of every host that may be asked.

    Certificates are not verified: that would need the very clock that is in question, and a vote is all that
    anybody gets who tells a lie.

    Args:
        profile: control targets, targets, and what may be asked.
        clock: this machine's, UTC.
        access: the way to them.
        deadline: seconds for all of them, side by side.
    """

    def __init__(
        self, profile: Profile, clock: Clock, access: Access, *, deadline: float = _DEADLINE
    ) -> None:
        self._profile = profile
        self._clock = clock
        self._access = access
        self._deadline = deadline

    async def look(self) -> ClockComparison:
        """Ask everybody at once. Raises nothing."""
        at = self._clock()
        hosts = list(dict.fromkeys(self._hosts()))
        told = await asyncio.gather(*(self._ask(host) for host in hosts))
        readings = [one for one in told if isinstance(one, ClockReading)]
        return compare(at, readings, [one for one in told if isinstance(one, str)])

    def _hosts(self) -> Iterator[_Host]:
        for target in self._profile.control.targets:
            name, port = split_endpoint(target)
            yield _Host(name, port, is_control=True, is_plain=port == 80)
        api = API.get(self._profile)
        replicas = [replica.url for replica in api.replicas] if isinstance(api, Api) else []
        others = [
            f"https://{name}/"
            for name in self._profile.allow.hosts
            if ":" not in name or name.endswith(":443")
        ]
        for url in (*self._profile.public_urls().values(), *replicas, *others):
            parts = urlsplit(url)
            plain = parts.scheme in ("http", "ws")
            try:
                self._access.guard.permit(
                    "HEAD", f"{'http' if plain else 'https'}://{parts.netloc}/", effect=Effect.READ
                )
            except Refused:
                continue
            yield _Host(parts.hostname or "", parts.port or (80 if plain else 443), False, is_plain=plain)

    async def _ask(self, host: _Host) -> ClockReading | str:
        name = f"{host.name}:{host.port}"
        try:
            async with asyncio.timeout(self._deadline):
                await self._access.limits.pace(host.name)
                return await self._first_to_answer(host)
        except TimeoutError:
            return f"{name}: no answer within {self._deadline:g} s"
        except ProbeError as error:
            return f"{name}: {error.message}"
        except Blind as blind:
            return f"{name}: {blind.reason}"
        except _NothingTold as error:
            return f"{name}: {error}"

    async def _first_to_answer(self, host: _Host) -> ClockReading:
        failure = _NothingTold("no address")
        for address in await self._access.book.resolve(host.name, host.port):
            for plain in (True,) if host.is_plain else (False, True) if host.is_control else (False,):
                try:
                    # A server that waits for more than a handshake leaves time to be asked in plain.
                    async with asyncio.timeout(self._deadline / 2 if host.is_control else None):
                        return await self._of(host, address, plain=plain)
                except _NothingTold as error:
                    failure = error
                except (OSError, EOFError, OverflowError, asyncio.LimitOverrunError) as error:
                    failure = _NothingTold(f"no HTTP answer ({type(error).__name__})")
        raise failure

    async def _of(self, host: _Host, address: Address, *, plain: bool) -> ClockReading:
        context = None if plain else self._access.contexts.unverified
        reader, writer = await asyncio.open_connection(
            address.ip, address.port, ssl=context, server_hostname=None if plain else host.name
        )
        try:
            certificates = () if plain else _validities(writer.get_extra_info("ssl_object"))
            # The default port is left out of Host, as every client does (RFC 9110, 7.2).
            usual = host.port == (80 if plain else 443)
            sent = _REQUEST.format(host=host.name if usual else f"{host.name}:{host.port}")
            before = self._clock()
            writer.write(sent.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            after = self._clock()
        finally:
            writer.transport.abort()
        headers = BytesHeaderParser().parsebytes(head.partition(b"\r\n")[2])
        told = read_date(headers.get("Date"))
        if told is None:
            raise _NothingTold("the answer has no readable Date")
        # A cache got the answer that long ago, and its Date is the origin's from then (RFC 9111, 5.1).
        told += read_age(headers.get_all("Age", [])) or timedelta()
        return ClockReading(
            host=host.name,
            server=str(address),
            is_control=host.is_control,
            earliest=told - after,
            latest=told + DATE_SECONDS - before,
            certificates=certificates,
        )


def _validities(connection: ssl.SSLObject) -> tuple[Validity, ...]:
    # With cryptography below them, for hosts that showed a certificate.
    from golive.tls.certificate import read_certificate  # noqa: PLC0415
    from golive.tls.probe import sent_chain  # noqa: PLC0415

    try:
        certificates = [read_certificate(der) for der in sent_chain(connection)[0]]
    except ValueError:
        return ()
    return tuple((one.not_before, one.not_after) for one in certificates)


async def survey_clock(profile: Profile, clock: Clock) -> ClockComparison:
    """Compare this machine's clock with everybody's that the profile names, now."""
    return await ClockSurvey(profile, clock, Access.of(profile)).look()
