"""Serves the lab's hosts on free loopback ports; everything ends with its context manager."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve `handler` and yield its port."""
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError):
                await handler(reader, writer)
        finally:
            with suppress(OSError):
                writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(run(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        for writer in writers:
            # Before Python 3.11.4 a TLS transport that was closed twice cannot be aborted any more.
            with suppress(AttributeError):
                writer.transport.abort()
        await asyncio.gather(*tuple(tasks), return_exceptions=True)


async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accepts and never answers."""
    await asyncio.sleep(60)


def dripping(text: bytes, pause: float = 0.05) -> Handler:
    """Answers `text` for ever, one byte at a time."""

    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            for byte in text:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(pause)

    return handle


def flooding(first: bytes, again: bytes) -> Handler:
    """Answers `first`, and then `again` for ever, as fast as it is read."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(first)
        await send_for_ever(writer, again)

    return handle


async def send_for_ever(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send `data` again and again, as fast as it is read, until the connection ends."""
    while True:
        writer.write(data)
        await writer.drain()
        # Python 3.11 tells of a TLS connection's loss only to those who let go of the loop.
        await asyncio.sleep(0)


def saying(answer: bytes) -> Handler:
    """Reads something and answers `answer`, whatever was asked."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(answer)
        await writer.drain()

    return handle
