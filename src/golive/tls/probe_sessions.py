"""Two sessions of our own: one asks to renegotiate (TLS 1.2), one reads what TLS 1.3 encrypts."""

import asyncio
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from golive.net.address import Address
from golive.net.deadline import Deadline
from golive.tls.hello import (
    EXTENDED_MASTER_SECRET,
    KEY_SHARE,
    SCT,
    STATUS_REQUEST,
    TLS12,
    TLS13,
    Offer,
    client_hello,
    record,
)
from golive.tls.hello_answer import (
    MOST_CERTIFICATES,
    AnswerReader,
    NotTls,
    ServerAnswer,
    TooLarge,
    cursor,
    extensions,
)
from golive.tls.records import KeySchedule, Seal, Suite, Wire
from golive.tls.suites import P256, P384, P521, X25519

_TLS12 = {
    0xC02B: Suite("sha256", 16), 0xC02F: Suite("sha256", 16),
    0xC02C: Suite("sha384", 32), 0xC030: Suite("sha384", 32),
    0xCCA8: Suite("sha256", 32, chacha=True), 0xCCA9: Suite("sha256", 32, chacha=True),
}  # fmt: skip
_TLS13 = {
    0x1301: Suite("sha256", 16), 0x1302: Suite("sha384", 32), 0x1303: Suite("sha256", 32, chacha=True),
}  # fmt: skip
_BROKEN = (NotTls, TooLarge, OSError, EOFError, IndexError, ValueError)
_CURVES: dict[int, type[ec.EllipticCurve]] = {P256: ec.SECP256R1, P384: ec.SECP384R1, P521: ec.SECP521R1}
_GROUPS = (X25519, *_CURVES)
"""In TLS 1.2 the curve of the server's own key must be among them, too (RFC 8422, 5.1)."""
_PATIENCE = 1.0
_MOST_RECORDS = 64


@dataclass(slots=True)
class Inside:
    """What a TLS 1.3 server says once it encrypts."""

    chain: tuple[bytes, ...] = ()
    staple: bytes | None = None
    scts: bool = False
    wants_certificate: bool = False
    early_data: int = 0
    tickets: int = 0
    messages: set[int] = field(default_factory=set)


async def renegotiates(host: str, address: Address, *, deadline: float) -> bool | None:
    """Finish a TLS 1.2 handshake and ask for another; None where there was none to finish."""
    try:
        async with Deadline(deadline), _connection(address) as (reader, writer):
            keys_of = _Keys()
            offer = Offer(TLS12, tuple(_TLS12), _GROUPS, server_name=host)
            random = os.urandom(32)
            hello = client_hello(offer, random)
            writer.write(record(hello, TLS12))
            answer = await _flight(reader)
            suite = _TLS12.get(answer.cipher)
            if answer.version != TLS12 or suite is None or answer.curve not in _GROUPS:
                return None
            shared, public = keys_of.exchange(answer.curve, answer.server_key)
            exchange = b"\x0b\0\0\x03\0\0\0" if answer.wants_certificate else b""
            exchange += b"\x10" + (len(public) + 1).to_bytes(3, "big") + bytes([len(public)]) + public
            transcript = hello + answer.handshake + exchange
            if EXTENDED_MASTER_SECRET in answer.extensions:
                master = suite.prf(shared, b"extended master secret", suite.digest(transcript), 48)
            else:
                master = suite.prf(shared, b"master secret", random + answer.random, 48)
            size, half = suite.key_bytes, suite.nonce_bytes
            keys = suite.prf(master, b"key expansion", answer.random + random, 2 * (size + half))
            ours, theirs, ivs = keys[:size], keys[size : 2 * size], keys[2 * size :]
            verified = suite.prf(master, b"client finished", suite.digest(transcript), 12)
            sealing = Seal(suite, ours, ivs[:half], old=True)
            writer.write(
                record(exchange, TLS12, first=False)
                + b"\x14\x03\x03\0\x01\x01"
                + sealing.close(22, b"\x14\0\0\x0c" + verified)
            )
            wire = Wire(reader)
            while (await wire.next())[0] != 20:
                pass
            wire.seal = Seal(suite, theirs, ivs[half:], old=True)
            if (await wire.next())[1][:1] != b"\x14":
                return None
            again = client_hello(Offer(TLS12, tuple(_TLS12), _GROUPS, server_name=host, verified=verified))
            writer.write(sealing.close(22, again))
            return await _answers_with_hello(wire)
    except (TimeoutError, *_BROKEN):
        return None


async def _answers_with_hello(wire: Wire) -> bool:
    try:
        async with Deadline(_PATIENCE):
            for _ in range(_MOST_RECORDS):
                kind, body = await wire.next()
                if kind in (21, 23):
                    return False
                if kind == 22 and body[:1] == b"\x02":
                    return True
            return False
    except (TimeoutError, *_BROKEN):
        return False


async def takes_early_data(host: str, address: Address, *, deadline: float) -> int | None:
    """Return how many bytes of 0-RTT data a ticket allows; None without a TLS 1.3 session."""
    inside = await look_inside(host, address, deadline=deadline)
    return None if inside is None else inside.early_data


