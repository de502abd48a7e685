"""Reads what it refuses: an answer begins when the request is complete.

An edge that is still sending the body when the answer comes may lose that answer, or close a connection that
is about to be used again: over HTTP/1.1, Go's `net/http`, of which Caddy is made, does not do both at once.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20
"""Of a body that nobody wanted; whoever sends more learns so at once."""


def reading_whole_requests(app: ASGIApp) -> ASGIApp:
    """The application, whose answers begin after the request's end."""

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        complete, unwanted = False, 0

        async def read() -> Message:
            nonlocal complete
            message = await receive()
            complete = complete or message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def answer(message: Message) -> None:
            nonlocal unwanted
            while message["type"] == "http.response.start" and not complete and unwanted < MOST_BYTES:
                unwanted += len((await read()).get("body", b""))
            await send(message)

        await app(scope, read, answer)

    return whole
