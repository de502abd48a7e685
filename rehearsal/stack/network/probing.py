"""Small readiness probes over asyncio streams; each has a time limit and answers true or false."""

from __future__ import annotations

import asyncio
import contextlib

from rehearsal.stack.network.ports import LOOPBACK


async def accepts(port: int, limit_seconds: float = 0.5) -> bool:
    """Whether something on loopback accepts a TCP connection on `port`."""
    return await exchange(port, b"", b"", limit_seconds)


async def answers_http(port: int, path: str, status: int = 200, limit_seconds: float = 1.0) -> bool:
    """Whether a plain HTTP GET of `path` on loopback answers with `status`."""
    request = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n"
    return await exchange(port, request.encode(), f"HTTP/1.1 {status} ".encode(), limit_seconds)


async def exchange(port: int, send: bytes, expect: bytes, limit_seconds: float) -> bool:
    """Whether a connection to `port`, sent `send`, answers with bytes that begin with `expect`."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(limit_seconds):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(send)
            return await reader.readexactly(len(expect)) == expect
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    finally:
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
