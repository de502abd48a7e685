"""Handlers, good and bad, certificates and access to loopback servers, for the probes' tests."""

import asyncio
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from golive.core.outcome import Effect
from golive.net.access import Access
from golive.net.address import split_endpoint
from golive.net.addresses import AddressBook
from golive.net.guard import Guard
from golive.net.limits import HostLimits
from golive.net.tls.context import TlsContexts
from golive.profile.allow import Allow, AllowedHost
from golive.profile.profile import Limits, Network, Trust
from rehearsal.lab.authority import Signer, intermediate, issue, root
from rehearsal.lab.serving import Handler, send_for_ever

HOST = "api.audotics.test"
CANARY = "canary-3b1f0e"
ANY_LOOPBACK_PORT: dict[str, Collection[int]] = {"127.0.0.1": range(1, 65536)}
"""Servers of tests take free ports of the loopback address."""
LOOPBACK_ONLY = Guard(Allow(hosts={"127.0.0.1": AllowedHost()}), ports=ANY_LOOPBACK_PORT)
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")


def answering(
    body: bytes = b"{}",
    *,
    status: str = "200 OK",
    headers: tuple[str, ...] = ("Content-Type: application/json",),
) -> Handler:
    """A handler that answers every request on a connection."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]).encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            for line in request.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    await reader.readexactly(int(line.partition(b":")[2]))
            writer.write(head + body)
            await writer.drain()

    return handle


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers a byte at a time, never to end."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends headers for ever, as fast as they are read."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await send_for_ever(writer, b"X-Filler: " + b"x" * 1000 + b"\r\n")


async def endless_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends a body for ever, as fast as it is read."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await send_for_ever(writer, b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers what no protocol knows, with the canary in it."""
    await reader.read(1000)
    writer.write(f"\x00\x01{CANARY} hello\r\n\r\n".encode() * 5)
    await writer.drain()
    await asyncio.sleep(0.1)


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads the request and closes."""
    await reader.read(1000)


def server_context(
    folder: Path,
    issuer: Signer,
    host: str = HOST,
    *,
    starts_in: timedelta = timedelta(hours=-1),
    lifetime: timedelta = timedelta(days=90),
    sent: tuple[Signer, ...] = (),
) -> ssl.SSLContext:
    """Mint a leaf for ``host`` and return a context that serves it, followed by ``sent``."""
    leaf = issue(host, issuer, names=(host,), starts=starts_in, lifetime=lifetime)
    file = folder / f"{leaf.certificate.serial_number:x}.pem"
    file.write_bytes(leaf.pem() + b"".join(signer.certificate.public_bytes(Encoding.PEM) for signer in sent))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@dataclass(frozen=True)
class Pki:
    """A root that the tests trust, its intermediate, and the folder that they lie in."""

    folder: Path
    root: Signer
    intermediate: Signer
    roots: Path

    def context(self, host: str = HOST, **options: object) -> ssl.SSLContext:
        """A healthy server context: leaf and intermediate."""
        return server_context(self.folder, self.intermediate, host, sent=(self.intermediate,), **options)  # type: ignore[arg-type]


def pki(folder: Path) -> Pki:
    """Mint a root and an intermediate, and write the root to a file."""
    trusted = root("Test Root")
    roots = folder / "roots.pem"
    roots.write_bytes(trusted.certificate.public_bytes(Encoding.PEM))
    return Pki(folder, trusted, intermediate(trusted, "Test Intermediate"), roots)


def access_to(
    addresses: dict[str, tuple[str, ...]],
    *,
    roots: Path | None = None,
    methods: tuple[str, ...] = ALL_METHODS,
    deadline: float = 1.0,
    limits: Limits | None = None,
    hosts: tuple[str, ...] = (HOST,),
    read_posts: frozenset[str] = frozenset(),
) -> Access:
    """Access to loopback servers under public names: ``{"host:443": ("127.0.0.1:4001",)}``."""
    seconds = timedelta(seconds=deadline)
    network = Network(addresses=addresses, connect_deadline=seconds, request_deadline=seconds)
    allow = Allow(
        effects=(Effect.READ, Effect.WRITE),
        hosts={host: AllowedHost.model_validate({"methods": methods}) for host in hosts},
    )
    endpoints = [split_endpoint(name) for name in addresses]
    named = ANY_LOOPBACK_PORT | {
        host: {port for of, port in endpoints if of == host} for host, _ in endpoints
    }
    guard = Guard(allow, read_posts=read_posts, ports=named)
    return Access(
        guard=guard,
        book=AddressBook(network, guard.permit_connection),
        contexts=TlsContexts(Trust(roots=roots)),
        limits=HostLimits(limits or Limits()),
        connect_deadline=deadline,
        request_deadline=deadline,
    )
