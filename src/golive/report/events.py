"""The record of a run on disk: one JSON line per event, flushed as it happens.

``run-started`` carries a RunHeader, ``builds-seen`` BuildsSeen, ``check-finished`` a CheckRecord,
``run-finished`` a RunFooter. A killed run lacks the last; a line cut off in the middle of writing is left out
when it is the last.

Each line names the SHA-256 of the one before it, so that none can be taken out, put in or altered alone.
Whoever rewrites everything behind it leaves no trace in the file: a release names each run's digest besides.

What is read back was not necessarily written by golive: a record that says passed and holds no evidence is an
error of its check, as it is while checks run; a second start or end, which would cover the first, is refused.
"""

import hashlib
import json
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from golive.core.outcome import Outcome
from golive.core.record import Record
from golive.core.run import BuildsSeen, CheckRecord, Run, RunFooter, RunHeader

FILE_NAME = "events.jsonl"
_EVENTS: dict[str, type[Record]] = {
    "run-started": RunHeader,
    "builds-seen": BuildsSeen,
    "check-finished": CheckRecord,
    "run-finished": RunFooter,
}


class CorruptRecordError(ValueError):
    """A record cannot be read; the message says file, line and what is wrong."""


class EventWriter:
    """Appends events to the record of one run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self._after = ""
        self._stream: TextIO = self.path.open("x", encoding="utf-8")

    def write(self, event: RunHeader | BuildsSeen | CheckRecord | RunFooter) -> None:
        """Append one event and flush it."""
        name, data = _name_of(event), event.model_dump(mode="json")
        line = json.dumps({"event": name, "after": self._after, "data": data}, ensure_ascii=True)
        self._after = link(line)
        self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        """End the record."""
        self._stream.close()


def read_run(path: Path) -> Run:
    """Read a run back from its events.

    Raises:
        CorruptRecordError: a line is no event or does not follow the one before it, there is no start, or
            there are several starts or ends.
    """
    header: RunHeader | None = None
    footer: RunFooter | None = None
    records: list[CheckRecord] = []
    builds: list[BuildsSeen] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorruptRecordError(f"{path}: cannot be read: {error}") from error
    before = ""
    for number, line in enumerate(lines, start=1):
        try:
            after, event = _parse(line)
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                break
            raise CorruptRecordError(f"{path}:{number}: not an event: {_first_line(error)}") from error
        if after != before:
            words = "does not follow the line before it: one was altered, taken out or put in"
            raise CorruptRecordError(f"{path}:{number}: {words}")
        before = link(line)
        if isinstance(event, RunHeader) is not (header is None) or footer is not None:
            where = (
                "after the end of the run" if footer else "before its start" if header is None else "twice"
            )
            words = f"{_name_of(event)} {where}: not the record of one run as golive writes it"
            raise CorruptRecordError(f"{path}:{number}: {words}")
        match event:
            case RunHeader():
                header = event
            case BuildsSeen():
                builds.append(event)
            case CheckRecord():
                records.append(_as_it_counts(event))
            case RunFooter():
                footer = event
    if header is None:
        raise CorruptRecordError(f"{path}: no run-started event: not the record of a run")
    return Run(header=header, records=tuple(records), footer=footer, builds=tuple(builds))


def link(line: str) -> str:
    """What the next line names: the SHA-256 of this one, hexadecimal."""
    return hashlib.sha256(line.encode()).hexdigest()


def _name_of(event: Record) -> str:
    return next(name for name, kind in _EVENTS.items() if isinstance(event, kind))


def _as_it_counts(record: CheckRecord) -> CheckRecord:
    if record.outcome is not Outcome.PASSED or record.evidence:
        return record
    reason = "recorded as passed without any evidence"
    remedy = "run it again; golive itself writes no such record"
    return record.model_copy(update={"outcome": Outcome.ERROR, "reason": reason, "remedy": remedy})


def _parse(line: str) -> tuple[str, Record]:
    document = json.loads(line)
    return str(document["after"]), _EVENTS[document["event"]].model_validate(document["data"])


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        entry = error.errors()[0]
        return f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}"
    return str(error).partition("\n")[0]
