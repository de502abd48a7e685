"""A door before a part that starts when somebody first knocks; then bytes pass both ways."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from rehearsal.stack.errors import PartFailed
from rehearsal.stack.network.ports import LOOPBACK

CHUNK_BYTES = 65_536
PATIENCE_SECONDS = 2.0

Opening = Callable[[], Awaitable[None]]
"""Returns once the part behind the door runs. Raises PartFailed when it cannot."""


class Door:
    """Listens on one port of loopback, and leads to another."""

    def __init__(self, opening: Opening, leads_to: int) -> None:
        self._opening = opening
        self._leads_to = leads_to
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> None:
        """Listen on `port`. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._knock, LOOPBACK, port)

    async def stop(self) -> None:
        """Stop listening, and break off what passes."""
        if self._server is not None:
            self._server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    def _knock(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.get_running_loop().create_task(self._pass(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner: asyncio.StreamWriter | None = None
        try:
            await self._opening()
            inside, inner = await asyncio.open_connection(LOOPBACK, self._leads_to)
            ways = (_pour(reader, inner), _pour(inside, writer))
            await asyncio.gather(*ways)
        except PartFailed as problem:
            await _refuse(reader, writer, str(problem))
        except OSError:
            return
        finally:
            for end in (writer, inner):
                if end is not None:
                    end.close()


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, why: str) -> None:
    text = f"{why}\n".encode()
    head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Length: {len(text)}\r\nConnection: close"
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            # A request that nobody read would have the system break the connection off before the answer.
            await reader.read(CHUNK_BYTES)
            writer.write(f"{head}\r\n\r\n".encode() + text)
            await writer.drain()


async def _pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        into.write(chunk)
        await into.drain()
    if into.can_write_eof():
        into.write_eof()