async def look_inside(host: str | None, address: Address, *, deadline: float) -> Inside | None:
    """Finish a TLS 1.3 handshake and read the encrypted part; None where there was none to finish."""
    inside = Inside()
    try:
        async with Deadline(deadline), _connection(address) as (reader, writer):
            keys = _Keys()
            hello = client_hello(Offer(TLS13, tuple(_TLS13), _GROUPS, keys.shares(), server_name=host))
            writer.write(record(hello, TLS13))
            wire = Wire(reader)
            answer = await _server_hello(wire)
            suite = _TLS13.get(answer.cipher)
            if answer.version != TLS13 or suite is None or answer.retry:
                return None
            share = answer.extensions[KEY_SHARE]
            shared, _ = keys.exchange(int.from_bytes(share[:2], "big"), share[4:])
            schedule = KeySchedule(suite, shared)
            transcript = hello + answer.handshake
            ours, theirs = schedule.handshake(transcript)
            wire.seal = Seal.of_secret(suite, theirs)
            flight = b""
            while 20 not in inside.messages:
                kind, body = await wire.next()
                if kind == 21:
                    return None
                if kind == 22:
                    flight, transcript = _read_messages(inside, flight + body, transcript)
            sealing = Seal.of_secret(suite, ours)
            last = b""
            if inside.wants_certificate:
                last = b"\x0b\0\0\x04\0\0\0\0"
            application, wire.seal = schedule.application(transcript)
            finished = suite.finished(ours, transcript + last)
            writer.write(sealing.close(22, last + b"\x14" + len(finished).to_bytes(3, "big") + finished))
            request = f"GET / HTTP/1.1\r\nHost: {host or address.ip}\r\nConnection: close\r\n\r\n"
            writer.write(application.close(23, request.encode()))
            await _tickets(wire, inside)
    except (TimeoutError, KeyError, *_BROKEN):
        return inside if 20 in inside.messages else None
    return inside


class _Keys:
    """A fresh key for each group that is offered, made when it is first wanted."""

    def __init__(self) -> None:
        self._x25519 = X25519PrivateKey.generate()
        self._curves: dict[int, ec.EllipticCurvePrivateKey] = {}

    def shares(self) -> tuple[tuple[int, bytes], ...]:
        """Group and public key, of each."""
        return (X25519, self._x25519.public_key().public_bytes_raw()), *(
            (group, _point(self._key(group))) for group in _CURVES
        )

    def exchange(self, group: int, peer: bytes) -> tuple[bytes, bytes]:
        """Return the shared secret, and the public key that the peer needs."""
        if group == X25519:
            public = X25519PublicKey.from_public_bytes(peer)
            return self._x25519.exchange(public), self._x25519.public_key().public_bytes_raw()
        key = self._key(group)
        point = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, peer)
        return key.exchange(ec.ECDH(), point), _point(key)

    def _key(self, group: int) -> ec.EllipticCurvePrivateKey:
        if group not in self._curves:
            self._curves[group] = ec.generate_private_key(_CURVES[group]())
        return self._curves[group]


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return key.public_key().public_bytes(*form)


def _read_messages(inside: Inside, data: bytes, transcript: bytes) -> tuple[bytes, bytes]:
    while len(data) >= 4:
        length = int.from_bytes(data[1:4], "big")
        if len(data) < 4 + length:
            break
        message, data = data[: 4 + length], data[4 + length :]
        transcript += message
        inside.messages.add(message[0])
        at = cursor(message[4:])
        if message[0] == 13:
            inside.wants_certificate = True
        elif message[0] == 11:
            at.vector(1)
            entries, chain = cursor(at.vector(3)), []
            while entries.left:
                chain.append(entries.vector(3))
                more = extensions(entries.vector(2))
                if len(chain) == 1:
                    inside.staple = more[STATUS_REQUEST][4:] if STATUS_REQUEST in more else None
                    inside.scts = SCT in more
                if len(chain) > MOST_CERTIFICATES:
                    raise TooLarge(f"more than {MOST_CERTIFICATES} certificates")
            inside.chain = tuple(chain)
    return data, transcript


async def _tickets(wire: Wire, inside: Inside) -> None:
    async with Deadline(_PATIENCE):
        for _ in range(_MOST_RECORDS):
            kind, body = await wire.next()
            if kind in (21, 23):
                return
            if kind == 22 and body[:1] == b"\x04":
                at = cursor(body[4:])
                at.take(8)
                at.vector(1)
                at.vector(2)
                early = extensions(at.vector(2)).get(42, b"")
                inside.tickets += 1
                inside.early_data = max(inside.early_data, int.from_bytes(early, "big"))


async def _flight(reader: asyncio.StreamReader) -> ServerAnswer:
    found = AnswerReader()
    while True:
        data = await reader.read(16 * 1024)
        if not data or found.feed(data):
            return found.answer


async def _server_hello(wire: Wire) -> ServerAnswer:
    found = AnswerReader()
    while True:
        kind, body = await wire.next()
        if kind != 20 and found.feed(struct.pack("!BHH", kind, 0x0303, len(body)) + body):
            return found.answer


@asynccontextmanager
async def _connection(address: Address) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(address.ip, address.port, limit=16 * 1024)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
