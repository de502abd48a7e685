"""Encrypted TLS records and the derivations behind them, for the few looks that stdlib's ssl does not allow.

Nothing confidential goes over these sessions and no peer is authenticated: they look, and are closed.
"""

import asyncio
import hmac
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from golive.tls.hello_answer import LARGEST_ANSWER, NotTls, TooLarge


@dataclass(frozen=True, slots=True)
class Suite:
    """What a suite computes with."""

    hash: str
    key_bytes: int
    chacha: bool = False

    @property
    def sent_nonce_bytes(self) -> int:
        """How much of the nonce goes with each record of TLS 1.2 (RFC 5288, 3; none by RFC 7905, 2)."""
        return 0 if self.chacha else 8

    @property
    def nonce_bytes(self) -> int:
        """How much of the nonce TLS 1.2 derives."""
        return 12 - self.sent_nonce_bytes

    def aead(self, key: bytes) -> AESGCM | ChaCha20Poly1305:
        """Return the cipher under ``key``."""
        return ChaCha20Poly1305(key) if self.chacha else AESGCM(key)

    def digest(self, data: bytes) -> bytes:
        """Hash ``data``."""
        found = hashes.Hash(self._algorithm())
        found.update(data)
        return found.finalize()

    def mac(self, key: bytes, data: bytes) -> bytes:
        """HMAC."""
        return hmac.new(key, data, self.hash).digest()

    def _algorithm(self) -> hashes.HashAlgorithm:
        return hashes.SHA384() if self.hash == "sha384" else hashes.SHA256()

    def expand(self, secret: bytes, label: str, context: bytes, length: int) -> bytes:
        """HKDF-Expand-Label (RFC 8446, 7.1)."""
        name = b"tls13 " + label.encode()
        info = struct.pack("!HB", length, len(name)) + name + bytes([len(context)]) + context
        return HKDFExpand(self._algorithm(), length, info).derive(secret)

    def prf(self, secret: bytes, label: bytes, seed: bytes, length: int) -> bytes:
        """The PRF of TLS 1.2 (RFC 5246, 5)."""
        block, found = label + seed, b""
        while len(found) < length:
            block = self.mac(secret, block)
            found += self.mac(secret, block + label + seed)
        return found[:length]

    def finished(self, secret: bytes, transcript: bytes) -> bytes:
        """The verify_data of Finished (RFC 8446, 4.4.4)."""
        return self.mac(self.expand(secret, "finished", b"", self.size), self.digest(transcript))

    @property
    def size(self) -> int:
        """Bytes of a hash."""
        return 48 if self.hash == "sha384" else 32


class Seal:
    """One direction's protection; ``old`` is TLS 1.2, with AES-GCM (RFC 5288) or ChaCha20 (RFC 7905)."""

    def __init__(self, suite: Suite, key: bytes, iv: bytes, *, old: bool = False) -> None:
        self._aead, self._iv, self._old, self._count = suite.aead(key), iv, old, 0
        self._sent = suite.sent_nonce_bytes if old else 0

    @classmethod
    def of_secret(cls, suite: Suite, secret: bytes) -> "Seal":
        """Derive key and nonce of a TLS 1.3 traffic secret."""
        return cls(
            suite, suite.expand(secret, "key", b"", suite.key_bytes), suite.expand(secret, "iv", b"", 12)
        )

    def close(self, kind: int, body: bytes) -> bytes:
        """Return the sealed record of ``body``."""
        number = self._count.to_bytes(8, "big")
        self._count += 1
        if self._old:
            sent = number[: self._sent]
            sealed = sent + self._aead.encrypt(
                self._nonce(number, sent), body, _bound(number, kind, len(body))
            )
            return struct.pack("!BHH", kind, 0x0303, len(sealed)) + sealed
        head = struct.pack("!BHH", 23, 0x0303, len(body) + 17)
        return head + self._aead.encrypt(self._nonce(number), body + bytes([kind]), head)

    def open(self, head: bytes, body: bytes) -> tuple[int, bytes]:
        """Return kind and content of a sealed record."""
        number = self._count.to_bytes(8, "big")
        self._count += 1
        try:
            if self._old:
                sent, sealed = body[: self._sent], body[self._sent :]
                bound = _bound(number, head[0], len(sealed) - 16)
                return head[0], self._aead.decrypt(self._nonce(number, sent), sealed, bound)
            plain = self._aead.decrypt(self._nonce(number), body, head).rstrip(b"\0")
        except (InvalidTag, struct.error, ValueError):
            raise NotTls("a record that does not decrypt") from None
        if not plain:
            raise NotTls("an empty record")
        return plain[-1], plain[:-1]

    def _nonce(self, number: bytes, sent: bytes = b"") -> bytes:
        if sent:
            return self._iv + sent
        return bytes(a ^ b for a, b in zip(self._iv, b"\0\0\0\0" + number, strict=True))


class KeySchedule:
    """Secrets of TLS 1.3 without a pre-shared key (RFC 8446, 7.1)."""

    def __init__(self, suite: Suite, shared: bytes) -> None:
        self._suite = suite
        empty = suite.digest(b"")
        zero = bytes(suite.size)
        early = suite.expand(suite.mac(zero, zero), "derived", empty, suite.size)
        self._handshake = suite.mac(early, shared)
        self._master = suite.mac(suite.expand(self._handshake, "derived", empty, suite.size), zero)

    def handshake(self, transcript: bytes) -> tuple[bytes, bytes]:
        """The client's and the server's handshake secrets."""
        digest = self._suite.digest(transcript)
        labels = ("c hs traffic", "s hs traffic")
        ours, theirs = (
            self._suite.expand(self._handshake, label, digest, self._suite.size) for label in labels
        )
        return ours, theirs

    def application(self, transcript: bytes) -> tuple[Seal, Seal]:
        """The client's and the server's protection of application data."""
        digest = self._suite.digest(transcript)
        labels = ("c ap traffic", "s ap traffic")
        ours, theirs = (self._suite.expand(self._master, label, digest, self._suite.size) for label in labels)
        return Seal.of_secret(self._suite, ours), Seal.of_secret(self._suite, theirs)


def _bound(number: bytes, kind: int, length: int) -> bytes:
    return number + struct.pack("!BHH", kind, 0x0303, length)


class Wire:
    """A connection's records in order, within a bound on bytes."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._left = LARGEST_ANSWER
        self.seal: Seal | None = None

    async def next(self) -> tuple[int, bytes]:
        """Return kind and content of the next record; change_cipher_spec comes as it is.

        Raises:
            EOFError, ConnectionError: the peer is gone.
            NotTls, TooLarge: it is no peer to speak with.
        """
        head = await self._reader.readexactly(5)
        length = int.from_bytes(head[3:5], "big")
        self._left -= 5 + length
        if head[1] != 3 or length > 2**14 + 2048:
            raise NotTls("the answer is no TLS", http=head.startswith(b"HTTP/"))
        if self._left < 0:
            raise TooLarge("more records than are read")
        body = await self._reader.readexactly(length)
        if self.seal is None or head[0] == 20:
            return head[0], body
        return self.seal.open(head, body)
