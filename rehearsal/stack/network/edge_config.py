"""Caddy's configuration for the edge, the redirect and the asset origin, as JSON-able data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.stack.network.certificates import CertificateStore
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import (
    ACCOUNTS_HOST,
    API_HOST,
    APP_HOST,
    CDN_HOST,
    AssetEdgePlan,
    EdgePlan,
)

Json = dict[str, Any]

HEALTH_INTERVAL = "400ms"
IDLE_SECONDS = 30
"""An idle connection to a service is given up before the service does (`KEEP_ALIVE_SECONDS`)."""
INSIDE_PATHS = ["/metrics", "/metrics/*", "/ops/*"]
ORIGIN_KEY_HEADER = "X-Origin-Key"
FAILING_PATH = "/golive/failing"
HASHED_NAME = r"-[0-9a-f]{12}\.\w+$"
CBC_CIPHERS = ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"]
STICKY_COOKIE = "audotics_edge"
ALLOWED_SOURCES = {
    APP_HOST: (
        f"default-src 'self'; script-src 'self' https://{CDN_HOST}; style-src 'self' https://{CDN_HOST}; "
        f"font-src 'self' https://{CDN_HOST}; img-src 'self' data: https:; media-src https://{CDN_HOST}; "
        f"connect-src 'self' https://{API_HOST} wss://{API_HOST} https://{CDN_HOST}; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    API_HOST: "default-src 'none'; frame-ancestors 'none'",
    CDN_HOST: "default-src 'none'; frame-ancestors 'none'",
    ACCOUNTS_HOST: "frame-ancestors 'none'",
}


@dataclass(frozen=True)
class EdgeAddresses:
    """Loopback ports that the edge listens on or passes requests to."""

    outside: tuple[str, ...]
    """Public addresses that this machine has, beside loopback."""
    https: int
    http: int
    asset_origin: int
    asset_edge: int
    identity_provider: int
    delay_gate: int
    replicas: tuple[int, ...]


@dataclass(frozen=True)
class Site:
    """What the edge serves: directories of the frontend's build, and certificates."""

    app: Path
    assets: Path
    certificates: CertificateStore
    origin_key: str = field(repr=False)
    """What the asset origin wants to be shown."""


