"""Servers of HTTP/1.1 and HTTP/2 that a test scripts request by request, and what it needs to ask them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings

from golive.net.access import Access
from golive.net.http import HttpProbe
from golive.profile.profile import Limit, Limits
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import HOST, Pki, access_to

PLAIN = f"http://{HOST}/health"
SECURE = f"https://{HOST}/health"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Heard:
    """What a server was asked: ``connection number, method`` in turn; numbers count from 1."""

    connections: int = 0
    requests: list[tuple[int, str]] = field(default_factory=list)

    @property
    def methods(self) -> list[str]:
        return [method for _, method in self.requests]


Http1Script = Callable[[int, int, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool | None]]
"""Answers request ``n`` of connection ``c``; True keeps the connection for another."""


def http1(script: Http1Script, heard: Heard, *, reads_bodies: bool = True) -> Handler:
    """A handler that reads requests and lets ``script`` answer them."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.connections += 1
        connection, number = heard.connections, 0
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            number += 1
            heard.requests.append((connection, head.split(b" ")[0].decode()))
            for line in head.lower().split(b"\r\n"):
                if reads_bodies and line.startswith(b"content-length:"):
                    await reader.readexactly(int(line.partition(b":")[2]))
            if not await script(connection, number, reader, writer):
                return
            await writer.drain()

    return handle


@dataclass
class H2Peer:
    """One connection of a server of HTTP/2, for scripts."""

    number: int
    writer: asyncio.StreamWriter
    connection: H2Connection
    streams: list[int] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)
    methods: dict[int, str] = field(default_factory=dict)

    def answer(self, stream: int, *, status: int = 200, body: bytes = b"{}") -> None:
        head = [(":status", str(status)), ("content-length", str(len(body)))]
        self.connection.send_headers(stream, head)
        self.connection.send_data(stream, body, end_stream=True)

    def raw(self, frame: bytes) -> None:
        """Send a frame as it is, after what was sent before."""
        self.flush()
        self.writer.write(frame)

    def go_away(self, last_stream: int, error: int = 0) -> None:
        payload = last_stream.to_bytes(4, "big") + error.to_bytes(4, "big")
        self.raw(len(payload).to_bytes(3, "big") + b"\x07\x00" + bytes(4) + payload)

    def flush(self) -> None:
        self.writer.write(self.connection.data_to_send())


H2Script = Callable[[H2Peer, Event], Awaitable[bool | None]]
"""Is told each event; True ends the connection."""


def http2(
    script: H2Script,
    heard: Heard,
    *,
    settings: dict[SettingCodes, int] | None = None,
    hello: bool = True,
    opens_windows: bool = True,
) -> Handler:
    """A handler that speaks HTTP/2 and lets ``script`` answer."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.connections += 1
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1"))
        if settings:
            connection.local_settings = Settings(client=False, initial_values=settings)
        connection.initiate_connection()
        peer = H2Peer(heard.connections, writer, connection)
        if hello:
            peer.flush()
        while data := await reader.read(65_536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    method = str(dict(event.headers)[":method"])
                    heard.requests.append((peer.number, method))
                    peer.streams.append(event.stream_id)
                    peer.methods[event.stream_id] = method
                if isinstance(event, DataReceived) and opens_windows:
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if isinstance(event, StreamEnded):
                    peer.ended.add(event.stream_id)
                if await script(peer, event):
                    return
            if hello:
                peer.flush()
            await writer.drain()

    return handle


async def answers(peer: H2Peer, event: Event) -> None:
    """The script of a server that answers every request once it is complete."""
    if isinstance(event, StreamEnded):
        peer.answer(event.stream_id)


@asynccontextmanager
async def client(
    handler: Handler,
    trust: Pki | None = None,
    *,
    protocols: tuple[str, ...] = ("h2", "http/1.1"),
    connections: int = 16,
    deadline: float = 5.0,
) -> AsyncIterator[tuple[HttpProbe, Access]]:
    """Serve ``handler``, over TLS where it is trusted, and yield a client of it with what that is made of."""
    context = trust.context() if trust else None
    if context is not None:
        context.set_alpn_protocols(list(protocols))
    async with serving(handler, context) as port:
        access = access_to(
            {f"{HOST}:{443 if trust else 80}": (f"127.0.0.1:{port}",)},
            roots=trust.roots if trust else None,
            deadline=deadline,
            limits=Limits(default=Limit(connections=connections, requests_per_second=1000)),
        )
        probe = HttpProbe(access)
        try:
            yield probe, access
        finally:
            await probe.aclose()


def in_use(access: Access) -> int:
    """How many connections to the host are taken."""
    return access.limits.slots(HOST).in_use
