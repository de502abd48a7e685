"""Looking into a backup that pg_dump made: its kind, whose it is, whether it is whole; and restoring it."""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from golive.core.outcome import Blind
from golive.database.observation_backups import DumpObservation, Format
from golive.database.programs import Finished, Programs
from golive.net.masking import masked_text

_GZIP = b"\x1f\x8b"
_TAR_AT = 257
_PLAIN_HEAD = b"-- PostgreSQL database dump"
_PLAIN_END = b"-- PostgreSQL database dump complete"
_TAIL = 4096
_CHUNK = 65_536
_LOOKING = timedelta(minutes=5)
_ALLOWED_COMMANDS = (b"\\.", b"\\restrict ", b"\\unrestrict ")
_ELSEWHERE = re.compile(
    rb"\s*(CREATE|DROP|ALTER)\s+(DATABASE|SUBSCRIPTION|SERVER|ROLE|USER)\b", re.IGNORECASE
)
_COPY = re.compile(rb"COPY .* FROM stdin;\s*$")
_NEWER_ARCHIVE = "unsupported version"


async def look_into(path: Path, taken: datetime, programs: Programs) -> DumpObservation:
    """Say what the file is. Whether its data can be read only a restore tells.

    Raises:
        Blind: pg_restore is missing, or older than the file.
    """
    size = path.stat().st_size  # noqa: ASYNC240 - of one file, in a loop of its own
    if size == 0:
        return DumpObservation(path.name, taken, 0, problem="the file is empty")
    form = _format(path)
    if form == "unknown":
        return DumpObservation(path.name, taken, size, problem="the file is no dump of PostgreSQL")
    if form == "plain":
        return DumpObservation(path.name, taken, size, "plain", problem=_plain_problem(path))
    listed = await programs.run([programs.find("pg_restore"), "--list", str(path)], deadline=_LOOKING)
    if _NEWER_ARCHIVE in listed.problem:
        raise Blind(
            f"pg_restore is older than {path.name}: {listed.problem}",
            remedy="install PostgreSQL's client programs of the server's version",
        )
    problem = f"its table of contents cannot be read: {listed.problem}" if listed.problem else ""
    database = re.search(r"^;\s+dbname: (.+)$", listed.output, re.MULTILINE)
    created = re.search(
        r"^; Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", listed.output, re.MULTILINE
    )
    return DumpObservation(
        path.name,
        taken,
        size,
        form,
        database[1].strip() if database else None,
        datetime.fromisoformat(created[1]).replace(tzinfo=UTC) if created else None,
        problem,
    )


async def restore(
    path: Path,
    form: Format,
    programs: Programs,
    connection: dict[str, str],
    *,
    without_extensions: Sequence[str],
    deadline: timedelta,
) -> Finished:
    """Restore a dump into an empty database, stopping at its first error.

    Owners and grants are left out: roles of the source may not be here. Subscriptions too: they would
    begin to fetch data from wherever they point to.

    Raises:
        Blind: pg_restore or psql is missing.
    """
    if form == "plain":
        command = [
            programs.find("psql"),
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ]
        return await programs.run(
            command, deadline=deadline, connection=connection, given=_script(path, without_extensions)
        )
    contents = await programs.run([programs.find("pg_restore"), "--list", str(path)], deadline=_LOOKING)
    if contents.problem:
        return contents
    # A list of what to restore, on standard input: pg_restore takes it from a file.
    chosen = "\n".join(
        line for line in contents.output.splitlines() if not _is_of_extension(line, without_extensions)
    )
    command = [
        programs.find("pg_restore"), "--no-owner", "--no-privileges", "--no-subscriptions",
        "--no-publications", "--exit-on-error", "--use-list=/dev/stdin", "--dbname=service=golive", str(path),
    ]  # fmt: skip
    return await programs.run(
        command, deadline=deadline, connection=connection, given=iter([f"{chosen}\n".encode()])
    )


def _format(path: Path) -> Format:
    with path.open("rb") as stream:
        head = stream.read(512)
    if head.startswith(b"PGDMP"):
        return "custom"
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return "tar"
    if head.startswith(_GZIP):
        try:
            with gzip.open(path) as stream:
                head = stream.read(4096)
        except (OSError, EOFError, zlib.error):
            return "unknown"
    return "plain" if _PLAIN_HEAD in head else "unknown"


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        compressed = stream.read(2) == _GZIP
    return gzip.open(path) if compressed else path.open("rb")  # type: ignore[return-value]  # reads alike


def _plain_problem(path: Path) -> str:
    """Read a script through: whether it is whole, and whether it would reach beyond its own database."""
    tail = b""
    copying = False
    try:
        with _opened(path) as stream:
            for line in stream:
                tail = (tail + line)[-_TAIL:]
                if copying:
                    copying = line.rstrip() != b"\\."
                elif line.startswith(b"\\") and not line.startswith(_ALLOWED_COMMANDS):
                    return f"it holds a command of psql, which is not run: {_shown(line)}"
                elif _ELSEWHERE.match(line):
                    return f"it would reach beyond its database: {_shown(line)}"
                else:
                    copying = _COPY.match(line) is not None
    except (OSError, EOFError, zlib.error) as error:
        return f"the file is cut off or damaged: {masked_text(str(error), longest=100)}"
    return "" if _PLAIN_END in tail else "the file is cut off: its last line is missing"


def _shown(line: bytes) -> str:
    return masked_text(line.decode("utf-8", "replace").strip(), longest=60)


def _script(path: Path, without_extensions: Sequence[str]) -> Iterator[bytes]:
    left_out = [
        start
        for name in without_extensions
        for start in (
            f"CREATE EXTENSION IF NOT EXISTS {name} ".encode(),
            f"COMMENT ON EXTENSION {name} ".encode(),
        )
    ]
    with _opened(path) as stream:
        while lines := stream.readlines(_CHUNK):
            yield b"".join(line for line in lines if not line.startswith(tuple(left_out)))


def _is_of_extension(line: str, names: Sequence[str]) -> bool:
    """Whether a line of the table of contents is of an extension, or of a comment on one."""
    words = line.split()
    return any("EXTENSION" in words and name in words for name in names)
