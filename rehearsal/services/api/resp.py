"""A small asyncio client for RESP2, the protocol of Redis and Valkey.

The usual client package costs half a second of processor time to import, which every replica would
pay at every start; this application needs a dozen commands and one subscription.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlsplit


class CommandRefused(ConnectionError):
    """The server answered a command with an error."""


class RespConnection:
    """One connection; commands are answered one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @staticmethod
    async def open(url: str, *, timeout_seconds: float) -> RespConnection:
        """Connect and authenticate. Raises OSError, TimeoutError or CommandRefused."""
        parts = urlsplit(url)
        async with asyncio.timeout(timeout_seconds):
            reader, writer = await asyncio.open_connection(parts.hostname or "127.0.0.1", parts.port or 6379)
            connection = RespConnection(reader, writer)
            try:
                if parts.password:
                    user = [unquote(parts.username)] if parts.username else []
                    await connection.command("AUTH", *user, unquote(parts.password))
                database = parts.path.strip("/")
                if database not in ("", "0"):
                    await connection.command("SELECT", database)
            except BaseException:
                connection.close()
                raise
        return connection

    async def command(self, *words: str | int) -> Any:
        """Send one command and return its reply: str, int, None or a list of these."""
        encoded = [str(word).encode() for word in words]
        request = b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in encoded)
        self._writer.write(request)
        await self._writer.drain()
        return await self._reply()

    async def messages(self, channel: str, subscribed: asyncio.Event) -> AsyncIterator[str]:
        """Subscribe to `channel`, set `subscribed`, then yield each message until the connection ends."""
        await self.command("SUBSCRIBE", channel)
        subscribed.set()
        while True:
            kind, _, payload = await self._reply()
            if kind == "message":
                yield payload

    def close(self) -> None:
        """Close the connection without waiting for it."""
        self._writer.close()

    async def _reply(self) -> Any:
        line = await self._reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the cache closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"-":
            raise CommandRefused(rest.decode())
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else (await self._reader.readexactly(length + 2))[:-2].decode()
        if kind == b"*":
            return [await self._reply() for _ in range(int(rest))]
        raise ConnectionResetError(f"not a reply: {line[:20]!r}")
