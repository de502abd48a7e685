"""A proxy before a part that starts when somebody first connects; then bytes pass both ways."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from rehearsal.stack.errors import PartFailed
from rehearsal.stack.network.ports import LOOPBACK

CHUNK_BYTES = 65_536
PATIENCE_SECONDS = 2.0

StartBackend = Callable[[], Awaitable[None]]
"""Returns once the part behind the proxy runs. Raises PartFailed when it cannot."""


class OnDemandProxy:
    """Listens on one port of loopback, and forwards to another."""

    def __init__(self, start_backend: StartBackend, backend_port: int) -> None:
        self._start_backend = start_backend
        self._backend_port = backend_port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> None:
        """Listen on `port`. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, port)

    async def stop(self) -> None:
        """Stop listening, and break off what passes."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.get_running_loop().create_task(self._forward(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend_writer: asyncio.StreamWriter | None = None
        try:
            await self._start_backend()
            backend, backend_writer = await asyncio.open_connection(LOOPBACK, self._backend_port)
            await asyncio.gather(_copy(reader, backend_writer), _copy(backend, writer))
        except PartFailed as problem:
            await _refuse(reader, writer, str(problem))
        except OSError:
            return
        finally:
            for end in (writer, backend_writer):
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


async def _copy(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        into.write(chunk)
        await into.drain()
    if into.can_write_eof():
        into.write_eof()
