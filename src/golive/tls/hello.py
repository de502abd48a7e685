"""A ClientHello of our own: offers what OpenSSL refuses to speak, so that it can be seen all the same.

Written after RFC 8446 (4.1.2), RFC 5246 (7.4.1.2) and RFC 6101 (5.6.1.2). Nothing secret is ever sent.
"""

import os
import struct
from dataclasses import dataclass

SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304

VERSION_NAMES = {SSL3: "SSLv3", TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3"}

SERVER_NAME, STATUS_REQUEST, GROUPS, POINT_FORMATS, SIGNATURES = 0, 5, 10, 11, 13
ALPN, SCT, EXTENDED_MASTER_SECRET = 16, 18, 23
SUPPORTED_VERSIONS, PSK_MODES, KEY_SHARE, RENEGOTIATION = 43, 45, 51, 0xFF01

_SIGNATURE_SCHEMES = (
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0807, 0x0808,
    0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0202, 0x0402,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What one ClientHello offers."""

    version: int
    """The highest version, and the only one from TLS 1.3 on."""
    ciphers: tuple[int, ...]
    groups: tuple[int, ...] = (29, 23, 24, 25)
    key_shares: tuple[tuple[int, bytes], ...] = ()
    """Group and public key, for TLS 1.3; none makes the server ask for the group that it prefers."""
    compressions: bytes = b"\x00"
    server_name: str | None = None
    alpn: tuple[str, ...] = ()
    verified: bytes = b""
    """The client's last Finished, which binds a renegotiation to its session (RFC 5746, 3.5)."""


def client_hello(offer: Offer, random: bytes | None = None) -> bytes:
    """Return the handshake message, without its record."""
    body = struct.pack("!H", min(offer.version, TLS12)) + (random or os.urandom(32))
    body += _vector(os.urandom(32) if offer.version >= TLS13 else b"", 1)
    ciphers = offer.ciphers
    if offer.version == SSL3 and RENEGOTIATION_SIGNAL not in ciphers:
        ciphers = (*ciphers, RENEGOTIATION_SIGNAL)  # SSLv3 servers may know no extensions (RFC 5746, 3.3)
    body += _vector(b"".join(struct.pack("!H", cipher) for cipher in ciphers), 2)
    body += _vector(offer.compressions, 1)
    if offer.version > SSL3:
        body += _vector(b"".join(_extension(kind, data) for kind, data in _extensions(offer)), 2)
    return b"\x01" + len(body).to_bytes(3, "big") + body


RENEGOTIATION_SIGNAL = 0x00FF
"""TLS_EMPTY_RENEGOTIATION_INFO_SCSV."""


def record(message: bytes, version: int, *, first: bool = True) -> bytes:
    """Return a handshake message in one record; the first says at most TLS 1.0 (RFC 8446, 5.1)."""
    return struct.pack("!BHH", 22, min(version, TLS10) if first else version, len(message)) + message


def _extensions(offer: Offer) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    if offer.server_name:
        name = b"\x00" + _vector(offer.server_name.encode("idna"), 2)
        found.append((SERVER_NAME, _vector(name, 2)))
    found += [
        (EXTENDED_MASTER_SECRET, b""),
        (RENEGOTIATION, _vector(offer.verified, 1)),
        (GROUPS, _vector(b"".join(struct.pack("!H", group) for group in offer.groups), 2)),
        (POINT_FORMATS, b"\x01\x00"),
        (STATUS_REQUEST, b"\x01\x00\x00\x00\x00"),
        (SCT, b""),
    ]
    if offer.version >= TLS12:
        schemes = b"".join(struct.pack("!H", scheme) for scheme in _SIGNATURE_SCHEMES)
        found.append((SIGNATURES, _vector(schemes, 2)))
    if offer.alpn:
        found.append((ALPN, _vector(b"".join(_vector(name.encode(), 1) for name in offer.alpn), 2)))
    if offer.version >= TLS13:
        shares = b"".join(struct.pack("!H", group) + _vector(key, 2) for group, key in offer.key_shares)
        found += [
            (SUPPORTED_VERSIONS, _vector(struct.pack("!H", offer.version), 1)),
            (PSK_MODES, b"\x01\x01"),
            (KEY_SHARE, _vector(shares, 2)),
        ]
    return found


def _extension(kind: int, data: bytes) -> bytes:
    return struct.pack("!H", kind) + _vector(data, 2)


def _vector(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data
