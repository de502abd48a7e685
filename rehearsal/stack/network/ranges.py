"""Parts of files, as players ask for them (RFC 9110, 14): one range of bytes of a complete answer."""

from __future__ import annotations

import re
from typing import Any

_RANGE = re.compile(rb"bytes=(\d*)-(\d*)")


class ServesRanges:
    """Around an ASGI application that knows whole files only: cuts what was asked for out of its answer.

    Several ranges, and units other than bytes, are answered by the whole file, as the RFC allows.
    """

    def __init__(self, files: Any) -> None:
        self._files = files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        asked = next((value for name, value in scope.get("headers", ()) if name == b"range"), b"")
        found = _RANGE.fullmatch(asked)
        if scope["type"] != "http" or scope["method"] != "GET" or not found or found[0] == b"bytes=-":
            await self._files(scope, receive, send)
            return
        # The store behind keeps whole answers: it must not hear of the range.
        whole = scope | {"headers": [pair for pair in scope["headers"] if pair[0] != b"range"]}
        start: dict[str, Any] = {}
        body = bytearray()

        async def gather(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._files(whole, receive, gather)
        if start["status"] == 200:
            start, body = _part(start, body, *_bounds(found, len(body)))
        await send(start)
        await send({"type": "http.response.body", "body": bytes(body)})


def _bounds(found: re.Match[bytes], size: int) -> tuple[int, int]:
    """First byte and the one behind the last; nothing is left where the range lies outside."""
    first, last = found[1], found[2]
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _part(
    start: dict[str, Any], body: bytearray, first: int, behind: int
) -> tuple[dict[str, Any], bytearray]:
    size = len(body)
    if first >= behind:
        status, part, said = 416, bytearray(), f"bytes */{size}"
    else:
        status, part, said = 206, body[first:behind], f"bytes {first}-{behind - 1}/{size}"
    kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    headers = [
        *kept,
        (b"content-range", said.encode()),
        (b"content-length", str(len(part)).encode()),
    ]
    return start | {"status": status, "headers": headers}, part
