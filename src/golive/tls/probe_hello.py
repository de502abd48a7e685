"""Sends one ClientHello and reads the answer to it: bounded in bytes and in time, whatever the peer does."""

import asyncio

from golive.net.address import Address, named
from golive.net.deadline import Deadline
from golive.net.errors import ConnectFailed, DeadlineExceeded, ProtocolError, TlsFailed
from golive.net.transport.dialling import connect_message
from golive.tls.hello import Offer, client_hello, record
from golive.tls.hello_answer import AnswerReader, HelloAnswer, NotTls, ServerAnswer, TooLarge

_CHUNK = 16 * 1024


class HelloProbe:
    """Offers what one likes to one address.

    Args:
        deadline: seconds for one offer, connection included.
        side_by_side: connections to one address at a time.
    """

    def __init__(self, *, deadline: float = 5.0, side_by_side: int = 8) -> None:
        self._deadline = deadline
        self._side_by_side = side_by_side
        self._gates: dict[Address, asyncio.Semaphore] = {}

    async def offer(
        self, host: str, port: int, address: Address, offer: Offer, *, dhe: bool = False
    ) -> HelloAnswer:
        """Offer, and read what is answered.

        Raises:
            ConnectFailed, DeadlineExceeded: no connection, or no complete answer in time.
            TlsFailed: the port speaks something else.
            ProtocolError: the answer is larger than any honest one.
        """
        target = named(host, port, address)
        gate = self._gates.setdefault(address, asyncio.Semaphore(self._side_by_side))
        async with gate:
            try:
                async with Deadline(self._deadline):
                    return HelloAnswer(offer, await self._converse(address, offer, AnswerReader(dhe=dhe)))
            except TimeoutError:
                message = f"no complete answer to a ClientHello within {self._deadline:g} s"
                raise DeadlineExceeded(message, target=target, phase="tls") from None
            except NotTls as found:
                words = (
                    "the server speaks plain HTTP on this port"
                    if found.http
                    else f"the server does not speak TLS on this port ({found})"
                )
                raise TlsFailed(words, target=target) from None
            except TooLarge as found:
                raise ProtocolError(
                    f"the handshake is larger than is read: {found}", target=target, phase="tls"
                ) from None
            except OSError as failure:
                words = connect_message(failure, self._deadline)
                raise ConnectFailed(words, target=target, phase="connect") from None

    async def _converse(self, address: Address, offer: Offer, reader: AnswerReader) -> ServerAnswer:
        stream, writer = await asyncio.open_connection(address.ip, address.port, limit=_CHUNK)
        try:
            writer.write(record(client_hello(offer), offer.version))
            while True:
                try:
                    data = await stream.read(_CHUNK)
                except ConnectionError:
                    data = b""  # a reset is how some servers refuse
                if not data or reader.feed(data):
                    return reader.answer
        finally:
            writer.transport.abort()
