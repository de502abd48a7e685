"""Servers whose answers are lies: names that loop, lengths that are not kept, bytes that come one by one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from rehearsal.stack.network.dns import NameserverListener
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import NameserverPlan

Lie = Callable[[bytes], bytes]
RECORD = b"\x00\x01\x00\x01\x00\x00\x00\x3c"
"""Type A, class IN, a minute's TTL."""


class Liar:
    """Answers every question with a lie."""

    def __init__(self, lie: Lie) -> None:
        self.plan = NameserverPlan("liar", [], 0)
        self._lie = lie

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:  # noqa: ARG002
        """The lie."""
        return self._lie(message)


def _head(message: bytes, answers: int = 1) -> bytes:
    """A header that claims ``answers`` records, and the question."""
    end = message.index(b"\x00", 12) + 5
    return message[:2] + b"\x84\x00\x00\x01" + answers.to_bytes(2, "big") + bytes(4) + message[12:end]


def looping_name(message: bytes) -> bytes:
    """A name that points at itself."""
    head = _head(message)
    return head + (0xC000 | len(head)).to_bytes(2, "big") + RECORD + b"\x00\x04\x7f\x00\x00\x01"


def forward_name(message: bytes) -> bytes:
    """A name that points behind the end."""
    return _head(message) + b"\xff\xff" + RECORD + b"\x00\x04\x7f\x00\x00\x01"


def long_data(message: bytes) -> bytes:
    """A record that claims more data than there is."""
    return _head(message) + b"\xc0\x0c" + RECORD + b"\xff\xff\x7f\x00\x00\x01"


def missing_records(message: bytes) -> bytes:
    """A header that promises 65,535 records."""
    return _head(message, 65535)


LIES: dict[str, Lie] = {
    "looping name": looping_name,
    "forward name": forward_name,
    "long data": long_data,
    "missing records": missing_records,
}


@asynccontextmanager
async def lying(lie: Lie) -> AsyncIterator[int]:
    """Serve a lie over UDP and TCP, and give its port."""
    listener = NameserverListener(Liar(lie))
    try:
        yield await listener.start(0)
    finally:
        await listener.stop()


@asynccontextmanager
async def dripping(announced: int = 65535, seconds: float = 0.05) -> AsyncIterator[int]:
    """A TCP server that announces a long message and sends it byte by byte."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await reader.read(1000)
        with contextlib.suppress(ConnectionError):
            writer.write(announced.to_bytes(2, "big"))
            while True:
                writer.write(b"\x00")
                await writer.drain()
                await asyncio.sleep(seconds)

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
