"""An answer begins when the request is complete, be it wanted or not."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from rehearsal.services.api.whole_requests import MOST_BYTES, reading_whole_requests


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(status_code=403)(scope, receive, send)


def read_before_the_answer(*bodies: bytes) -> int:
    """How many parts of the request are read before its refusal begins."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    parts.append({"type": "http.request", "body": b"", "more_body": False})
    read: list[Message] = []
    read_by_then: list[int] = []

    async def receive() -> Message:
        read.append(parts[len(read)])
        return read[-1]

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            read_by_then.append(len(read))

    asyncio.run(reading_whole_requests(refusing)({"type": "http", "method": "POST"}, receive, send))
    (count,) = read_by_then
    return count


@pytest.mark.parametrize(
    ("bodies", "parts"),
    [((), 1), ((b"{", b"}"), 3), ((b"x" * MOST_BYTES, b"x", b"x"), 1)],
    ids=["nothing sent", "all of it", "not for ever"],
)
def test_a_refusal_begins_when_the_request_is_complete(bodies: tuple[bytes, ...], parts: int) -> None:
    assert read_before_the_answer(*bodies) == parts
