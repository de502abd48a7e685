"""The asset edge: a shared HTTP cache (RFC 9111) before the asset origin, one process of its own.

`python -m rehearsal.stack.asset_edge` with HOST, PORT, ORIGIN_URL and RANGES (served or ignored). Every
answer says what the cache did: `Cache-Status` (RFC 9211), `X-Cache: HIT | MISS`, and `Age` when it came
from the store.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import httpx
import uvicorn
from hishel import AsyncBaseStorage, Entry, Headers, Request, Response
from hishel.asgi import ASGICacheMiddleware

from rehearsal.stack.ranges import ServesRanges

CACHE_NAME = "audotics-cdn"
ORIGIN_TIMEOUT_SECONDS = 5.0
PASSED_ON = (b"accept", b"if-none-match", b"if-modified-since")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "server"}

_went_to_origin: ContextVar[list[bool]] = ContextVar("went_to_origin")


class MemoryStore(AsyncBaseStorage):
    """Complete answers in memory, for as long as the process lives."""

    def __init__(self) -> None:
        super().__init__()
        self._stored: dict[str, list[tuple[uuid.UUID, Request, Response, bytes]]] = {}

    async def create_entry(
        self,
        request: Request,
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


class Origin:
    """ASGI application that fetches what it is asked for from the asset origin."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=ORIGIN_TIMEOUT_SECONDS, trust_env=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - GET has no body
        """Answer with the origin's status, headers and bytes; 502 when it cannot be reached."""
        _went_to_origin.get()[:] = [True]
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        passed_on = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
        try:
            answer = await self._client.request(scope["method"], target.decode("latin-1"), headers=passed_on)
        except httpx.HTTPError:
            await _respond(
                send, 502, [(b"content-type", b"text/plain")], b"the asset origin does not answer\n"
            )
            return
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers.multi_items()
            if name not in HOP_BY_HOP
        ]
        await _respond(send, answer.status_code, headers, answer.content)


class SaysWhatTheCacheDid:
    """Adds `Cache-Status` and `X-Cache` to every answer; answers its own health at /.edge/health."""

    def __init__(self, cache: ASGICacheMiddleware) -> None:
        self._cache = cache

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/.edge/health":
            await _respond(send, 200, [], b"")
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _respond(send, 405, [(b"allow", b"GET, HEAD")], b"")
            return
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

        await self._cache(scope, receive, send_marked)


def _entry(identity: uuid.UUID, request: Request, response: Response, body: bytes) -> Entry:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    return Entry(identity, request, Response(response.status_code, response.headers, stream()))


async def _respond(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until SIGTERM."""
    cached = SaysWhatTheCacheDid(ASGICacheMiddleware(Origin(os.environ["ORIGIN_URL"]), MemoryStore()))
    application = ServesRanges(cached) if os.environ["RANGES"] == "served" else cached
    uvicorn.run(
        application,
        host=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        ws="none",
    )


if __name__ == "__main__":
    main()
