"""Says in every answer, and when a WebSocket is accepted, which replica it comes from."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-served-by"
_BEGINS = ("http.response.start", "websocket.accept")


def naming(app: ASGIApp, instance: str) -> ASGIApp:
    """The application, whose answers name `instance` in `HEADER`."""

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] in _BEGINS:
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                headers[HEADER] = instance
                message = {**message, "headers": headers.raw}
            await send(message)

        await app(scope, receive, answer)

    return named
