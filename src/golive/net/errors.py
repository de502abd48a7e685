"""What a probe raises when it could not take its measurement: typed, and naming its target."""

import ssl

CLOSED_IN_HANDSHAKE = "the server closed the connection during the handshake"


class ProbeError(Exception):
    """A measurement that failed.

    Args:
        message: what happened, in plain words.
        target: which target, such as ``api.audotics.test:443 [127.0.0.1:4001]``.
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


class ConnectionLost(TransportError):
    """A connection broke before the answer was complete."""


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


_VERIFY_WORDS = {
    9: "certificate not yet valid",
    10: "certificate expired",
    18: "certificate is self-signed",
    19: "issuer unknown: the chain ends in a root that is not trusted",
    20: "issuer unknown or intermediate missing",
    21: "issuer unknown or intermediate missing",
    23: "certificate revoked",
    24: "an issuer in the chain is not a certificate authority",
    25: "the chain is longer than its issuer allows",
    26: "certificate is not meant for servers",
    47: "an issuer does not permit this name",
    48: "an issuer excludes this name",
    62: "hostname does not match",
    64: "address does not match",
    66: "the certificate's key is too small",
    67: "an issuer's key is too small",
    68: "the chain is signed with a hash that is too weak",
}

VERIFY_TIME_CODES = frozenset({9, 10, 11, 12})
"""X509_V_ERR of a certificate or a revocation list that is not valid yet, or not any more."""

_REASON_WORDS = {
    "WRONG_VERSION_NUMBER": "the server does not speak TLS on this port",
    "HTTP_REQUEST": "the server speaks plain HTTP on this port",
    "PACKET_LENGTH_TOO_LONG": "the server does not speak TLS on this port",
    "RECORD_LAYER_FAILURE": "the server does not speak TLS on this port",
    "UNEXPECTED_EOF_WHILE_READING": CLOSED_IN_HANDSHAKE,
    "TLSV1_UNRECOGNIZED_NAME": "the server does not know this host name",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the server refuses every TLS version that was offered",
    "UNSUPPORTED_PROTOCOL": "the server answers with a TLS version that was not offered",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "the server refuses the handshake",
    "TLSV1_ALERT_INTERNAL_ERROR": "the server fails with an internal error during the handshake",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the server demands a client certificate",
}


def tls_words(error: BaseException) -> tuple[str, int | None]:
    """Return what ``error`` or its cause means in plain words, and OpenSSL's verification code if any."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            code = int(cause.verify_code)
            return _VERIFY_WORDS.get(code, f"certificate not accepted: {cause.verify_message}"), code
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return _REASON_WORDS.get(cause.reason, f"TLS handshake failed: {cause.reason}"), None
        cause = cause.__cause__ or cause.__context__
    return CLOSED_IN_HANDSHAKE, None
