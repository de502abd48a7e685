"""A gate that the edge asks before it serves a slow host, and that answers only after a while."""

from __future__ import annotations

import asyncio

from rehearsal.stack.ports import LOOPBACK

ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
HEADER_LIMIT_SECONDS = 5.0


class DelayGate:
    """Answers every request on its path `/<seconds>` after that many seconds."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen on `port` of loopback. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._answer, LOOPBACK, port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEADER_LIMIT_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(float(head.split(b" ", 2)[1].lstrip(b"/")))
            writer.write(ANSWER)
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()
