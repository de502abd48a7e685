"""The journal of a run on disk: one JSON line per event, written before the thing itself comes about.

``created.jsonl`` lies in the run's folder. Whatever ends a run, what it may have left can be read there,
and what undoes it; a line that was cut off in the middle of writing is told from one that was spoilt.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from golive.core.journal import JournalLine, Thing, UndoStep, things_of

FILE_NAME = "created.jsonl"
_CUT_OFF = "cut off"
"""The event that follows a line whose end was never written."""
_MOST_LINES_ALIKE = 3
_MOST_NAMES = 40


class JournalError(ValueError):
    """A journal cannot be used; the message says file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Journal:
    """Appends to the journal of one run.

    Args:
        file: where it lies; made with the first line.
        run: the run's id.
        scrub: takes known secrets out of a text.
        clock: says what time it is.
    """

    file: Path
    run: str
    scrub: Callable[[str], str] = str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def note(
        self,
        event: str,
        kind: str,
        name: str,
        *,
        key: str = "",
        undo: UndoStep | None = None,
        read_back: UndoStep | None = None,
        knock: UndoStep | None = None,
        remedy: str = "",
        ends: datetime | None = None,
        why: str = "",
    ) -> None:
        """Write an event, such as "creating", the kind of thing, and its name; see `JournalLine`."""
        line = JournalLine(
            run=self.run,
            at=self.clock(),
            event=event,
            key=key or f"{kind} {name}",
            kind=kind,
            name=self.scrub(name),
            undo=undo,
            read_back=read_back,
            knock=knock,
            remedy=remedy,
            ends=ends,
            why=self.scrub(why),
        )
        # In one write, so that processes that share the journal do not mix their lines.
        text = json.dumps(line.model_dump(mode="json", exclude_defaults=True)) + "\n"
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(text)

    def end_last_line(self) -> None:
        """End a line that was cut off in the middle of writing, so that others may follow it."""
        if self.file.read_bytes()[-1:] not in (b"", b"\n"):
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write("\n")
            self.note(_CUT_OFF, "line", "the one above")

    def begin(self, kind: str, name: str) -> "Entry":
        """Write that something is about to be created; what becomes of it is noted on the entry."""
        entry = Entry(self, secrets.token_hex(6), kind, name)
        entry.note("creating")
        return entry


@dataclass(slots=True)
class Entry:
    """One thing of the journal, which may be called otherwise once it is there."""

    journal: Journal
    key: str
    kind: str
    name: str

    def note(
        self,
        event: str,
        *,
        undo: UndoStep | None = None,
        read_back: UndoStep | None = None,
        knock: UndoStep | None = None,
        remedy: str = "",
        ends: datetime | None = None,
        why: str = "",
    ) -> None:
        """Write an event of it."""
        self.journal.note(
            event,
            self.kind,
            self.name,
            key=self.key,
            undo=undo,
            read_back=read_back,
            knock=knock,
            remedy=remedy,
            ends=ends,
            why=why,
        )

    def thing(self) -> Thing:
        """Return it as its journal tells it now."""
        return next(
            thing for thing in _things(self.journal.file, self.journal.run)[0] if thing.key == self.key
        )


@dataclass(frozen=True, slots=True)
class JournalReading:
    """What a journal says."""

    things: tuple[Thing, ...]
    is_cut_off: bool = False
    """A line is not whole, because the run was killed while it wrote: what it was about is not known."""

    @property
    def open(self) -> tuple[Thing, ...]:
        """What may still be there."""
        return tuple(thing for thing in self.things if not thing.is_closed)


def read_journal(folder: Path, *, run: str) -> JournalReading:
    """Read the journal of the run whose folder it is; without one the run created nothing.

    Raises:
        JournalError: it is empty, of another run, or a line but the last is none.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return JournalReading(())
    things, is_cut_off = _things(path, run)
    return JournalReading(things, is_cut_off)


def _things(path: Path, run: str) -> tuple[tuple[Thing, ...], bool]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(f"{path}: cannot be read: {error}") from None
    if not any(map(str.strip, lines)):
        raise JournalError(
            f"{path}: is empty: restore it, or look in the target for what names the run {run}"
        )
    read: list[JournalLine] = []
    is_cut_off = False
    for number, text in enumerate(lines, start=1):
        try:
            line = JournalLine.model_validate_json(text)
        except ValidationError as error:
            if not _is_json(text) and (number == len(lines) or _says_cut_off(lines[number])):
                is_cut_off = True
                continue
            entry = error.errors()[0]
            place = ".".join(map(str, entry["loc"]))
            raise JournalError(
                f"{path}:{number}: no line of a journal that this golive can undo"
                f" ({f'{place}: ' if place else ''}{entry['msg']}): restore it as the run wrote it"
            ) from None
        if line.run != run:
            raise JournalError(
                f"{path}:{number}: is of the run {line.run}, and the folder's is {run}:"
                " a journal undoes what its own run did; give it the folder that it came from"
            )
        read.append(line)
    return things_of(read), is_cut_off


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _says_cut_off(text: str) -> bool:
    try:
        return JournalLine.model_validate_json(text).event == _CUT_OFF
    except ValidationError:
        return False


def _without_name(thing: Thing) -> str:
    return thing.why.replace(thing.name, "…")


def _lines_of(head: str, things: list[Thing]) -> list[str]:
    """A line for each by its name; one for all where there are many that one cause keeps."""
    if len(things) <= _MOST_LINES_ALIKE:
        return [f"{head}: {thing}{f' — {thing.why}' if thing.why else ''}" for thing in things]
    names = ", ".join(thing.name for thing in things[:_MOST_NAMES])
    more = f" and {len(things) - _MOST_NAMES} more" if len(things) > _MOST_NAMES else ""
    cause = _without_name(things[0])
    return [f"{head}: {len(things)} times {things[0].kind}: {names}{more}{f' — {cause}' if cause else ''}"]


def left_behind(folder: Path, *, run: str, stays: bool) -> tuple[str, ...]:
    """Return in words what the run did not see to the end of, for its report.

    Args:
        folder: the run's.
        run: its id.
        stays: whether the target outlives the run, so that something can be done about it.
    """
    try:
        reading = read_journal(folder, run=run)
    except JournalError as error:
        return (f"what the run left behind is not known: {error}",)
    alike: dict[tuple[str, str, str], list[Thing]] = {}
    for thing in reading.open:
        head = "left behind" if thing.is_made else "perhaps left behind"
        alike.setdefault((head, thing.kind, _without_name(thing)), []).append(thing)
    words = [line for (head, _, _), things in alike.items() for line in _lines_of(head, things)]
    if words and stays:
        words.append(f"to remove what was left behind: golive undo {os.path.relpath(folder)}")
    return tuple(words)
