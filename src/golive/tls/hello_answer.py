"""What a server answers to a ClientHello, read just far enough; pure, bounded, and made for hostile bytes."""

from dataclasses import dataclass, field

from golive.tls.hello import SUPPORTED_VERSIONS, Offer

LARGEST_ANSWER = 256 * 1024
"""Bytes of one answer; a chain of 1,000 certificates is more, and is refused unread."""
MOST_CERTIFICATES = 20

ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 40: "handshake_failure",
    42: "bad_certificate", 46: "certificate_unknown", 47: "illegal_parameter", 50: "decode_error",
    51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
    110: "unsupported_extension", 112: "unrecognized_name", 116: "certificate_required",
    120: "no_application_protocol",
}  # fmt: skip

_RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class NotTls(ValueError):
    """The bytes are no TLS; ``http`` where they are plain HTTP instead."""

    def __init__(self, message: str, *, http: bool = False) -> None:
        super().__init__(message)
        self.http = http


class TooLarge(ValueError):
    """The answer has more bytes, messages or certificates than are read."""


@dataclass(slots=True)
class ServerAnswer:
    """Fields are set as their messages arrive."""

    alert: int | None = None
    version: int | None = None
    """The negotiated version; None until a ServerHello came."""
    cipher: int = 0
    compression: int = 0
    random: bytes = b""
    retry: bool = False
    """A HelloRetryRequest: accepted, and another key share asked for."""
    extensions: dict[int, bytes] = field(default_factory=dict)
    chain: tuple[bytes, ...] = ()
    staple: bytes | None = None
    dh_bits: int | None = None
    """Size of the finite-field group that the server sent."""
    curve: int | None = None
    server_key: bytes = b""
    wants_certificate: bool = False
    done: bool = False
    handshake: bytes = b""
    """Every handshake message, for the transcript."""

    @property
    def accepted(self) -> bool:
        """Whether the offer was taken."""
        return self.version is not None

    @property
    def refusal(self) -> str:
        """The alert in words; empty without one."""
        return "" if self.alert is None else f"alert {ALERTS.get(self.alert, str(self.alert))}"


class AnswerReader:
    """Takes bytes as they come and fills in an answer.

    Args:
        dhe: whether the offered ciphers are finite-field ones, as a ServerKeyExchange does not say itself.
    """

    def __init__(self, *, dhe: bool = False) -> None:
        self.answer = ServerAnswer()
        self._dhe = dhe
        self._received = b""
        self._messages = b""
        self._total = 0

    def feed(self, data: bytes) -> bool:
        """Read on; True when nothing more is needed.

        Raises:
            NotTls: the bytes are of another protocol, or malformed.
            TooLarge: there are more than are read.
        """
        self._total += len(data)
        if self._total > LARGEST_ANSWER:
            raise TooLarge(f"more than {LARGEST_ANSWER} bytes of handshake")
        self._received += data
        while len(self._received) >= 5 and not self._finished():
            kind, major = self._received[0], self._received[1]
            length = int.from_bytes(self._received[3:5], "big")
            if kind not in (20, 21, 22, 23) or major != 3 or length > 2**14 + 2048:
                raise NotTls("the answer is no TLS", http=self._received.startswith(b"HTTP/"))
            if len(self._received) < 5 + length:
                break
            body, self._received = self._received[5 : 5 + length], self._received[5 + length :]
            self._record(kind, body)
        return self._finished()

    def _finished(self) -> bool:
        return self.answer.done or self.answer.alert is not None

    def _record(self, kind: int, body: bytes) -> None:
        if kind == 21:
            if len(body) != 2:
                raise NotTls("a malformed alert")
            if body[0] == 2 or body[1] in (0, 100):  # warnings, such as unrecognized_name, are passed over
                self.answer.alert = body[1]
            return
        if kind != 22:
            raise NotTls("application data instead of a handshake")
        self._messages += body
        while len(self._messages) >= 4 and not self._finished():
            length = int.from_bytes(self._messages[1:4], "big")
            if length > LARGEST_ANSWER:
                raise TooLarge(f"a handshake message of {length} bytes")
            if len(self._messages) < 4 + length:
                return
            message, self._messages = self._messages[: 4 + length], self._messages[4 + length :]
            self.answer.handshake += message
            try:
                self._message(message[0], message[4:])
            except IndexError:
                raise NotTls("a handshake message that ends too early") from None

    def _message(self, kind: int, body: bytes) -> None:
        match kind:
            case 2:
                self._server_hello(_Cursor(body))
            case 11:
                self.answer.chain = certificates(_Cursor(body))
            case 22:
                self.answer.staple = body[4:] if body[:1] == b"\x01" else None
            case 12:
                self._key_exchange(_Cursor(body))
            case 13:
                self.answer.wants_certificate = True
            case 14:
                self.answer.done = True
            case 4 | 0:
                pass
            case _:
                raise NotTls(f"handshake message {kind} where none belongs")

    def _server_hello(self, at: "_Cursor") -> None:
        answer = self.answer
        version = at.number(2)
        answer.random = at.take(32)
        at.vector(1)
        answer.cipher, answer.compression = at.number(2), at.number(1)
        answer.extensions = extensions(at.vector(2)) if at.left else {}
        chosen = answer.extensions.get(SUPPORTED_VERSIONS)
        answer.version = int.from_bytes(chosen, "big") if chosen else version
        answer.retry = answer.random == _RETRY_RANDOM
        answer.done = chosen is not None  # from here on TLS 1.3 is encrypted

    def _key_exchange(self, at: "_Cursor") -> None:
        if self._dhe:
            self.answer.dh_bits = int.from_bytes(at.vector(2), "big").bit_length()
        elif at.number(1) == 3:
            self.answer.curve = at.number(2)
            self.answer.server_key = at.vector(1)


class _Cursor:
    """Reads fields off bytes; an IndexError where they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if self.left < count:
            raise IndexError
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))


def cursor(data: bytes) -> _Cursor:
    """Return a reader of fields over ``data``."""
    return _Cursor(data)


def extensions(data: bytes) -> dict[int, bytes]:
    """Return extension type to content."""
    at, found = _Cursor(data), {}
    while at.left:
        kind = at.number(2)
        found[kind] = at.vector(2)
    return found


def certificates(at: _Cursor) -> tuple[bytes, ...]:
    """Return the certificates of a Certificate message before TLS 1.3.

    Raises:
        TooLarge: more than any honest chain has.
    """
    inner, found = _Cursor(at.vector(3)), []
    while inner.left:
        found.append(inner.vector(3))
        if len(found) > MOST_CERTIFICATES:
            raise TooLarge(f"more than {MOST_CERTIFICATES} certificates")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """What came of one offer. Neither accepted nor an alert: the server closed the connection."""

    offer: Offer
    answer: ServerAnswer

    @property
    def accepted(self) -> bool:
        """Whether the server took the offer, in the version that was offered."""
        return self.answer.version == self.offer.version

    @property
    def refusal(self) -> str:
        """How the offer was refused; empty when it was accepted."""
        if self.accepted:
            return ""
        if self.answer.version is not None:
            return f"the server wants another version (0x{self.answer.version:04X})"
        return self.answer.refusal or "the server closed the connection"
