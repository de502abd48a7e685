"""The control target: stands for the rest of the internet, and depends on no other part.

Whoever cannot reach it does not see; whoever reaches it but not the stack sees that the stack is down.
"""

from __future__ import annotations

import asyncio

from rehearsal.stack.ports import LOOPBACK

IDLE_SECONDS = 5.0
ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class ControlTarget:
    """Accepts TCP connections and answers any first bytes with an empty HTTP answer."""

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
            async with asyncio.timeout(IDLE_SECONDS):
                if await reader.read(4096):
                    writer.write(ANSWER)
                    await writer.drain()
        except (OSError, TimeoutError):
            return
        finally:
            writer.close()
