"""What OpenSSL means, in plain words."""

import ssl

from golive.net.errors import CLOSED_IN_HANDSHAKE

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


def tls_message(error: BaseException) -> tuple[str, int | None]:
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
