"""All records of a release, as they lie beside each other: which count, and why the others do not."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from golive.core.duration import format_duration
from golive.core.run import Run
from golive.report.events import FILE_NAME, CorruptRecordError, read_run

LARGEST_RECORD = 100 * 2**20
"""Bytes; a run of thousands of checks writes a tenth of it."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""How far another machine's clock may be ahead of the reader's before its record is of the future."""


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A record, or a part of one, that is no evidence of anything."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ReleaseRecords:
    """The runs of one release in one environment, and whatever else lay there."""

    environment: str
    version: str
    runs: tuple[Run, ...]
    """By their starts; each of one commit, the newest run's."""
    folders: Mapping[str, Path]
    """A run's id to its folder."""
    digests: Mapping[str, str]
    """A run's id to the SHA-256 of its record, hexadecimal."""
    not_counted: tuple[NotCounted, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    run: Run
    digest: str


def read_release(folder: Path, *, now: datetime) -> ReleaseRecords:
    """Read every record below a release's folder, ``reports/<environment>/<version>``.

    One that cannot be read, or is not of this release, takes nothing from the others.

    Args:
        folder: with a folder for each run.
        now: the reader's instant, UTC; what is dated after it did not happen.
    """
    environment, version = folder.parent.name, folder.name
    found: list[_Found] = []
    left: list[NotCounted] = []
    for path in sorted(folder.glob(f"*/{FILE_NAME}")):
        try:
            found.append(_read(path, left))
        except CorruptRecordError as error:
            left.append(NotCounted(path, str(error).removeprefix(f"{path}")))
    kept = []
    for one in found:
        why = _foreign(one.run, environment, version) or _of_the_future(one.run, now)
        if why:
            left.append(NotCounted(one.path, why))
        else:
            kept.append(one)
    kept = sorted(_once(kept, left), key=lambda one: (one.run.header.started, one.run.header.run_id))
    kept = _of_one_commit(kept, left)
    return ReleaseRecords(
        environment,
        version,
        runs=tuple(one.run for one in kept),
        folders={one.run.header.run_id: one.path.parent for one in kept},
        digests={one.run.header.run_id: one.digest for one in kept},
        not_counted=tuple(sorted(left, key=lambda entry: str(entry.path))),
    )


def _read(path: Path, left: list[NotCounted]) -> _Found:
    """Read one record; what is cut off at its end is noted in ``left``. Raises CorruptRecordError."""
    try:
        size = path.stat().st_size
        if size > LARGEST_RECORD:
            raise CorruptRecordError(f"{size / 2**20:.0f} MB, more than a run of golive writes: not read")
        content = path.read_bytes()
    except OSError as error:
        raise CorruptRecordError(f"cannot be read: {error.strerror}") from None
    if not content.strip():
        raise CorruptRecordError("is empty")
    run = read_run(path)
    if not content.endswith(b"\n"):
        left.append(NotCounted(path, "its last line is cut off, and does not count; the lines before it do"))
    return _Found(path, run, hashlib.sha256(content).hexdigest())


def _foreign(run: Run, environment: str, version: str) -> str:
    about = (run.header.environment, run.header.release.version)
    if about == (environment, version):
        return ""
    return f"is about release {about[1]} in {about[0]}: not of this ledger"


def _of_the_future(run: Run, now: datetime) -> str:
    latest = max(run.ended, run.header.started, *(record.ended for record in run.records), now)
    if latest - now <= CLOCKS_DIFFER:
        return ""
    ahead = format_duration(latest - now)
    return f"is dated {latest:%Y-%m-%d %H:%M:%SZ}, {ahead} after now: one of the two clocks is wrong"


def _once(found: Iterable[_Found], left: list[NotCounted]) -> list[_Found]:
    """Each run once: a copy is named; of two that differ nobody knows which is the run's."""
    by_id: dict[str, list[_Found]] = {}
    for one in found:
        by_id.setdefault(one.run.header.run_id, []).append(one)
    kept: list[_Found] = []
    for run_id, several in by_id.items():
        if len({one.digest for one in several}) > 1:
            words = f"{len(several)} records are of run {run_id}, and differ: none of them counts"
            left.extend(NotCounted(one.path, words) for one in several)
            continue
        kept.append(several[0])
        words = f"is a copy of {several[0].path}, which counts once"
        left.extend(NotCounted(one.path, words) for one in several[1:])
    return kept


def _of_one_commit(found: list[_Found], left: list[NotCounted]) -> list[_Found]:
    """Those of the commit that the newest run is about: a version's name alone says little."""
    if not found:
        return found
    newest = found[-1].run.header
    kept = [one for one in found if one.run.header.release == newest.release]
    for one in found:
        if one.run.header.release != newest.release:
            words = f"is about {one.run.header.release}, and the newest run, {newest.run_id}, about"
            left.append(NotCounted(one.path, f"{words} {newest.release}"))
    return kept
