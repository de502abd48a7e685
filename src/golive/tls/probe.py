"""TLS: the handshake and the chain at each address of a host, and which versions it accepts."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Any, TypeVar

from golive.core.outcome import Blind
from golive.net.address import Address, named
from golive.net.addresses import AddressBook
from golive.net.deadline import Deadline
from golive.net.errors import (
    CLOSED_IN_HANDSHAKE,
    VERIFY_TIME_CODES,
    ConnectFailed,
    DeadlineExceeded,
    ProbeError,
    ProtocolError,
    TlsFailed,
)
from golive.net.incidents import ConnectionTally
from golive.net.tls.context import TlsContexts
from golive.net.tls.messages import tls_message
from golive.net.transport.dialling import connect_message
from golive.tls.certificate import read_certificate
from golive.tls.observation import TlsObservation, TlsVersion, TlsVersionObservation

_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_OWN_LIMITS = {"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE", "UNSUPPORTED_SSL_VERSION"}


class TlsProbe:
    """Looks at handshakes; sends nothing over them.

    Args:
        book: every address of a host.
        contexts: the trust store.
        deadline: seconds for one look at one address, at most two handshakes.
        tally: counts handshakes that broke and were tried again.
        now: asked before a certificate is called out of date; blind where the time is not known.
    """

    def __init__(
        self,
        book: AddressBook,
        contexts: TlsContexts,
        *,
        deadline: float = 10.0,
        now: Callable[[], datetime] | None = None,
        tally: ConnectionTally | None = None,
    ) -> None:
        self._tally = tally or ConnectionTally()
        self._book = book
        self._now = now
        self._contexts = contexts
        self._deadline = deadline
        self._seen: dict[tuple[str, Address], TlsObservation | ProbeError] = {}
        self._locks: dict[tuple[str, Address], asyncio.Lock] = {}

    async def observe_all(self, host: str, port: int = 443) -> tuple[TlsObservation, ...]:
        """Observe every address of the host, side by side; raises as `observe` for the first that fails."""
        self._book.permit(host, port)
        addresses = await self._book.resolve(host, port)
        looks = (self.observe(host, port, address=address) for address in addresses)
        seen = await asyncio.gather(*looks, return_exceptions=True)
        for result in seen:
            if isinstance(result, BaseException):
                raise result
        return tuple(result for result in seen if isinstance(result, TlsObservation))

    async def observe(self, host: str, port: int = 443, *, address: Address | None = None) -> TlsObservation:
        """Observe one address, by default the book's first. Looked at once; the first caller looks for all.

        A refused certificate is an observation, not an error: a second handshake without verification
        looks at its chain.

        Raises:
            NameNotFound, ConnectFailed, DeadlineExceeded: no connection, or none in time.
            TlsFailed: no handshake came about, for other reasons than the certificate.
            Refused: by the guard, before a connection is opened.
            Blind: the certificate was refused by a clock that is not known to be right.
        """
        self._book.permit(host, port)
        address = address or (await self._book.resolve(host, port))[0]
        key = (host, address)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._seen:
                try:
                    self._seen[key] = await self._tally.again(
                        named(host, port), lambda: self._look(host, port, address)
                    )
                except ProbeError as failure:
                    # Kept as well: a deaf address would cost each of its checks a deadline, in turn.
                    self._seen[key] = failure
        seen = self._seen[key]
        if isinstance(seen, ProbeError):
            raise seen
        return seen

    async def _look(self, host: str, port: int, address: Address) -> TlsObservation:
        target = named(host, port, address)
        started = perf_counter()
        try:
            async with Deadline(self._deadline):
                try:
                    found = await _handshake(host, address, self._contexts.observing, _look)
                    error, code = "", None
                    elapsed = perf_counter() - started
                except ssl.SSLCertVerificationError as refusal:
                    error, code = tls_message(refusal)
                    elapsed = perf_counter() - started
                    if code in VERIFY_TIME_CODES and self._now is not None:
                        self._now()
                    found = await _handshake(host, address, self._contexts.blind, _look)
        except TimeoutError:
            raise _too_late(self._deadline, target) from None
        except (ssl.SSLError, ConnectionError, EOFError) as failure:
            raise _failed(failure, target) from None
        except OSError as failure:
            raise ConnectFailed(
                connect_message(failure, self._deadline), target=target, phase="connect"
            ) from None
        version, cipher, alpn, ders, complete = found
        try:
            chain = tuple(read_certificate(der) for der in ders)
        except ValueError:
            raise ProtocolError(
                "the server sent what is no certificate", target=target, phase="tls"
            ) from None
        return TlsObservation(
            host=host,
            port=port,
            address=address,
            verified=code is None,
            verify_error=error,
            verify_code=code,
            version=version,
            cipher=cipher,
            alpn=alpn,
            chain=chain,
            chain_complete=complete,
            elapsed_ms=elapsed * 1000,
        )

    async def accepts(
        self, host: str, port: int, version: TlsVersion, *, address: Address | None = None
    ) -> TlsVersionObservation:
        """Offer one version only, with every cipher that this OpenSSL has, and see whether it is accepted.

        Raises:
            Blind: this machine's OpenSSL cannot speak the version, so a refusal would say nothing.
            NameNotFound, ConnectFailed, DeadlineExceeded, TlsFailed, Refused: as `observe`.
        """
        self._book.permit(host, port)
        address = address or (await self._book.resolve(host, port))[0]
        seen = await self._offer(host, port, version, address)
        if seen.refusal == CLOSED_IN_HANDSHAKE:
            # A refusal that says nothing may be a connection that broke, which the next one does not.
            seen = await self._offer(host, port, version, address)
        return seen

    async def _offer(
        self, host: str, port: int, version: TlsVersion, address: Address
    ) -> TlsVersionObservation:
        target = named(host, port, address)
        cipher, refusal = "", ""
        try:
            async with Deadline(self._deadline):
                cipher = await _handshake(host, address, _only(version), _cipher)
        except TimeoutError:
            raise _too_late(self._deadline, target) from None
        except ssl.SSLError as failure:
            if failure.reason in _OWN_LIMITS:
                raise _cannot_speak(version) from None
            refusal, _ = tls_message(failure)
            if "does not speak TLS" in refusal or "plain HTTP" in refusal:
                raise TlsFailed(refusal, target=target) from None
        except ConnectionRefusedError as failure:
            raise ConnectFailed(
                connect_message(failure, self._deadline), target=target, phase="connect"
            ) from None
        except (ConnectionError, EOFError):
            refusal = CLOSED_IN_HANDSHAKE
        except OSError as failure:
            raise ConnectFailed(
                connect_message(failure, self._deadline), target=target, phase="connect"
            ) from None
        return TlsVersionObservation(host, port, address, version, not refusal, cipher, refusal)


def _too_late(deadline: float, target: str) -> DeadlineExceeded:
    return DeadlineExceeded(f"no complete TLS handshake within {deadline:g} s", target=target, phase="tls")


def _failed(failure: BaseException, target: str) -> ConnectFailed | TlsFailed:
    if isinstance(failure, ConnectionRefusedError):
        return ConnectFailed("connection refused", target=target, phase="connect")
    words, code = tls_message(failure)
    return TlsFailed(words, target=target, code=code)


def _cannot_speak(version: str) -> Blind:
    return Blind(
        f"this machine's OpenSSL ({ssl.OPENSSL_VERSION}) cannot speak {version}",
        remedy="run the suite where OpenSSL is built with it",
    )


def _only(version: TlsVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Below security level 0 OpenSSL itself withholds what old versions need, and any server would refuse.
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = _VERSIONS[version]
        context.minimum_version = _VERSIONS[version]
    except ValueError:
        raise _cannot_speak(version) from None
    return context


_Seen = TypeVar("_Seen")


async def _handshake(
    host: str, address: Address, context: ssl.SSLContext, look: Callable[[ssl.SSLObject], _Seen]
) -> _Seen:
    _, writer = await asyncio.open_connection(
        address.ip, address.port, ssl=context, server_hostname=host, ssl_handshake_timeout=60
    )
    try:
        return look(writer.get_extra_info("ssl_object"))
    finally:
        writer.transport.abort()


def _cipher(connection: ssl.SSLObject) -> str:
    cipher = connection.cipher()
    return cipher[0] if cipher else ""


def _look(connection: ssl.SSLObject) -> tuple[str, str, str | None, list[bytes], bool]:
    ders, complete = sent_chain(connection)
    return (
        connection.version() or "",
        _cipher(connection),
        connection.selected_alpn_protocol(),
        ders,
        complete,
    )


def sent_chain(connection: Any) -> tuple[list[bytes], bool]:
    """Return the chain as sent, DER, and whether it is whole.

    Python has it public from 3.13, since 3.10 on the object below.
    """
    if hasattr(connection, "get_unverified_chain"):
        return list(connection.get_unverified_chain()), True
    below: Any = getattr(connection, "_sslobj", None)
    if hasattr(below, "get_unverified_chain"):
        return [
            ssl.PEM_cert_to_DER_cert(entry.public_bytes()) for entry in below.get_unverified_chain()
        ], True
    return [connection.getpeercert(binary_form=True)], False
