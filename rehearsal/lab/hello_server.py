"""A server that answers a ClientHello by hand: it accepts what no library still speaks.

It reads the hello itself, takes the first cipher of the client's that it knows, and sends ServerHello,
Certificate, ServerKeyExchange where one belongs, and ServerHelloDone. No session ever comes about.
"""

from __future__ import annotations

import asyncio
import os
import struct
from dataclasses import dataclass

MODERN = frozenset({0xC02B, 0xC02F, 0xC02C, 0xC030})
SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
CBC = frozenset({0xC009, 0xC013, 0xC014, 0x002F, 0x0035})


@dataclass(frozen=True)
class HelloServer:
    """What is accepted. Healthy by default: TLS 1.2 with AEAD ciphers, and TLS 1.3 as far as its hello."""

    versions: frozenset[int] = frozenset({TLS12, TLS13})
    ciphers: frozenset[int] = MODERN
    old_ciphers: frozenset[int] = CBC
    """Ciphers below TLS 1.2."""
    groups: frozenset[int] = frozenset({29, 23, 24, 25, 0x11EC})
    dh_bits: int = 2048
    compresses: bool = False
    confirms: frozenset[int] = frozenset({0xFF01, 23})
    """Extensions that the ServerHello confirms: secure renegotiation, extended master secret."""
    certificates: tuple[bytes, ...] = (b"\x30\x00",)
    asks_certificate: bool = False

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one hello, and close."""
        head = await reader.readexactly(5)
        message = await reader.readexactly(int.from_bytes(head[3:5], "big"))
        writer.write(self.answer(message))
        await writer.drain()

    def answer(self, message: bytes) -> bytes:
        """The records that answer a ClientHello message."""
        hello = _Hello.read(message)
        highest = max(hello.versions)
        below = {version for version in self.versions if version <= highest}
        if hello.versions != {TLS13}:
            below -= {TLS13}
        if not below:
            return _alert(70)
        version = max(below)
        group = next((group for group in hello.groups if group in self.groups), None)
        if version == TLS13:
            suite = next((cipher for cipher in hello.ciphers if 0x1301 <= cipher <= 0x1303), None)
            if suite is None or group is None:
                return _alert(40)
            chosen = struct.pack("!HHH", 43, 2, TLS13) + struct.pack("!HHH", 51, 2, group)
            return _handshake(2, _server_hello(TLS12, suite, 0, chosen, session=hello.session), TLS12)
        known = self.ciphers if version == TLS12 else self.old_ciphers
        elliptic = {cipher for cipher in known if cipher >> 8 in (0xC0, 0xCC)}
        usable = known if group is not None or version == SSL3 else known - elliptic
        suite = next((cipher for cipher in hello.ciphers if cipher in usable), None)
        if suite is None:
            return _alert(40)
        compression = 1 if self.compresses and 1 in hello.compressions else 0
        found = {0xFF01: b"\x00", 23: b""}
        confirmed = b"".join(
            struct.pack("!HH", kind, len(found[kind])) + found[kind]
            for kind in sorted(self.confirms & hello.extensions)
        )
        flight = _handshake(2, _server_hello(version, suite, compression, confirmed), version)
        chain = b"".join(_vector(der, 3) for der in self.certificates)
        flight += _handshake(11, _vector(chain, 3), version)
        if suite in elliptic:
            body = b"\x03" + struct.pack("!H", group or 23) + _vector(os.urandom(32), 1)
            flight += _handshake(12, body + b"\x04\x03" + _vector(os.urandom(64), 2), version)
        elif suite in _FINITE:
            prime = (1 << (self.dh_bits - 1) | 1).to_bytes(self.dh_bits // 8, "big")
            body = _vector(prime, 2) + _vector(b"\x02", 2) + _vector(prime, 2)
            flight += _handshake(12, body, version)
        if self.asks_certificate:
            flight += _handshake(13, b"\x01\x01\x00\x00\x00\x00", version)
        return flight + _handshake(14, b"", version)


_FINITE = frozenset({0x0016, 0x0033, 0x0039, 0x0067, 0x006B, 0x009E, 0x009F, 0x0034, 0x003A, 0xCCAA})


@dataclass(frozen=True)
class _Hello:
    versions: set[int]
    ciphers: tuple[int, ...]
    compressions: bytes
    extensions: frozenset[int]
    groups: tuple[int, ...]
    session: bytes

    @classmethod
    def read(cls, message: bytes) -> _Hello:
        at = 4
        version, at = int.from_bytes(message[at : at + 2], "big"), at + 34
        session, at = _take(message, at, 1)
        ciphers, at = _take(message, at, 2)
        compressions, at = _take(message, at, 1)
        kinds: dict[int, bytes] = {}
        if at < len(message):
            at += 2
            while at < len(message):
                kind = int.from_bytes(message[at : at + 2], "big")
                kinds[kind], at = _take(message, at + 2, 2)
        versions = set(_numbers(kinds[43][1:])) if 43 in kinds else {version}
        groups = _numbers(kinds.get(10, b"")[2:])
        return cls(versions, _numbers(ciphers), compressions, frozenset(kinds), groups, session)


def _take(data: bytes, at: int, width: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + width], "big")
    return data[at + width : at + width + length], at + width + length


def _numbers(data: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))


def _server_hello(version: int, suite: int, compression: int, found: bytes, session: bytes = b"") -> bytes:
    body = struct.pack("!H", version) + os.urandom(32) + _vector(session, 1)
    body += struct.pack("!HB", suite, compression)
    return body + (_vector(found, 2) if found else b"")


def _handshake(kind: int, body: bytes, version: int) -> bytes:
    message = bytes([kind]) + len(body).to_bytes(3, "big") + body
    pieces = [message[at : at + 16000] for at in range(0, len(message), 16000)]
    return b"".join(struct.pack("!BHH", 22, version, len(piece)) + piece for piece in pieces)


def _alert(number: int) -> bytes:
    return b"\x15\x03\x03\x00\x02\x02" + bytes([number])


def _vector(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data
