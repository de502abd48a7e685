"""The asset edge: a shared HTTP cache (RFC 9111) before the asset origin, one process of its own.

`python -m rehearsal.stack.network.asset_edge` with HOST, PORT, ORIGIN_URL, ORIGIN_KEY,
PURGE_TOKEN and RANGES (served or ignored). Every answer says what the cache did: `Cache-Status` (RFC 9211),
`X-Cache: HIT | MISS`, and `Age` when it came from the store.
"""

from __future__ import annotations

import os
import secrets
import ssl
import uuid
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpx
from hishel import AsyncBaseStorage, Entry, Headers, Response
from hishel import Request as StoredRequest
from hishel.asgi import ASGICacheMiddleware
from starlette.requests import Request

from rehearsal.services.serving import serve
from rehearsal.stack.network.ranges import ServesRanges

CACHE_NAME = "audotics-cdn"
ORIGIN_TIMEOUT_SECONDS = 5.0
PASSED_ON = (b"accept", b"if-none-match", b"if-modified-since")
WITHOUT_ROOTS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The origin is asked in plain text; the certificates of the world take their time to read."""
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "server"}

_went_to_origin: ContextVar[list[bool]] = ContextVar("went_to_origin")


class MemoryStore(AsyncBaseStorage):
    """Complete answers in memory, for as long as the process lives."""

    def __init__(self) -> None:
        super().__init__()
        self._stored: dict[str, list[tuple[uuid.UUID, StoredRequest, Response, bytes]]] = {}

    async def create_entry(
        self,
        request: StoredRequest,
        response: Response,
        key: str,
        *,
        ttl: float | None = None,  # noqa: ARG002 - freshness comes from the answer alone
        tti: float | None = None,  # noqa: ARG002
    ) -> Entry:
        """Read the whole answer, keep it under `key`, and return it with a fresh body stream."""
        assert isinstance(response.stream, AsyncIterator)
        body = b"".join([chunk async for chunk in response.stream])
        identity = uuid.uuid4()
        self._stored.setdefault(key, []).append((identity, request, response, body))
        return _entry(identity, request, response, body)

    async def get_entries(self, key: str) -> list[Entry]:
        """Every answer stored under `key`."""
        return [_entry(*stored) for stored in self._stored.get(key, [])]

    async def update_headers(self, id: uuid.UUID, headers: Headers) -> None:
        """Replace the headers of one stored answer after a revalidation."""
        for entries in self._stored.values():
            for position, (identity, request, response, body) in enumerate(entries):
                if identity == id:
                    entries[position] = (identity, request, Response(response.status_code, headers), body)

    async def remove_entry(self, id: uuid.UUID) -> None:
        """Forget one stored answer."""
        for key, entries in self._stored.items():
            self._stored[key] = [stored for stored in entries if stored[0] != id]

    def forget(self, path: str) -> None:
        """Forget every answer to `path`, whatever its query."""
        for key, entries in self._stored.items():
            self._stored[key] = [stored for stored in entries if urlsplit(str(stored[1].url)).path != path]


class Origin:
    """ASGI application that fetches what it is asked for from the asset origin."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, timeout=ORIGIN_TIMEOUT_SECONDS, trust_env=False, verify=WITHOUT_ROOTS
        )
        self._key = key.encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - GET has no body
        """Answer with the origin's status, headers and bytes; 502 when it cannot be reached."""
        _went_to_origin.get()[:] = [True]
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        passed_on = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
        passed_on.append((b"x-origin-key", self._key))
        try:
            answer = await self._client.request(scope["method"], target.decode("latin-1"), headers=passed_on)
        except httpx.HTTPError:
            words = b"the asset origin does not answer\n"
            await _respond(send, 502, [(b"content-type", b"text/plain")], words)
            return
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers.multi_items()
            if name not in HOP_BY_HOP
        ]
        await _respond(send, answer.status_code, headers, answer.content)


class AssetEdge:
    """Adds `Cache-Status` and `X-Cache` to every answer; has its own health at /.edge/health.

    `POST /.edge/purge` with the bearer token and `{"files": [URL, …]}` has it forget what it stored.
    """

    def __init__(self, origin: Any, store: MemoryStore, purge_token: str) -> None:
        self.origin = origin
        self.store = store
        self.forget = store.forget
        self._purge_token = purge_token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/.edge/health":
            await _respond(send, 200, [], b"")
        elif scope["path"] == "/.edge/purge" and scope["method"] == "POST":
            await self._purge(Request(scope, receive), send)
        elif scope["method"] not in ("GET", "HEAD"):
            await _respond(send, 405, [(b"allow", b"GET, HEAD")], b"")
        else:
            await self._serve(scope, receive, send)

    async def cached(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer from the store, or from the origin."""
        # What the origin never hears of cannot change its answer, so it makes no variant of it either.
        heard = [(name, value) for name, value in scope["headers"] if name in (*PASSED_ON, b"host")]
        scope = {**scope, "headers": heard}
        await ASGICacheMiddleware(self.origin, self.store)(scope, receive, send)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        went_to_origin: list[bool] = []
        _went_to_origin.set(went_to_origin)

        async def send_marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                status = b"; fwd=miss" if went_to_origin else b"; hit"
                marks = [
                    (b"cache-status", CACHE_NAME.encode() + status),
                    (b"x-cache", b"MISS" if went_to_origin else b"HIT"),
                ]
                message = {**message, "headers": [*message["headers"], *marks]}
            await send(message)

        await self.cached(scope, receive, send_marked)

    async def _purge(self, request: Request, send: Any) -> None:
        shown = request.headers.get("authorization", "")
        if not secrets.compare_digest(shown.encode(), f"Bearer {self._purge_token}".encode()):
            await _respond(send, 401, [(b"cache-control", b"no-store")], b"")
            return
        for url in (await request.json())["files"]:
            self.forget(urlsplit(url).path)
        await _respond(send, 200, [(b"cache-control", b"no-store")], b"{}")


def _entry(identity: uuid.UUID, request: StoredRequest, response: Response, body: bytes) -> Entry:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    return Entry(identity, request, Response(response.status_code, response.headers, stream()))


async def _respond(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until SIGTERM."""
    edge = AssetEdge(
        Origin(os.environ["ORIGIN_URL"], os.environ["ORIGIN_KEY"]), MemoryStore(), os.environ["PURGE_TOKEN"]
    )
    if names := os.environ.get("REHEARSAL_FAULTS", "").split():
        # Imported only now: a healthy edge need not know that there are faults.
        from rehearsal.faults import named  # noqa: PLC0415
        from rehearsal.faults.base import AssetEdgeFault  # noqa: PLC0415

        for fault in named(names):
            if isinstance(fault, AssetEdgeFault):
                fault.modify(edge)
    serve(
        ServesRanges(edge) if os.environ["RANGES"] == "served" else edge,
        os.environ["HOST"],
        int(os.environ["PORT"]),
        date_header=False,
        lifespan="off",
        ws="none",
    )


if __name__ == "__main__":
    main()
