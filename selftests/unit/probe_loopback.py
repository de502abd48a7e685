"""Loopback servers, good and bad, for the probes' tests. Everything ends with its context manager."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from golive.environment.profile import Allow, AllowedHost, Limits, Network, Trust
from golive.model.outcome import Effect
from golive.probes.access import Access
from golive.probes.addresses import AddressBook
from golive.probes.guard import Guard
from golive.probes.limits import HostLimits
from golive.probes.tls_context import TlsContexts

HOST = "api.audotics.test"
CANARY = "canary-3b1f0e"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a free port of 127.0.0.1; handlers end with the block, whatever they do."""
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(run(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        for writer in writers:
            writer.transport.abort()
        await asyncio.gather(*tuple(tasks), return_exceptions=True)


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


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts and never answers."""
    await asyncio.sleep(60)


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
    while True:
        writer.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def endless_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends a body for ever, as fast as it is read."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers what no protocol knows, with the canary in it."""
    await reader.read(1000)
    writer.write(f"\x00\x01{CANARY} hello\r\n\r\n".encode() * 5)
    await writer.drain()
    await asyncio.sleep(0.1)


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads the request and closes."""
    await reader.read(1000)


@dataclass(frozen=True)
class Issuer:
    """A certificate that signs others."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def authority(name: str, issuer: Issuer | None = None) -> Issuer:
    """Mint a root, or an intermediate under ``issuer``."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, key, issuer, timedelta(days=-30), timedelta(days=365)).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return Issuer(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def server_context(
    folder: Path,
    issuer: Issuer,
    host: str = HOST,
    *,
    starts_in: timedelta = timedelta(hours=-1),
    lifetime: timedelta = timedelta(days=90),
    sent: tuple[Issuer, ...] = (),
) -> ssl.SSLContext:
    """Mint a leaf for ``host`` and return a context that serves it, followed by ``sent``."""
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        _builder(host, key, issuer, starts_in, lifetime)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    file = folder / f"{key.private_numbers().private_value:x}.pem"
    chain = b"".join(
        entry.public_bytes(serialization.Encoding.PEM) for entry in (leaf, *(i.certificate for i in sent))
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(pem + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _builder(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: Issuer | None,
    starts_in: timedelta,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) + starts_in
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lifetime)
    )


@dataclass(frozen=True)
class Pki:
    """A root that the tests trust, its intermediate, and the folder that they lie in."""

    folder: Path
    root: Issuer
    intermediate: Issuer
    roots: Path

    def context(self, host: str = HOST, **options: object) -> ssl.SSLContext:
        """A healthy server context: leaf and intermediate."""
        return server_context(self.folder, self.intermediate, host, sent=(self.intermediate,), **options)  # type: ignore[arg-type]


def pki(folder: Path) -> Pki:
    """Mint a root and an intermediate, and write the root to a file."""
    root = authority("Test Root")
    roots = folder / "roots.pem"
    roots.write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    return Pki(folder, root, authority("Test Intermediate", root), roots)


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
    return Access(
        guard=Guard(allow, read_posts=read_posts),
        book=AddressBook(network),
        contexts=TlsContexts(Trust(roots=roots)),
        limits=HostLimits(limits or Limits()),
        connect_deadline=deadline,
        request_deadline=deadline,
    )
