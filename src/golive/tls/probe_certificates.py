"""Everything about the certificate of one address: as sent, stapled, without SNI, and revoked or not."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256

from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ProbeError
from golive.tls.hello import SCT, TLS12, Offer
from golive.tls.hello_answer import ServerAnswer
from golive.tls.observation_certificates import HostCertificate, Revocation
from golive.tls.probe import TlsProbe
from golive.tls.probe_hello import HelloProbe
from golive.tls.probe_sessions import look_inside
from golive.tls.suites import AEAD_DHE, AEAD_ECDHE, CBC_DHE, CBC_ECDHE, STATIC_RSA

Fetch = Callable[[str], Awaitable[bytes]]
"""Fetches a revocation list; raises a ProbeError."""

_SUITES = AEAD_ECDHE + AEAD_DHE + CBC_ECDHE + CBC_DHE + STATIC_RSA


class HostCertificateProbe:
    """Looks at certificates from every side.

    Args:
        book: every address of a host.
        tls: for the handshake that verifies.
        fetch: gets a revocation list by its URL.
        clock: the instant, for the list's own dates.
        deadline: seconds for each further look.
    """

    def __init__(
        self,
        book: AddressBook,
        tls: TlsProbe,
        fetch: Fetch,
        clock: Callable[[], datetime],
        *,
        deadline: float = 5.0,
    ) -> None:
        self._book, self._tls, self._fetch, self._clock = book, tls, fetch, clock
        self._deadline = deadline
        self._hello = HelloProbe(deadline=deadline)

    async def observe_all(self, host: str, port: int = 443) -> tuple[HostCertificate, ...]:
        """Look at every address, side by side; raises as `TlsProbe.observe` for the first that fails."""
        self._book.permit(host, port)
        addresses = await self._book.resolve(host, port)
        return tuple(await asyncio.gather(*(self.observe(host, port, address) for address in addresses)))

    async def observe(self, host: str, port: int, address: Address) -> HostCertificate:
        """Look at one address.

        Raises:
            Refused: by the guard, before a connection is opened.
        """
        self._book.permit(host, port)
        seen, old, inside, nameless = await asyncio.gather(
            self._tls.observe(host, port, address=address),
            self._offer(host, port, address, host),
            look_inside(host, address, deadline=self._deadline),
            self._without_sni(host, port, address),
        )
        chain = tuple(x509.load_der_x509_certificate(certificate.der) for certificate in seen.chain)
        staple = (inside.staple if inside else None) or (old.staple if old else None)
        scts = bool((inside and inside.scts) or (old and SCT in old.extensions))
        revocation = await self._revocation(chain, trusted=seen.verified)
        return HostCertificate(
            seen, chain, staple, inside is not None or old is not None, scts, nameless, revocation
        )

    async def _offer(self, host: str, port: int, address: Address, name: str | None) -> ServerAnswer | None:
        try:
            answer = await self._hello.offer(host, port, address, Offer(TLS12, _SUITES, server_name=name))
        except ProbeError:
            return None
        return answer.answer if answer.accepted and answer.answer.done else None

    async def _without_sni(self, host: str, port: int, address: Address) -> str | None:
        answer = await self._offer(host, port, address, None)
        chain = answer.chain if answer else ()
        if not chain:
            inside = await look_inside(None, address, deadline=self._deadline)
            chain = inside.chain if inside else ()
        try:
            return x509.load_der_x509_certificate(chain[0]).fingerprint(SHA256()).hex() if chain else None
        except ValueError:
            return None

    async def _revocation(self, chain: tuple[x509.Certificate, ...], *, trusted: bool) -> Revocation:
        urls = _list_urls(chain[0])
        if not urls:
            return Revocation("no list")
        if not trusted:
            # Whoever made it could send the suite anywhere.
            return Revocation("unknown", "the certificate is not trusted, so its list is not asked for")
        try:
            data = await self._fetch(urls[0])
        except ProbeError as failure:
            return Revocation("unknown", str(failure))
        return read_revocation(data, chain, self._clock())


def read_revocation(data: bytes, chain: tuple[x509.Certificate, ...], now: datetime) -> Revocation:
    """Look the leaf up in a list that its issuer signed."""
    try:
        listed = (
            x509.load_pem_x509_crl(data)
            if data.lstrip().startswith(b"-----")
            else x509.load_der_x509_crl(data)
        )
        issuers = [issuer for issuer in chain[1:] if issuer.subject == listed.issuer]
        if listed.issuer != chain[0].issuer or not issuers:
            return Revocation("unknown", "the list is not the issuer's, or the issuer was not sent")
        key = issuers[0].public_key()
        if not listed.is_signature_valid(key):  # type: ignore[arg-type]
            return Revocation("unknown", "the list's signature does not hold")
        until = listed.next_update_utc
        if until is not None and until < now:
            return Revocation("unknown", f"the list ended on {until:%Y-%m-%dT%H:%MZ}")
        entry = listed.get_revoked_certificate_by_serial_number(chain[0].serial_number)
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as error:
        return Revocation("unknown", f"the list cannot be read ({type(error).__name__})")
    if entry is None:
        return Revocation("good")
    return Revocation("revoked", f"on {entry.revocation_date_utc:%Y-%m-%dT%H:%MZ}")


def _list_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    names = [name.value for point in points for name in point.full_name or ()]
    return [name for name in names if isinstance(name, str) and name.startswith("http")]