def configuration(plan: EdgePlan, assets: AssetEdgePlan, site: Site, at: EdgeAddresses, admin: Path) -> Json:
    """The whole configuration of one Caddy process, which takes a new one at the socket `admin`."""
    # The first policy that matches wins: the app's, which also serves clients without SNI, comes last.
    hosts = sorted(site.certificates.by_host, key=lambda host: host == APP_HOST)
    public = tuple(address for address in at.outside if plan.speaks_ipv6 or ":" not in address)
    servers = {
        "edge": {
            "listen": _listen(at.https, public),
            "protocols": ["h1", "h2"],
            "automatic_https": {"disable": True},
            "tls_connection_policies": [_tls_policy(host, plan) for host in hosts],
            "routes": [_common_headers(plan.hsts), *_site_routes(plan, assets, site, at), _status(404)],
            "errors": {"routes": [_common_headers(plan.hsts), _error_route()]},
        },
        "redirect": {
            "listen": _listen(at.http, public),
            "protocols": ["h1"],
            "automatic_https": {"disable": True},
            # No HSTS here: RFC 6797 forbids it on plain HTTP.
            "routes": [
                _common_headers(None),
                *([_redirect(plan)] if plan.redirects else _site_routes(plan, assets, site, at)),
            ],
            "errors": {"routes": [_common_headers(None), _error_route()]},
        },
        "asset-origin": {
            "listen": _listen(at.asset_origin, public if assets.origin_in_public else ()),
            "protocols": ["h1"],
            "automatic_https": {"disable": True},
            "routes": _asset_origin(assets, site),
        },
    }
    if plan.believes_clients:
        servers["edge"]["trusted_proxies"] = {"source": "static", "ranges": ["127.0.0.0/8"]}
    return {
        "admin": {"listen": f"unix/{admin}", "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": {
            "http": {"servers": servers, "grace_period": "200ms"},
            "tls": {
                "certificates": {"load_files": _load_files(site.certificates)},
                "disable_ocsp_stapling": True,
            },
        },
    }


def _listen(port: int, others: tuple[str, ...]) -> list[str]:
    shown = (f"[{address}]" if ":" in address else address for address in (LOOPBACK, *others))
    return [f"{address}:{port}" for address in shown]


def _load_files(certificates: CertificateStore) -> list[Json]:
    return [
        {"certificate": str(served.chain), "key": str(served.key), "tags": [host]}
        for host, served in certificates.by_host.items()
    ]


def _tls_policy(host: str, plan: EdgePlan) -> Json:
    # Chosen by tag, so that a certificate with a wrong name is served all the same.
    policy: Json = {
        "certificate_selection": {"any_tag": [host]},
        "protocol_min": plan.minimum_tls,
        "protocol_max": plan.maximum_tls,
        "alpn": ["h2", "http/1.1"],
    }
    if host in plan.cbc_only:
        # HTTP/2 forbids these ciphers (RFC 9113, 9.2.2).
        policy |= {"protocol_max": "tls1.2", "cipher_suites": CBC_CIPHERS, "alpn": ["http/1.1"]}
    if host in plan.http1_only:
        policy["alpn"] = ["http/1.1"]
    return policy | ({"match": {"sni": [host]}} if host != APP_HOST else {"default_sni": APP_HOST})


def _site_routes(plan: EdgePlan, assets: AssetEdgePlan, site: Site, at: EdgeAddresses) -> list[Json]:
    inner = {
        APP_HOST: _app_routes(plan, site.app),
        API_HOST: _api_routes(plan, at),
        CDN_HOST: [*([_COMPRESSED] if assets.compresses else []), _proxy([at.asset_edge])],
        ACCOUNTS_HOST: [_proxy([at.identity_provider])],
    }
    return [_host_route(host, routes, plan, at) for host, routes in inner.items()]


def _host_route(host: str, routes: list[Json], plan: EdgePlan, at: EdgeAddresses) -> Json:
    first: list[Json] = [_set_headers({"Content-Security-Policy": [ALLOWED_SOURCES[host]]})]
    if host in plan.delays:
        first.append(_wait(at.delay_gate, plan.delays[host]))
    if host in plan.answers_only:
        first.append(_status(plan.answers_only[host]))
    subroute = {"handler": "subroute", "routes": [*first, *routes]}
    return _handle(subroute, match={"host": [host]}) | {"terminal": True}


def _app_routes(plan: EdgePlan, root: Path) -> list[Json]:
    shell = "/index.html"
    return [
        _COMPRESSED,
        # Addresses inside the application get its shell; a missing file stays missing.
        _handle(
            {"handler": "rewrite", "uri": shell},
            match={
                "not": [{"file": {"root": str(root), "try_files": ["{http.request.uri.path}"]}}],
                "path_regexp": {"pattern": r"^(/[^/.]+)*/?$" if plan.deep_links else "^/$"},
            },
        ),
        _set_headers({"Cache-Control": [plan.page_cache_control]}),
        _handle({"handler": "file_server", "root": str(root), "index_names": ["index.html"]}),
    ]


def _api_routes(plan: EdgePlan, at: EdgeAddresses) -> list[Json]:
    upgrades: list[Json] = []
    if not plan.passes_upgrades:
        upgrades.append(_status(400, match={"header": {"Upgrade": ["*ebsocket"]}}))
    balancer = plan.balancer
    turns: Json = {"policy": "round_robin"}
    if balancer.weights:
        turns = {"policy": "weighted_round_robin", "weights": balancer.weights}
    sticky = {"policy": "cookie", "name": STICKY_COOKIE, "fallback": {"policy": "round_robin"}}
    return [
        *([_status(404, match={"path": INSIDE_PATHS})] if plan.hides_inside else []),
        *upgrades,
        _api_proxy(at, plan, sticky, match={"path": ["/socket.io/*"]}),
        _api_proxy(at, plan, turns),
    ]


def _api_proxy(at: EdgeAddresses, plan: EdgePlan, policy: Json, match: Json | None = None) -> Json:
    balancer = plan.balancer
    asked: Json = {"uri": balancer.asks, "interval": HEALTH_INTERVAL, "timeout": balancer.patience}
    return _proxy(
        list(at.replicas),
        match=match,
        load_balancing={"selection_policy": policy, "retries": 2, "try_interval": "20ms"},
        **({"health_checks": {"active": asked}} if balancer.asks else {}),
        **({"stream_timeout": f"{plan.stream_seconds:g}s"} if plan.stream_seconds else {}),
        flush_interval=-1,
    )


def _asset_origin(plan: AssetEdgePlan, site: Site) -> list[Json]:
    root = str(site.assets)
    stranger = {"not": [{"header": {ORIGIN_KEY_HEADER: [site.origin_key]}}]}
    always = {"Access-Control-Allow-Origin": plan.allow_origin, "Set-Cookie": plan.cookie}
    said: Json = {name: [value] for name, value in always.items() if value is not None}
    there = {"file": {"root": root, "try_files": ["{http.request.uri.path}"]}}
    hashed = {"path_regexp": {"pattern": HASHED_NAME}}
    lost = [_status(404, match={"path": [f"*{suffix}"]}) for suffix in sorted(plan.missing)]
    types = [
        _handle(
            {
                "handler": "headers",
                "response": {"set": {"Content-Type": [content_type]}, "deferred": True},
            },
            match={"path": [f"*{suffix}"]},
        )
        for suffix, content_type in plan.types.items()
    ]
    rule = [] if plan.cache_control is None else [_cached(plan.cache_control, match=hashed)]
    page: Json = {
        "handler": "static_response",
        "status_code": 200,
        "headers": {"Content-Type": ["text/html"], "Cache-Control": ["no-cache"]},
        "body": "<!doctype html><title>Audotics</title>",
    }
    served = [
        _cached("no-cache", match={"not": [hashed]}),
        *rule,
        *types,
        _handle({"handler": "headers", "response": {"set": said}}, {"handler": "file_server", "root": root}),
    ]
    return [
        *([_status(403, match=stranger)] if plan.asks_for_key else []),
        # Fails on purpose: shows what the edge does with failures.
        _status(503, match={"path": [FAILING_PATH]}),
        *lost,
        _handle({"handler": "subroute", "routes": served}, match=there),
        _handle(page) if plan.shell_for_missing else _status(404),
    ]


def _cached(value: str, match: Json) -> Json:
    return _handle({"handler": "headers", "response": {"set": {"Cache-Control": [value]}}}, match=match)


def _redirect(plan: EdgePlan) -> Json:
    return _handle(
        {
            "handler": "static_response",
            "status_code": 308,
            "headers": {"Location": [plan.redirect_location], "Content-Length": ["0"]},
        }
    )


def _common_headers(hsts: str | None) -> Json:
    said = {
        "X-Content-Type-Options": ["nosniff"],
        "Referrer-Policy": ["strict-origin-when-cross-origin"],
        "X-Frame-Options": ["DENY"],
    }
    if hsts is not None:
        said["Strict-Transport-Security"] = [hsts]
    return _set_headers(said, delete=["Server", "Via", "X-Powered-By", "Strict-Transport-Security"])


def _set_headers(said: Json, delete: list[str] | None = None) -> Json:
    # Deferred until the answer is written, so that nothing behind the edge can say it differently or twice.
    changes: Json = {"deferred": True, "set": said}
    if delete:
        changes["delete"] = [name for name in delete if name not in said]
    return _handle({"handler": "headers", "response": changes})


def _error_route() -> Json:
    return _handle(
        {
            "handler": "static_response",
            "status_code": "{http.error.status_code}",
            "headers": {"Content-Type": ["application/json"], "Cache-Control": ["no-store"]},
            "body": '{"statusCode":{http.error.status_code},"message":"{http.error.status_text}",'
            '"error":"{http.error.status_text}"}',
        }
    )


def _status(code: int, match: Json | None = None) -> Json:
    # Raised as an error, so that every host words its failures alike.
    return _handle({"handler": "error", "status_code": code}, match=match)


def _wait(gate: int, seconds: float) -> Json:
    passed: Json = {"match": {"status_code": [2]}, "routes": [_handle({"handler": "vars"})]}
    # Without the question mark Caddy would hand on the visitor's own query.
    return _proxy([gate], rewrite={"method": "GET", "uri": f"/{seconds}?"}, handle_response=[passed])


def _proxy(ports: list[int], match: Json | None = None, **options: Any) -> Json:
    upstreams = [{"dial": f"{LOOPBACK}:{port}"} for port in ports]
    transport = {"protocol": "http", "keep_alive": {"idle_timeout": f"{IDLE_SECONDS}s"}}
    handler = {"handler": "reverse_proxy", "upstreams": upstreams, "transport": transport, **options}
    return _handle(handler, match=match)


_COMPRESSED: Json = {"handle": [{"handler": "encode", "encodings": {"gzip": {}}}]}


def _handle(*handlers: Json, match: Json | None = None) -> Json:
    return {"handle": list(handlers)} | ({"match": [match]} if match else {})
