"""Listens for DNS questions over UDP and TCP on one port of loopback."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, Protocol, cast

from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.plan import NameserverPlan

__all__ = ["NameserverListener", "Zone"]

IDLE_SECONDS = 5.0


class Answers(Protocol):
    """Whatever answers questions."""

    plan: NameserverPlan

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:
        """The reply in wire format, or None for silence."""
        ...


class NameserverListener:
    """One running server; both transports on one port of loopback."""

    def __init__(self, zone: Answers) -> None:
        self._zone = zone
        self._datagrams: asyncio.DatagramTransport | None = None
        self._streams: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int, address: str = LOOPBACK, datagrams: socket.socket | None = None) -> int:
        """Listen on `port`, 0 for any, and return it; a socket for `datagrams` is bound to it already.

        Raises OSError when the port is taken.
        """
        loop = asyncio.get_running_loop()
        if self._zone.plan.speaks_tcp:
            self._streams = await asyncio.start_server(self._serve_stream, address, port)
            port = self._streams.sockets[0].getsockname()[1]
        where: Any = {"local_addr": (address, port)} if datagrams is None else {"sock": datagrams}
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._answer_datagram), **where
        )
        return int(self._datagrams.get_extra_info("sockname")[1])

    async def stop(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        if self._datagrams is not None:
            self._datagrams.close()
        if self._streams is not None:
            self._streams.close()

    def _answer_datagram(self, data: bytes, reply_to: _Reply) -> None:
        reply = self._zone.answer(data, datagram=True)
        if reply is None:
            return
        if not self._zone.plan.delay:
            reply_to(reply)
            return
        task = asyncio.ensure_future(self._later(reply, reply_to))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _later(self, reply: bytes, reply_to: _Reply) -> None:
        await asyncio.sleep(self._zone.plan.delay)
        reply_to(reply)

    async def _serve_stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    reply = self._zone.answer(await reader.readexactly(length))
                    if reply is None:
                        return
                    await asyncio.sleep(self._zone.plan.delay)
                    writer.write(struct.pack("!H", len(reply)) + reply)
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


class _Reply(Protocol):
    def __call__(self, data: bytes, /) -> None: ...


class _Answerer(Protocol):
    def __call__(self, data: bytes, reply_to: _Reply, /) -> None: ...


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer: _Answerer) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        transport = self._transport
        if transport is not None:
            self._answer(data, lambda reply: transport.sendto(reply, addr))
