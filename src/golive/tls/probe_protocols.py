"""Everything about the protocols of one address: some twenty offers, side by side."""

import asyncio
import ssl
from contextlib import suppress

from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.deadline import Deadline
from golive.net.errors import ConnectFailed, DeadlineExceeded, ProbeError, TlsFailed
from golive.net.tls.context import TlsContexts
from golive.tls import suites
from golive.tls.hello import TLS12, TLS13, Offer
from golive.tls.hello_answer import HelloAnswer
from golive.tls.observation_protocols import Asked, ProtocolSurvey, offers
from golive.tls.probe_hello import HelloProbe
from golive.tls.probe_sessions import renegotiates, takes_early_data


def offers_of_broken(host: str) -> dict[str, Offer]:
    """Return the offers that tell apart what is broken; needed only where one of all together is taken."""
    groups = (23, 24, 25, *suites.WEAK_GROUPS)
    return {
        "TLSv1.2 NULL": Offer(TLS12, suites.NULL, groups, server_name=host),
        "TLSv1.2 anonymous": Offer(TLS12, suites.ANONYMOUS, groups, server_name=host),
        "TLSv1.2 RC4": Offer(TLS12, suites.RC4, groups, server_name=host),
        "TLSv1.2 3DES": Offer(TLS12, suites.TRIPLE_DES, groups, server_name=host),
        "TLSv1.2 export, DES, IDEA, SEED": Offer(TLS12, suites.OTHER_WEAK, server_name=host),
    }


def offers_outside(host: str, allowed: suites.CipherProfile) -> dict[str, Offer]:
    """Return the offers of nothing but what a profile does not allow."""
    return {
        "TLSv1.2 outside": Offer(TLS12, allowed.other_ciphers(), server_name=host),
        "TLSv1.3 outside": Offer(TLS13, suites.TLS13_SUITES, allowed.other_groups(), server_name=host),
    }


class ProtocolProbe:
    """Surveys protocols.

    Args:
        book: every address of a host.
        contexts: for the handshakes that this OpenSSL can do.
        deadline: seconds for one offer.
        allowed: also offer what this profile does not allow.
    """

    def __init__(
        self,
        book: AddressBook,
        contexts: TlsContexts,
        *,
        deadline: float = 5.0,
        allowed: suites.CipherProfile | None = None,
    ) -> None:
        self._book = book
        self._contexts = contexts
        self._deadline = deadline
        self._allowed = allowed
        self._hello = HelloProbe(deadline=deadline)

    async def survey_all(self, host: str, port: int = 443) -> tuple[ProtocolSurvey, ...]:
        """Survey every address, side by side; raises as the address book and the guard do."""
        self._book.permit(host, port)
        addresses = await self._book.resolve(host, port)
        return tuple(await asyncio.gather(*(self.survey(host, port, address) for address in addresses)))

    async def survey(self, host: str, port: int, address: Address) -> ProtocolSurvey:
        """Survey one address. A failure is part of what is seen, and ends nothing but its own offer.

        Raises:
            Refused: by the guard, before a connection is opened.
        """
        self._book.permit(host, port)
        # One offer goes ahead: a closed or deaf port would otherwise cost every other its deadline.
        first = await self._ask(host, port, address, "TLSv1.2 AEAD", offers(host)["TLSv1.2 AEAD"])
        if isinstance(first, ConnectFailed | DeadlineExceeded) and first.phase in ("connect", "tls"):
            return ProtocolSurvey(host, port, address, {"TLSv1.2 AEAD": first}, closed=first.message)
        if isinstance(first, TlsFailed):
            return ProtocolSurvey(host, port, address, {"TLSv1.2 AEAD": first}, not_tls=first.message)
        rest = {name: offer for name, offer in offers(host).items() if name != "TLSv1.2 AEAD"}
        if self._allowed:
            rest |= offers_outside(host, self._allowed)
        asked, (http2, demands), again, early = await asyncio.gather(
            self._many(host, port, address, rest),
            self._session(host, address),
            renegotiates(host, address, deadline=self._deadline),
            takes_early_data(host, address, deadline=self._deadline),
        )
        answers = {"TLSv1.2 AEAD": first} | asked
        return ProtocolSurvey(host, port, address, answers, http2, demands, again, early)

    async def _many(
        self, host: str, port: int, address: Address, wanted: dict[str, Offer]
    ) -> dict[str, Asked]:
        async def ask(name: str, offer: Offer) -> dict[str, Asked]:
            asked = await self._ask(host, port, address, name, offer)
            if name != "TLSv1.2 broken":
                return {name: asked}
            several = offers_of_broken(host)
            if isinstance(asked, HelloAnswer) and not asked.accepted and asked.answer.alert is not None:
                return dict.fromkeys(several, asked)
            # Taken, or not answered by an alert, which alone is a refusal of every one: one by one.
            return await self._many(host, port, address, several)

        answers = await asyncio.gather(*(ask(name, offer) for name, offer in wanted.items()))
        return {name: asked for each in answers for name, asked in each.items()}

    async def _ask(self, host: str, port: int, address: Address, name: str, offer: Offer) -> Asked:
        try:
            return await self._hello.offer(host, port, address, offer, dhe="DHE" in name)
        except ProbeError as failure:
            return failure

    async def _session(self, host: str, address: Address) -> tuple[bool | None, bool | None]:
        """Whether HTTP/2 is chosen, and whether a client certificate is demanded."""
        writer, http2 = None, None
        try:
            async with Deadline(self._deadline):
                stream, writer = await asyncio.open_connection(
                    address.ip, address.port, ssl=self._contexts.blind, server_hostname=host
                )
                http2 = writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
                # In TLS 1.3 the refusal comes after the client's handshake, so a first byte is awaited.
                writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" if http2 else _get(host))
                with suppress(TimeoutError):
                    async with Deadline(_PATIENCE):
                        await stream.read(1)
                return http2, False
        except TimeoutError:
            return http2, None
        except ssl.SSLError as failure:
            demanded = (failure.reason or "") in _CERTIFICATE_DEMANDED
            return (None, True) if demanded else (None, None)
        except OSError:
            return None, None
        finally:
            if writer is not None:
                writer.transport.abort()


_PATIENCE = 1.0
_CERTIFICATE_DEMANDED = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "TLSV1_ALERT_CERTIFICATE_REQUIRED",
}


def _get(host: str) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
