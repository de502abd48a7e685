"""Running PostgreSQL's own programs, and commands of the profile, against one database.

Connection parameters travel in a service file for this user's eyes only: not on a command line, which
everybody on the machine can read.
"""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from golive.core.outcome import Blind
from golive.net.deadline import Deadline
from golive.net.masking import masked_text

_INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
)
_MOST_OUTPUT = 4_000_000
_NOT_IN_A_SERVICE = frozenset({"service", "servicefile"})


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ended. ``code`` is None when it was ended at its deadline."""

    code: int | None
    output: str
    errors: str
    seconds: float

    @property
    def problem(self) -> str:
        """What went wrong, in the program's own last words; empty when nothing did."""
        if self.code == 0:
            return ""
        if self.code is None:
            return f"it did not end within {self.seconds:.0f} s"
        lines = [line for line in self.errors.splitlines() if line.strip()]
        said = [line for line in lines if "error" in line.lower()] or lines[-1:]
        return masked_text(said[0] if said else f"it ended with exit code {self.code}", longest=300)


class Programs:
    """PostgreSQL's client programs.

    Args:
        folder: where they lie; None for the path.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def find(self, name: str) -> str:
        """Return the path of a program.

        Raises:
            Blind: it is not installed.
        """
        found = shutil.which(name, path=str(self._folder) if self._folder else None)
        if found is None:
            raise Blind(
                f"{name} is not {f'in {self._folder}' if self._folder else 'installed'}",
                remedy="install PostgreSQL's client programs, of the server's version or newer "
                "(Debian: postgresql-client), or set targets.database.programs",
            )
        return found

    async def run(
        self,
        command: Sequence[str],
        *,
        deadline: timedelta,
        connection: Mapping[str, str] | None = None,
        url: str | None = None,
        given: Iterator[bytes] | None = None,
    ) -> Finished:
        """Run a command with these programs first on its path.

        Args:
            command: program and arguments; a program of PostgreSQL by its bare name.
            deadline: it is killed afterwards, with what it started.
            connection: libpq's keywords, given by the environment.
            url: the same as ``DATABASE_URL``.
            given: its standard input.

        Raises:
            Blind: there is no such program.
        """
        with _environment(connection, self._folder) as environment:
            if url is not None:
                environment["DATABASE_URL"] = url
            if not shutil.which(command[0], path=environment.get("PATH")):
                raise Blind(
                    f"there is no program {command[0]!r} here", remedy="install it, or fix the profile"
                )
            return await _run(command, environment, deadline.total_seconds(), given)


@contextmanager
def _environment(connection: Mapping[str, str] | None, folder: Path | None) -> Iterator[dict[str, str]]:
    environment = {key: os.environ[key] for key in _INHERITED if key in os.environ}
    environment["TZ"] = "UTC"
    environment["LC_MESSAGES"] = "C"
    if folder is not None:
        environment["PATH"] = os.pathsep.join([str(folder), environment.get("PATH", os.defpath)])
    if connection is None:
        yield environment
        return
    with tempfile.TemporaryDirectory(prefix="golive-service-") as place:
        lines = [f"{key}={value}" for key, value in connection.items() if key not in _NOT_IN_A_SERVICE]
        service = Path(place) / "service"
        service.touch(mode=0o600)
        service.write_text("\n".join(["[golive]", *lines, ""]), encoding="utf-8")
        # A user's own settings must not get in between.
        yield environment | {"PGSERVICEFILE": str(service), "PGSERVICE": "golive", "PSQLRC": os.devnull}


async def _run(
    command: Sequence[str], environment: Mapping[str, str], deadline: float, given: Iterator[bytes] | None
) -> Finished:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE if given is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        async with Deadline(deadline):
            output, errors, _ = await asyncio.gather(
                _read(process.stdout), _read(process.stderr), _feed(process.stdin, given)
            )
            code: int | None = await process.wait()
    except TimeoutError:
        code, output, errors = None, b"", b""
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return Finished(
        code, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"), time.monotonic() - began
    )


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    """Everything, of which a bounded part is kept."""
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(65_536)):
        kept += chunk[: max(0, _MOST_OUTPUT - len(kept))]
    return bytes(kept)


async def _feed(stream: asyncio.StreamWriter | None, given: Iterator[bytes] | None) -> None:
    if stream is None or given is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):
        for chunk in given:
            stream.write(chunk)
            await stream.drain()
    stream.close()
