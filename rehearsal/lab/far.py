"""Makes a loopback server as far away as a round trip says, without touching the machine's network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rehearsal.lab.serving import serving

_CHUNK = 65536


@asynccontextmanager
async def far_away(port: int, round_trip: float) -> AsyncIterator[int]:
    """Listen in front of a port of loopback; every byte takes half of `round_trip` seconds, each way.

    The kernel accepts at once, so the first bytes of a connection wait for one round trip more: the one
    that the TCP handshake would have taken.
    """

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(
                _delayed(reader, to_writer, round_trip / 2), _delayed(to_reader, writer, round_trip / 2)
            )
        finally:
            to_writer.transport.abort()

    async with serving(carry) as outside:
        yield outside


async def _delayed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=64)

    async def read() -> None:
        data = b"-"
        while data:
            data = b""
            with suppress(OSError):
                data = await reader.read(_CHUNK)
            await waiting.put((loop.time() + seconds, data))

    task = asyncio.ensure_future(read())
    try:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                with suppress(OSError):
                    writer.write_eof() if writer.can_write_eof() else writer.close()
                return
            writer.write(data)
            await writer.drain()
    finally:
        task.cancel()
