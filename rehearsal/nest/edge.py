"""Caddy's configuration for one host: TLS, the redirect, and everything passed on to one process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.stack.network.certificates import CertificateStore
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import ACCOUNTS_HOST, APP_HOST

INSIDE_PATHS = ["/metrics", "/metrics/*"]
IDLE_SECONDS = 30
"""Shorter than the application keeps a connection."""
HSTS = "max-age=63072000; includeSubDomains"


@dataclass(frozen=True)
class Ports:
    """Where the edge listens, and where it passes requests on to."""

    outside: tuple[str, ...]
    https: int
    http: int
    application: int
    identity_provider: int


def configuration(at: Ports, certificates: CertificateStore) -> dict[str, Any]:
    """The edge's whole configuration, as JSON types."""

    def listening(port: int) -> list[str]:
        return [
            f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            for address in (LOOPBACK, *at.outside)
        ]

    def passed_on(port: int) -> dict[str, Any]:
        transport = {"protocol": "http", "keep_alive": {"enabled": True, "idle_timeout": f"{IDLE_SECONDS}s"}}
        return {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": f"{LOOPBACK}:{port}"}],
            "transport": transport,
            "headers": {"response": {"delete": ["Server", "Via", "X-Powered-By"]}},
        }

    pinned = {
        "handler": "headers",
        "response": {"set": {"Strict-Transport-Security": [HSTS]}, "deferred": True},
    }
    guarded = {
        "handler": "headers",
        "response": {"set": {"X-Content-Type-Options": ["nosniff"]}, "delete": ["Server"], "deferred": True},
    }
    hidden = {"handler": "static_response", "status_code": 404}
    packed = {"handler": "encode", "encodings": {"gzip": {}}, "minimum_length": 1000}
    routes = [
        {
            "match": [{"host": [APP_HOST], "path": INSIDE_PATHS}],
            "handle": [pinned, guarded, hidden],
            "terminal": True,
        },
        {
            "match": [{"host": [APP_HOST]}],
            "handle": [pinned, guarded, packed, passed_on(at.application)],
            "terminal": True,
        },
        {
            "match": [{"host": [ACCOUNTS_HOST]}],
            "handle": [pinned, guarded, passed_on(at.identity_provider)],
            "terminal": True,
        },
        {"handle": [pinned, guarded, {"handler": "static_response", "status_code": 421}]},
    ]
    away = {
        "handler": "static_response",
        "status_code": 308,
        "headers": {"Location": ["https://{http.request.host}{http.request.uri}"]},
    }
    servers = {
        "https": {
            "listen": listening(at.https),
            "protocols": ["h1", "h2"],
            "automatic_https": {"disable": True},
            # The first that matches wins: the application's, for clients without SNI too, comes last.
            "tls_connection_policies": [
                {
                    "match": {"sni": [ACCOUNTS_HOST]},
                    "certificate_selection": {"any_tag": [ACCOUNTS_HOST]},
                },
                {"certificate_selection": {"any_tag": [APP_HOST]}},
            ],
            "routes": routes,
        },
        "http": {
            "listen": listening(at.http),
            "protocols": ["h1"],
            "automatic_https": {"disable": True},
            "routes": [{"handle": [guarded, away]}],
        },
    }
    return {
        "admin": {"disabled": True},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": {
            "http": {"servers": servers, "grace_period": "200ms"},
            "tls": {
                "certificates": {
                    "load_files": [
                        {"certificate": str(served.chain), "key": str(served.key), "tags": [host]}
                        for host, served in certificates.by_host.items()
                    ]
                },
                "disable_ocsp_stapling": True,
            },
        },
    }
