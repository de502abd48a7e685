"""Real servers of the system: openssl s_server, where it is installed."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PROGRAM = shutil.which("openssl", path=f"/usr/bin:/usr/local/bin:{os.environ.get('PATH', os.defpath)}")


@asynccontextmanager
async def s_server(certificate: Path, *options: str) -> AsyncIterator[int]:
    """Serve ``certificate`` (PEM with key and chain) with openssl s_server, and yield its port."""
    assert PROGRAM, "openssl is not installed"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PROGRAM, "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(certificate)]
    command += ["-key", str(certificate), "-cert_chain", str(issuers_of(certificate))]
    process = await asyncio.create_subprocess_exec(
        *command,
        "-www" if "-early_data" not in options else "-quiet",
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.transport.abort()
                    break
                except OSError:
                    assert process.returncode is None, f"openssl s_server {options} does not start"
                    await asyncio.sleep(0.02)
        yield port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def issuers_of(certificate: Path) -> Path:
    """Write what follows the leaf in a PEM file to a file of its own."""
    issuers = certificate.read_text().split("-----BEGIN CERTIFICATE-----")[2:]
    chain = certificate.with_suffix(".issuers")
    chain.write_text("".join(f"-----BEGIN CERTIFICATE-----{issuer}" for issuer in issuers))
    return chain
