"""How a connection is lost without a word."""

import asyncio
import socket
import struct


def reset(transport: asyncio.WriteTransport) -> None:
    """End a connection at once: what is closed without lingering sends a reset instead of an end.

    One that has ended already stays as it is.
    """
    if transport.is_closing():
        return
    link = transport.get_extra_info("socket")
    if link is not None:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
