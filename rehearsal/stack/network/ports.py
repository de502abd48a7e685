"""Free ports on loopback that stay ours between the choice and the start of the part.

A reservation is a bound socket that never listens. On Linux a server that sets SO_REUSEADDR (all of
ours do) can bind beside it while nobody else is given the port, so it is held until the end and a
part that is down keeps refusing connections. Elsewhere it is given back just before the start.
"""

from __future__ import annotations

import socket
import sys

LOOPBACK = "127.0.0.1"
PUBLIC_IPV4 = "127.0.0.80"
"""Where the edge stands for the outside: nothing of the inside listens there."""
LOOPBACK_IPV6 = "::1"


def public_addresses() -> tuple[str, ...]:
    """The addresses of the outside that this machine has: not every one has IPv6, or all of 127.0.0.0/8."""
    return tuple(address for address in (PUBLIC_IPV4, LOOPBACK_IPV6) if _has(address))


def _has(address: str) -> bool:
    try:
        _bound(socket.SOCK_STREAM, 0, address).close()
    except OSError:
        return False
    return True


class PortReservations:
    """Ports of one stack, by purpose. Close it when the stack has ended."""

    def __init__(self) -> None:
        self._sockets: dict[str, list[socket.socket]] = {}
        self._ports: dict[str, int] = {}

    def reserve(self, purpose: str, *others: str) -> int:
        """A free TCP port for `purpose`, on loopback and the `others`; the same one each time.

        Raises OSError when none is free.
        """
        for _ in range(50):
            if purpose in self._ports:
                return self._ports[purpose]
            holders = [_bound(socket.SOCK_STREAM, 0)]
            port: int = holders[0].getsockname()[1]
            try:
                for address in others:
                    holders.append(_bound(socket.SOCK_STREAM, port, address))
            except OSError:
                for holder in holders:
                    holder.close()
                continue
            self._hold(purpose, port, holders)
        raise OSError(f"no port is free on {LOOPBACK} and {', '.join(others)}")

    def reserve_both(self, purpose: str) -> int:
        """A port that is free for TCP and UDP alike. Raises OSError when none is found."""
        for _ in range(50):
            stream = _bound(socket.SOCK_STREAM, 0)
            port: int = stream.getsockname()[1]
            try:
                datagram = _bound(socket.SOCK_DGRAM, port)
            except OSError:
                stream.close()
                continue
            self._hold(purpose, port, [stream, datagram])
            return port
        raise OSError("no port is free for both TCP and UDP")

    def hand_over(self, purpose: str) -> int:
        """The port of `purpose`, at the moment when its server starts."""
        port = self.reserve(purpose)
        if sys.platform != "linux":
            self._release(purpose)
        return port

    def hand_over_both(self, purpose: str) -> socket.socket:
        """A bound UDP socket of `purpose`, for the server that starts now on TCP's port of the same number.

        Two servers cannot share a port for datagrams as they can for connections, so the socket itself goes
        over, as a copy that is the caller's to close: the port stays ours between two servers. It was
        reserved with `reserve_both`.
        """
        held = [held for held in self._sockets.get(purpose, ()) if held.type == socket.SOCK_DGRAM]
        datagrams = held[0].dup() if held else _bound(socket.SOCK_DGRAM, self._ports[purpose])
        self.hand_over(purpose)
        return datagrams

    def close(self) -> None:
        """Give every port back."""
        for purpose in list(self._sockets):
            self._release(purpose)

    def _hold(self, purpose: str, port: int, holders: list[socket.socket]) -> None:
        self._ports[purpose] = port
        self._sockets[purpose] = holders
        for holder in holders:
            if holder.type == socket.SOCK_STREAM:
                # Set after bind: the port was chosen as exclusively free, and is shared only with its server.
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def _release(self, purpose: str) -> None:
        for holder in self._sockets.pop(purpose, []):
            holder.close()


def _bound(kind: socket.SocketKind, port: int, address: str = LOOPBACK) -> socket.socket:
    holder = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    try:
        holder.bind((address, port))
    except OSError:
        holder.close()
        raise
    return holder
