"""What a probe raises when it could not take its measurement: typed, and naming its target."""

from enum import Enum

CLOSED_IN_HANDSHAKE = "the server closed the connection during the handshake"


class ProbeError(Exception):
    """A measurement that failed.

    Args:
        message: what happened, in plain words.
        target: which target, such as ``api.shop.test:443 [127.0.0.1:4001]``.
        phase: what the probe was doing: ``resolve``, ``connect``, ``tls``, ``request``, ``read`` …
    """

    def __init__(self, message: str, *, target: str, phase: str) -> None:
        super().__init__(f"{message} — {target}")
        self.message = message
        self.target = target
        self.phase = phase


class TransportError(ProbeError):
    """The bytes did not get there and back; whether the target or the suite's own network is at fault,
    a control probe tells."""


class NameNotFound(TransportError):
    """The name does not exist, or has no address."""


class ConnectFailed(TransportError):
    """No connection came about: refused, or no route."""


class Fate(Enum):
    """What became of a request whose connection ended, as far as the protocol says it."""

    BROKEN = "broken"
    """Nobody knows; the connection served this request alone, or what ended was its own stream."""
    UNPROCESSED = "unprocessed"
    """Nothing was done: never sent, or refused as such (RFC 9113, 6.8 and 8.7)."""
    KEPT = "kept"
    """The end of a connection that had stood came instead of an answer: every server may end one it keeps."""
    SHARED = "shared"
    """It went down with a connection that carried others, or had before."""
    SUSPECT = "suspect"
    """It went down with a connection on which an answer broke the protocol: its own, or another's."""


class ConnectionLost(TransportError):
    """A connection broke before the answer was complete."""

    def __init__(self, message: str, *, target: str, phase: str, fate: Fate = Fate.BROKEN) -> None:
        super().__init__(message, target=target, phase=phase)
        self.fate = fate


class DeadlineExceeded(TransportError):
    """The call's own deadline passed."""


class TlsFailed(TransportError):
    """The TLS handshake failed. ``code`` is OpenSSL's X509_V_ERR number where the certificate was refused."""

    def __init__(self, message: str, *, target: str, phase: str = "tls", code: int | None = None) -> None:
        super().__init__(message, target=target, phase=phase)
        self.code = code

    @property
    def is_lost(self) -> bool:
        """Whether the connection ended during the handshake, without a word about why."""
        return self.message == CLOSED_IN_HANDSHAKE


class ProtocolError(ProbeError):
    """The target answered with what its protocol does not allow, or with more than is read."""


class HandshakeRefused(ProbeError):
    """The target answered a real-time handshake with a refusal: an answer, not a broken transport.

    Args:
        status: HTTP status of the refusal, where there is one.
        reason: what the server gave as the reason, bounded and masked.
    """

    def __init__(self, message: str, *, target: str, status: int | None, reason: str) -> None:
        super().__init__(message, target=target, phase="handshake")
        self.status = status
        self.reason = reason


class Refused(ProbeError):
    """The suite's own guard stopped the request before it was sent."""

    def __init__(self, message: str, *, target: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}", target=target, phase="guard")
        self.remedy = remedy


VERIFY_TIME_CODES = frozenset({9, 10, 11, 12})
"""X509_V_ERR of a certificate or a revocation list that is not valid yet, or not any more."""
