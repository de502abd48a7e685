"""Serves the same small answers over HTTP/2 (RFC 9113) or HTTP/1.1, whichever was negotiated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import RequestReceived

from rehearsal.lab.serving import Handler


@dataclass(frozen=True)
class Asked:
    """One request; header names in lower case."""

    path: str
    query: str
    headers: dict[str, str]


@dataclass
class Answered:
    """One answer, to be changed in place; header names in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Answering = Callable[[Asked], Answered]


def negotiated(answering: Answering) -> Handler:
    """A handler for a TLS port that offers both by ALPN, or for a plain one."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls = writer.get_extra_info("ssl_object")
        over_h2 = tls is not None and tls.selected_alpn_protocol() == "h2"
        await (_http2 if over_h2 else _http1)(reader, writer, answering)

    return handle


async def _http1(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answering: Answering) -> None:
    while True:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in lines if line)
        answer = answering(_asked(first.split(" ")[1], {k.lower(): v.strip() for k, _, v in fields}))
        head = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head += [f"content-length: {len(answer.body)}", "", ""]
        writer.write("\r\n".join(head).encode("latin-1") + answer.body)
        await writer.drain()


async def _http2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answering: Answering) -> None:
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1"))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived):
                asked = {str(name): str(value) for name, value in event.headers}
                answer = answering(_asked(asked[":path"], asked))
                head = [(":status", str(answer.status)), *answer.headers.items()]
                connection.send_headers(event.stream_id, head)
                connection.send_data(event.stream_id, answer.body, end_stream=True)
                if event.stream_ended is None:
                    # What is still to come of the request is not wanted (RFC 9113, 8.1).
                    connection.reset_stream(event.stream_id, ErrorCodes.NO_ERROR)
        writer.write(connection.data_to_send())
        await writer.drain()


def _asked(target: str, headers: dict[str, str]) -> Asked:
    path, _, query = target.partition("?")
    return Asked(path, query, headers)
