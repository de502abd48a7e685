"""Servers on loopback that write down whatever reaches them: connections, requests and datagrams."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from rehearsal.lab.serving import serving

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


@dataclass(frozen=True)
class Page:
    """What is answered to a GET of a path."""

    text: str
    type: str = "text/html"
    headers: tuple[str, ...] = ()
    status: str = "200 OK"


@dataclass
class Listener:
    """One TCP port, and the UDP port of the same number."""

    port: int = 0
    pages: Mapping[str, Page] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    """``connection``, ``datagram``, or a request's method and path, such as ``GET /x``."""

    @property
    def requests(self) -> list[str]:
        """The requests alone."""
        return [entry for entry in self.log if " " in entry]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Write down and answer everything that comes over a connection."""
        self.log.append("connection")
        with suppress(ValueError):
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
                method, path, _ = lines[0].decode("latin-1").split(" ")
                self.log.append(f"{method} {path}")
                named = (line.split(b": ", 1) for line in lines[1:] if b": " in line)
                fields = {name.lower(): value for name, value in named}
                await reader.readexactly(int(fields.get(b"content-length", b"0")))
                if b"sec-websocket-key" in fields:
                    writer.write(_greeting(fields[b"sec-websocket-key"]))
                    await reader.read()
                    return
                writer.write(_written(self.pages.get(path.partition("?")[0], Page(""))))
                await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def datagram_received(self, _data: bytes, _address: object) -> None:
        self._listener.log.append("datagram")


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Listen on a free port of 127.0.0.1, by TCP and by UDP."""
    listener = Listener()
    async with serving(listener.answer) as listener.port:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(listener), local_addr=("127.0.0.1", listener.port)
        )
        try:
            yield listener
        finally:
            transport.close()


def _written(page: Page) -> bytes:
    body = page.text.encode()
    cors = ("Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: *")
    lines = (f"HTTP/1.1 {page.status}", f"Content-Type: {page.type}", f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, *cors, *page.headers, "", ""]).encode() + body


def _greeting(key: bytes) -> bytes:
    """A handshake's answer, and the text message ``hello``."""
    accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())  # noqa: S324 - as the RFC says
    lines = (b"HTTP/1.1 101 Switching Protocols", b"Upgrade: websocket", b"Connection: Upgrade")
    return b"\r\n".join([*lines, b"Sec-WebSocket-Accept: " + accept, b"", b""]) + b"\x81\x05hello"
