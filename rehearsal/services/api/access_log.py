"""One line of JSON for every HTTP request, without what is nobody's business."""

from __future__ import annotations

import json
import re
import time
from typing import TextIO
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HIDDEN = "***"
LONGEST = 500
_PRIVATE = re.compile(r"token|secret|passw|code|state|verifier|e-?mail", re.IGNORECASE)


class AccessLog:
    """Writes to a file, which a log agent follows; to none where there is no path."""

    def __init__(self, path: str, instance: str) -> None:
        self._instance = instance
        self._file: TextIO | None = open(path, "a", encoding="utf-8", buffering=1) if path else None  # noqa: SIM115, PTH123 - for the life of the process

    def shown(self, query: str) -> str:
        """The query with the values of private parameters hidden."""
        pairs = parse_qsl(query, keep_blank_values=True)
        return urlencode([(key, HIDDEN if _PRIVATE.search(key) else value) for key, value in pairs], safe="*")

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, with its HTTP requests logged."""
        if self._file is None:
            return app

        async def logged(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            started, status = time.perf_counter(), 0

            async def answer(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, answer)
            finally:
                self._write(scope, status, time.perf_counter() - started)

        return logged

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        assert self._file is not None
        entry = {
            "time": round(time.time(), 3),
            "instance": self._instance,
            "method": scope["method"],
            "path": scope["path"][:LONGEST],
            "query": self.shown(scope["query_string"].decode("latin-1"))[:LONGEST],
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        self._file.write(json.dumps(entry) + "\n")
