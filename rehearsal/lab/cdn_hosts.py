"""One lab edge for each CDN case that an asset host shows: a small cache before a small origin."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rehearsal.lab.authority import HOST
from rehearsal.lab.h2_serving import Answered, Answering, Asked

KEY = "the-key-that-the-edge-shows"
MANIFEST = "/manifest.json"
FAILING = "/failing"
_SOURCES = {
    "main.js": ("text/javascript", b"console.log('golive');\n" * 100),
    "app.css": ("text/css", b"body { margin: 0 }\n" * 100),
    "logo.svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "text.woff2": ("font/woff2", bytes(range(256)) * 8),
}
IMMUTABLE = "public, max-age=31536000, immutable"

Twist = Callable[[Asked, Answered], None]


def _hashed(name: str, body: bytes) -> str:
    stem, _, suffix = name.partition(".")
    return f"/{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"


FILES = {_hashed(name, body): entry for name, entry in _SOURCES.items() for body in (entry[1],)}
DOCUMENT = {
    path: {"file": path[1:], "sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body), "type": kind}
    for path, (kind, body) in FILES.items()
}
PAGE = "".join(
    f'<script type="module" src="https://{HOST}{path}"></script>' for path in FILES if path.endswith(".js")
)


def _untouched(_asked: Asked, _answer: Answered) -> None:
    return


@dataclass(frozen=True)
class CdnHost:
    """An edge and its origin; healthy by default."""

    caches: bool = True
    says: Callable[[bool], dict[str, str]] = lambda hit: {"x-cache": "HIT" if hit else "MISS"}
    """What an answer says of the cache, by whether it was a hit."""
    query_counts: bool = True
    keeps_manifest: bool = False
    compresses: bool = True
    http2: bool = True
    echoes_claims: bool = False
    asks_for_key: bool = True
    changed: Twist = _untouched
    """What the edge does to every answer."""
    store: dict[tuple[str, str], str] = field(default_factory=dict)
    """What is stored: address to the host that was claimed when it was."""

    def edge(self) -> Answering:
        """The answers of the public host, with a store of their own."""
        store: dict[tuple[str, str], str] = {}

        def answer(asked: Asked) -> Answered:
            found = self._found(asked)
            stored = found.status == 200 and "no-cache" not in found.headers["cache-control"]
            key = (asked.path, asked.query if self.query_counts else "")
            hit = self.caches and stored and key in store
            claimed = store.setdefault(key, asked.headers.get("x-forwarded-host", HOST))
            if self.echoes_claims and found.status == 200:
                found.headers["link"] = f"<https://{claimed}/>; rel=canonical"
            found.headers |= self.says(hit) | {"strict-transport-security": "max-age=63072000"}
            self._compress(asked, found)
            self.changed(asked, found)
            return found

        return answer

    def origin(self) -> Answering:
        """The answers of the origin."""

        def answer(asked: Asked) -> Answered:
            if self.asks_for_key and asked.headers.get("x-origin-key") != KEY:
                return Answered(403)
            return self._at_origin(asked.path)

        return answer

    def _found(self, asked: Asked) -> Answered:
        if asked.path == "/":
            return Answered(200, {"content-type": "text/html", "cache-control": "no-cache"}, PAGE.encode())
        return self._at_origin(asked.path)

    def _at_origin(self, path: str) -> Answered:
        said = {"cache-control": IMMUTABLE, "access-control-allow-origin": "*", "vary": "accept-encoding"}
        if path in FILES:
            kind, body = FILES[path]
            return Answered(200, {**said, "content-type": kind}, body)
        if path == MANIFEST:
            policy = "public, max-age=60" if self.keeps_manifest else "no-cache"
            kind = "application/json"
            return Answered(
                200, {"content-type": kind, "cache-control": policy}, json.dumps(DOCUMENT).encode()
            )
        status = 503 if path == FAILING else 404
        return Answered(status, {"content-type": "text/plain", "cache-control": "no-store"}, b"nothing here")

    def _compress(self, asked: Asked, answer: Answered) -> None:
        wanted = "gzip" in asked.headers.get("accept-encoding", "")
        if self.compresses and wanted and answer.headers["content-type"].startswith(("text/", "image/svg")):
            answer.body = gzip.compress(answer.body)
            answer.headers["content-encoding"] = "gzip"


HEALTHY = CdnHost()


def said(name: str, value: str | None, *, of: str = "-", status: int = 200) -> Twist:
    """Have answers to paths with ``of`` in them say something else, or nothing."""

    def change(asked: Asked, answer: Answered) -> None:
        if of in asked.path and answer.status == status:
            answer.headers.pop(name, None)
            if value is not None:
                answer.headers[name] = value

    return change


def _other_bytes(asked: Asked, answer: Answered) -> None:
    if asked.path.endswith(".css"):
        changed = FILES[asked.path][1] + b"/* changed */"
        answer.body = gzip.compress(changed) if "content-encoding" in answer.headers else changed


def _shell(_asked: Asked, answer: Answered) -> None:
    if answer.status == 404:
        answer.status, answer.body = 200, b"<!doctype html><title>Lab</title>"
        answer.headers["content-type"] = "text/html"
        answer.headers.pop("content-encoding", None)


def _former_manifest(asked: Asked, answer: Answered) -> None:
    if asked.path == MANIFEST:
        answer.body = json.dumps({"old.js": {"file": "old-0123456789ab.js"}}).encode()


def _always_gzip(asked: Asked, answer: Answered) -> None:
    if asked.path.endswith(".js") and "content-encoding" not in answer.headers:
        answer.body = gzip.compress(answer.body)
        answer.headers["content-encoding"] = "gzip"


def _lost(asked: Asked, answer: Answered) -> None:
    if asked.path.endswith(".css"):
        answer.status, answer.body = 404, b""
        answer.headers.pop("content-encoding", None)


HOSTS: dict[str, CdnHost] = {
    "C01": replace(HEALTHY, caches=False),
    "C02": replace(HEALTHY, changed=said("set-cookie", "visitor=1")),
    "C04": replace(HEALTHY, echoes_claims=True),
    "C05": replace(HEALTHY, query_counts=False, keeps_manifest=True),
    "C06": replace(HEALTHY, asks_for_key=False),
    "C07": replace(HEALTHY, compresses=False),
    "C08": replace(HEALTHY, changed=said("vary", None)),
    "C09": replace(HEALTHY, changed=said("cache-control", "public, max-age=600", of=FAILING, status=503)),
    "C11": replace(HEALTHY, changed=_former_manifest),
    "C12": replace(HEALTHY, changed=said("strict-transport-security", None)),
    "C15": replace(HEALTHY, http2=False),
    "C16": replace(HEALTHY, changed=_other_bytes),
    "C17": replace(HEALTHY, changed=said("content-type", "text/plain", of=".css")),
    "C18": replace(HEALTHY, changed=_shell),
    "C19": replace(HEALTHY, changed=said("access-control-allow-origin", None, of=".woff2")),
    "C20": replace(HEALTHY, changed=said("cache-control", "public, max-age=31536000")),
}

VARIANTS: dict[str, tuple[str, CdnHost]] = {
    "gzip for everybody": ("C08", replace(HEALTHY, changed=_always_gzip)),
    "an asset for each browser": (
        "C08",
        replace(HEALTHY, changed=said("vary", "accept-encoding, user-agent")),
    ),
    "one origin for all": (
        "C08",
        replace(HEALTHY, changed=said("access-control-allow-origin", "https://a.invalid")),
    ),
    "a failure from the cache": ("C09", replace(HEALTHY, changed=said("age", "30", of=FAILING, status=503))),
    "a missing asset for a year": (
        "C09",
        replace(HEALTHY, changed=said("cache-control", IMMUTABLE, status=404)),
    ),
    "HSTS that is taken back": (
        "C12",
        replace(HEALTHY, changed=said("strict-transport-security", "max-age=0; includeSubDomains")),
    ),
    "HSTS without max-age": (
        "C12",
        replace(HEALTHY, changed=said("strict-transport-security", "includeSubDomains; preload")),
    ),
    "HSTS twice in one line": (
        "C12",
        replace(HEALTHY, changed=said("strict-transport-security", "max-age=63072000, max-age=63072000")),
    ),
    "an asset that is lost": ("C16", replace(HEALTHY, changed=_lost)),
    "a download": (
        "C17",
        replace(HEALTHY, changed=said("content-type", "application/octet-stream", of=".js")),
    ),
    "an asset for five minutes": (
        "C20",
        replace(HEALTHY, changed=said("cache-control", "public, max-age=300")),
    ),
    "nothing said of how long": ("C20", replace(HEALTHY, changed=said("cache-control", None))),
    "a miss in the standard's words": (
        "C01",
        replace(
            HEALTHY,
            caches=False,
            says=lambda hit: {"cache-status": f"lab; {'hit' if hit else 'fwd=uri-miss'}"},
        ),
    ),
    "always asked after": (
        "C01",
        replace(HEALTHY, caches=False, says=lambda _: {"x-cache": "RefreshHit from cloudfront"}),
    ),
}
