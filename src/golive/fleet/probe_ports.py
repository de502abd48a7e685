"""Whether a TCP port accepts connections: connect, and hang up. Nothing is ever sent."""

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import suppress

from golive.fleet.observation import PortObservation, PortState
from golive.net.address import Address

_NO_WAY = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class PortProbe:
    """Connects to ports of our own hosts, so many at once.

    Args:
        permit: raises `Refused` for an address and port that the profile does not name.
        deadline: seconds for each attempt.
        at_once: attempts side by side.
    """

    def __init__(self, permit: Callable[[str, int], None], *, deadline: float, at_once: int) -> None:
        self._permit = permit
        self._deadline = deadline
        self._places = asyncio.Semaphore(at_once)

    async def observe(self, host: str, service: str, address: Address) -> PortObservation:
        """Try one port.

        Raises:
            Refused: by the guard, before a connection is opened.
        """
        self._permit(address.ip, address.port)
        loop = asyncio.get_running_loop()
        async with self._places:
            started = loop.time()
            state = await self._try(address)
            return PortObservation(host, service, address, state, (loop.time() - started) * 1000)

    async def _try(self, address: Address) -> PortState:
        family = socket.AF_INET6 if ":" in address.ip else socket.AF_INET
        try:
            stream = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            return _failed(error.errno)
        with stream:
            stream.setblocking(False)
            code = stream.connect_ex((address.ip, address.port))
            if code == errno.EINPROGRESS:
                await self._settled(stream)
                # Whatever woke this process, and however late: what the system knows of the attempt counts.
                code = stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            return _failed(code) if code else _connected(stream)

    async def _settled(self, stream: socket.socket) -> None:
        loop, settled = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(stream, settled.set)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(settled.wait(), self._deadline)
        finally:
            loop.remove_writer(stream)


def _failed(code: int | None) -> PortState:
    match code:
        case errno.ECONNREFUSED:
            return "refused"
        case errno.ETIMEDOUT:
            return "silent"
    return "no way" if code in _NO_WAY else "unreachable"


def _connected(stream: socket.socket) -> PortState:
    try:
        peer = stream.getpeername()
    except OSError:
        return "silent"
    # On one machine a closed port of the ephemeral range may be met by the very socket that asks for it
    # (TCP's simultaneous open, RFC 9293, 3.5): nobody else listens there.
    return "refused" if stream.getsockname() == peer else "open"
