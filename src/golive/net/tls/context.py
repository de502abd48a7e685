"""TLS contexts: made once (30 ms each), shared by every connection of the same kind."""

import ssl
from functools import cached_property

import certifi

from golive.profile.profile import Trust

SUITES = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
"""Python's own since 3.10 (bpo-43998), said again: some distributions build it with OpenSSL's, which allow
what browsers refuse, and a verdict must not depend on who built Python."""


class TlsContexts:
    """Verifying client contexts over the profile's roots, or the system's where it names none.

    The HTTP client offers ``h2``, with which a WebSocket handshake fails: each kind of client has its own.
    """

    def __init__(self, trust: Trust) -> None:
        self.trust = trust

    @cached_property
    def http(self) -> ssl.SSLContext:
        """For the HTTP client: HTTP/2 or HTTP/1.1."""
        context = self.new()
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    @cached_property
    def http1(self) -> ssl.SSLContext:
        """For WebSocket and Socket.IO clients, and hosts that want it: no ALPN beyond HTTP/1.1."""
        context = self.new()
        context.set_alpn_protocols(["http/1.1"])
        return context

    @cached_property
    def observing(self) -> ssl.SSLContext:
        """For looking at handshakes: verifies, offers HTTP/2 and HTTP/1.1."""
        context = self.new()
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    @cached_property
    def blind(self) -> ssl.SSLContext:
        """For looking at a chain that verification refused. Nothing is ever sent over it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    @cached_property
    def unverified(self) -> ssl.SSLContext:
        """For asking whoever answers for the time, which verification would rest on: HTTP/1.1 only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["http/1.1"])
        return context

    def new(self) -> ssl.SSLContext:
        """Return a fresh verifying context, TLS 1.2 and later.

        Raises:
            FileNotFoundError, ssl.SSLError: the profile's roots cannot be read.
        """
        paths = ssl.get_default_verify_paths()
        if self.trust.roots is not None:
            context = ssl.create_default_context(cafile=str(self.trust.roots))
        elif paths.cafile or paths.capath:
            context = ssl.create_default_context()
        else:
            context = ssl.create_default_context(cafile=certifi.where())
        context.set_ciphers(SUITES)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # Python 3.13 sets it and earlier ones do not; browsers accept what it refuses.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context
