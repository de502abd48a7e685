"""One request and its answer: the instants at which bytes passed the socket, and the body as it comes."""

import zlib
from dataclasses import dataclass, field

import httpx

from golive.net.address import Address
from golive.net.errors import ProtocolError
from golive.net.headers import read_codings

RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a connection is made to: scheme, host and port."""

    scheme: str
    host: str
    port: int

    @property
    def is_secure(self) -> bool:
        """Whether TLS comes first."""
        return self.scheme == "https"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent; ``headers`` hold Host, and names in any case."""

    method: str
    origin: Origin
    target: bytes
    headers: RawHeaders
    body: bytes
    is_safe: bool
    """Whether it only reads, so that it may be sent again (RFC 9110, 9.2.1)."""

    @classmethod
    def of(cls, request: httpx.Request, *, is_safe: bool) -> "Request":
        """Take it from httpx, which writes URLs and headers as browsers do."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        return cls(
            request.method,
            Origin(url.scheme, url.raw_host.decode("ascii"), port),
            url.raw_path,
            tuple(request.headers.raw),
            request.content,
            is_safe,
        )


@dataclass(slots=True)
class Moments:
    """Instants of one exchange at the socket, in seconds of ``perf_counter``; ``phase`` is what it does."""

    phase: str = "connect"
    connect_seconds: float | None = None
    """Of the connection that was made for it; None where one stood already."""
    tls_seconds: float | None = None
    is_resumed: bool = False
    """Whether the handshake resumed an earlier session."""
    began: float = 0.0
    """When its first byte was handed to the connection."""
    sent: float = 0.0
    """When its last byte had left; of an answer that came before, when it began."""
    answered: float = 0.0
    """When the first byte of the answer came, interim answers (1xx) apart; 0 until then."""
    ended: float = 0.0
    """When the last one came."""


@dataclass(slots=True)
class Body:
    """An answer's body as it comes, decoded from gzip and deflate, never more than ``cap`` and one chunk.

    Raises:
        ProtocolError: larger than ``cap``, encoded or decoded, or not decodable.
    """

    cap: int
    target: str
    _parts: bytearray = field(default_factory=bytearray)
    _received: int = 0
    _coding: str = ""
    _inflater: "zlib._Decompress | None" = None

    def begin(self, headers: RawHeaders) -> None:
        """Take the codings from an answer's headers."""
        lines = [value.decode("latin-1") for name, value in headers if name.lower() == b"content-encoding"]
        codings = read_codings(lines)
        if codings in (("gzip",), ("deflate",)):
            self._coding = codings[0]
            self._inflater = zlib.decompressobj(47)

    def add(self, chunk: bytes) -> None:
        """Take what came."""
        self._received += len(chunk)
        try:
            room = self.cap + 1 - len(self._parts)
            self._parts += self._inflater.decompress(chunk, room) if self._inflater else chunk
        except zlib.error:
            words = f"the body is not valid {self._coding}"
            raise ProtocolError(words, target=self.target, phase="read") from None
        if max(len(self._parts), self._received) > self.cap:
            words = f"the body is larger than {self.cap} bytes"
            raise ProtocolError(words, target=self.target, phase="read")

    def whole(self) -> bytes:
        """Return what came in all."""
        return bytes(self._parts)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    status: int
    headers: RawHeaders
    version: str
    """``HTTP/1.0``, ``HTTP/1.1`` or ``HTTP/2``."""
    body: bytes
    address: Address
