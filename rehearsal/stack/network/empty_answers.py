"""Ports of loopback that are asked over HTTP and have nothing to say but 204."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from email.utils import formatdate

from rehearsal.stack.network.ports import LOOPBACK

ANSWER = "HTTP/1.1 204 No Content\r\nDate: {date}\r\nConnection: close\r\n\r\n"


class EmptyAnswers(ABC):
    """Answers each connection once, as soon as `due` says so."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen on `port` of loopback. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._answer, LOOPBACK, port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    @abstractmethod
    async def due(self, reader: asyncio.StreamReader) -> bool:
        """Read the request and wait; whether to answer it. A connection that fails, or is late, is closed."""

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await self.due(reader):
                writer.write(ANSWER.format(date=formatdate(usegmt=True)).encode())
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()
