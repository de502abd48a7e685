"""What a form is: a right way to build the same deployment, and what its profile says of it."""

from __future__ import annotations

import json
from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehearsal.stack.plan import StackPlan

INSIDE = ("/metrics", "/ops/", "/health/live", "/health/ready", "/client-address", "/socket.io")
"""Asked by the load balancer, the monitoring and clients of real time, which know nothing of forms."""


Overlay = Mapping[str, Any]


@dataclass
class Asked:
    """A request, to be changed in place before the application sees it. Header names are in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    kept: dict[str, Any] = field(default_factory=dict)
    """What the answer's change needs to know of the request as it came."""

    @property
    def json(self) -> Any:
        """The body's value; None when it is no JSON."""
        return _value(self.body)

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()


@dataclass
class Answered:
    """A complete answer, to be changed in place. Header names are in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's value; None when it is no JSON."""
        return _value(self.body)

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()
        self.set_header("content-type", "application/json")

    def set_header(self, name: str, value: str | None) -> None:
        """Give a header one value, or none."""
        self.headers = [pair for pair in self.headers if pair[0] != name]
        if value is not None:
            self.headers.append((name, value))

    def set_cookie(self, cookie: str) -> None:
        """Add a Set-Cookie."""
        self.headers.append(("set-cookie", cookie))


class Form(ABC):
    """One right form. The first line of its docstring describes what is then true."""

    name: ClassVar[str]
    """In lower case with hyphens; unique."""
    profile: ClassVar[Overlay] = {}
    """What is merged over the rehearsal's profile."""
    operations: ClassVar[Mapping[str, str]] = {}
    """Routes of the profile's operations, to what they are here."""

    def plan(self, stack: StackPlan) -> None:
        """Change the plan before anything starts."""

    def asked(self, asked: Asked) -> None:
        """Change a request of a client that is no browser."""

    def answered(self, asked: Asked, answer: Answered) -> None:
        """Change its answer."""


def around(inner: ASGIApp, forms: list[Form]) -> ASGIApp:
    """The application behind forms; the first of them stands outermost.

    The pages of the rehearsal go on speaking as they were built: a browser says of each request what it is
    for, by Sec-Fetch-Dest.
    """

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(INSIDE):
            await inner(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        if "sec-fetch-dest" in headers or scope["method"] == "OPTIONS":
            await inner(scope, receive, send)
            return
        asked = await _read(scope, headers, receive)
        for form in forms:
            form.asked(asked)
        answer = await _answer(inner, scope, asked)
        for form in reversed(forms):
            form.answered(asked, answer)
        if answer.status not in (204, 304):
            answer.set_header("content-length", str(len(answer.body)))
        else:
            answer.set_header("content-length", None)
        sent = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if answer.status == 204 else answer.body})

    return served


async def _read(scope: Scope, headers: dict[str, str], receive: Receive) -> Asked:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        query.setdefault(name, []).append(value)
    raw = scope.get("raw_path", scope["path"].encode()).partition(b"?")[0].decode("latin-1")
    return Asked(scope["method"], raw, query, headers, bytes(body))


async def _answer(inner: ASGIApp, scope: Scope, asked: Asked) -> Answered:
    pairs = [(name, value) for name, values in asked.query.items() for value in values]
    asked.headers["content-length"] = str(len(asked.body))
    inside = {
        **scope,
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("latin-1"),
        "query_string": urlencode(pairs).encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in asked.headers.items()],
    }
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    answer = Answered(500, [], b"")

    async def gather(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")

    await inner(inside, receive, gather)
    return answer


def _value(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
