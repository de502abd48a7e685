"""For faults: answers of the API that are changed on their way out. Holds no fault itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Send = Callable[[dict[str, Any]], Any]


@dataclass
class Answer:
    """A complete answer, to be changed in place. Header names are in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's value; None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()

    def set_header(self, name: str, value: str | None) -> None:
        """Give a header one value, or none."""
        self.headers = [pair for pair in self.headers if pair[0] != name]
        if value is not None:
            self.headers.append((name, value))

    def edit_cookies(self, edit: Callable[[str], str]) -> None:
        """Change every Set-Cookie."""
        self.headers = [
            (name, edit(value) if name == "set-cookie" else value) for name, value in self.headers
        ]


def rewrite(app: Any, change: Callable[[dict[str, Any], Answer], None], path: str = "/") -> None:
    """Have `change(scope, answer)` called on every HTTP answer of a path that begins like this."""
    build = app.asgi

    def asgi() -> Any:
        inner = build()

        async def changed(scope: dict[str, Any], receive: Any, send: Send) -> None:
            wanted = scope["type"] == "http" and scope["path"].startswith(path)
            if not wanted or scope["path"].startswith("/socket.io"):
                await inner(scope, receive, send)
                return
            answer = Answer(500, [], b"")

            async def gather(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    answer.status = message["status"]
                    answer.headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
                elif message["type"] == "http.response.body":
                    answer.body += message.get("body", b"")

            await inner(scope, receive, gather)
            change(scope, answer)
            if answer.status not in (204, 304):
                answer.set_header("content-length", str(len(answer.body)))
            headers = [(name.encode(), value.encode()) for name, value in answer.headers]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})

        return changed

    app.asgi = asgi
