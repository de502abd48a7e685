"""Peers that mean harm: each is a handler that never ends well, as fast or as slow as its client allows."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
from pathlib import Path

from rehearsal.lab.authority import Signer
from rehearsal.lab.serving import Handler, dripping, flooding, saying, send_for_ever, silent

HEAD = b"HTTP/1.1 200 OK\r\n"
TEN_GIGABYTES = 10_000_000_000
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def endless_message(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Shakes hands as a WebSocket, and sends a message of 10 GB."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = (line.partition(": ") for line in request.split("\r\n"))
    key = next((value for name, _, value in lines if name.lower() == "sec-websocket-key"), "")
    accept = base64.b64encode(hashlib.sha1((key + _MAGIC).encode()).digest()).decode()  # noqa: S324 - RFC 6455
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        + b"\x81\x7f"
        + TEN_GIGABYTES.to_bytes(8, "big")
    )
    await send_for_ever(writer, b"x" * 65536)


OVER_TLS: dict[str, Handler] = {
    "never answers": silent,
    "a byte a second": dripping(HEAD + b"X-Slow: " + b"x" * 100),
    "an endless header": flooding(HEAD, b"X-Filler: " + b"x" * 1000 + b"\r\n"),
    "an endless header line": flooding(HEAD + b"X-Filler: ", b"x" * 65536),
    "a body of 10 GB": flooding(HEAD + f"Content-Length: {TEN_GIGABYTES}\r\n\r\n".encode(), b"x" * 65536),
    "a body without end": flooding(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    ),
    "a message of 10 GB": endless_message,
    "garbage": saying(b"\x00\x01 nobody speaks this\r\n\r\n" * 20),
}
"""Behind a TLS handshake that is well."""

INSTEAD_OF_TLS: dict[str, Handler] = {
    "never answers": silent,
    "a byte a second": dripping(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76"),
    "garbage": saying(b"\x00\x01 nobody speaks this\r\n" * 20),
    "plain HTTP": saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "endless records": flooding(b"\x16\x03\x03\x40\x00", b"\x00" * 65536),
}


def long_chain(leaf: Signer, folder: Path, certificates: int = 1000) -> ssl.SSLContext:
    """A server context that sends the leaf and itself again, until there are so many certificates."""
    pem = leaf.pem()
    again = pem[pem.index(b"-----BEGIN CERTIFICATE-----") :]
    file = folder / "chain.pem"
    file.write_bytes(pem + again * (certificates - 1))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
