"""What runs left behind: undone again, thing by thing, by ``golive undo`` and by the next run."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from golive.api.afterwards.account_tokens import AccountTokens
from golive.api.afterwards.undoing import Ending, Undoing, Undone
from golive.api.profile_sign_in import WIRE
from golive.core.journal import Thing, UndoStep
from golive.net.http import HttpProbe
from golive.profile.profile import Profile
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret, Secrets
from golive.report.journal import FILE_NAME, Journal, JournalError, read_journal

_ENDED_BY = "summary.json"
"""There once a run has concluded."""
_DEAD_AFTER = timedelta(hours=1)
"""A run that has written nothing into its journal for so long, and has not concluded, was killed."""
_MOST_RUNS = 20
_MOST_THINGS = 50


async def undo_again(
    things: Iterable[Thing],
    journal: Journal,
    http: HttpProbe,
    profile: Profile,
    *,
    secrets: Secrets,
    redactor: Redactor,
    clock: Callable[[], datetime],
) -> AsyncIterator[tuple[Thing, Undone]]:
    """Undo each, note in its journal what became of it, and yield it; nothing is raised.

    Args:
        things: open ones of one run.
        journal: that run's.
        http: sends what undoes; only what its guard lets through.
        profile: of the run's environment.
        secrets: of that.
        redactor: takes tokens that are got on the way.
        clock: says what time it is.
    """
    tokens = AccountTokens(http, profile, secrets, clock)

    async def token_of(step: UndoStep) -> Secret | None:
        if step.account is not None:
            return redactor.add(await tokens.of(step.account))
        return secrets.get(step.secret) if step.secret is not None else None

    undoing = Undoing(http, WIRE.of(profile), token_of)
    for thing in things:
        undone = await _undo_one(undoing, thing, clock())
        journal.note(undone.ending, thing.kind, thing.name, key=thing.key, why=undone.why)
        yield thing, undone


async def _undo_one(undoing: Undoing, thing: Thing, now: datetime) -> Undone:
    if thing.ends is not None and thing.ends <= now:
        return Undone(Ending.ALREADY_GONE, f"it ended by itself at {thing.ends:%Y-%m-%d %H:%M:%SZ}")
    undone = await undoing.undo(thing)
    if thing.ends is not None and undone.ending is Ending.LEFT_BEHIND:
        return Undone(undone.ending, f"{undone.why}; it ends by itself at {thing.ends:%Y-%m-%d %H:%M:%SZ}")
    return undone


def left_by_earlier_runs(folder: Path, now: datetime) -> dict[Path, tuple[Thing, ...]]:
    """Return what earlier runs in the same environment left that a request can undo, the latest first.

    Args:
        folder: this run's, ``ENVIRONMENT/VERSION/RUN``; the others lie beside it.
        now: the instant; a run that may still be going on is left alone.
    """
    found: dict[Path, tuple[Thing, ...]] = {}
    journals = sorted(folder.parent.parent.glob(f"*/*/{FILE_NAME}"), key=lambda file: file.parent.name)
    others = [file for file in reversed(journals) if file.parent.name != folder.name]
    room = _MOST_THINGS
    for file in others[:_MOST_RUNS]:
        if not _has_ended(file, now):
            continue
        try:
            reading = read_journal(file.parent, run=file.parent.name)
        except JournalError:
            continue  # `golive undo` says what is wrong with it
        things = tuple(thing for thing in reading.open if thing.steps)[:room]
        room -= len(things)
        if things:
            found[file.parent] = things
    return found


def _has_ended(journal: Path, now: datetime) -> bool:
    if (journal.parent / _ENDED_BY).exists():
        return True
    return now.timestamp() - journal.stat().st_mtime > _DEAD_AFTER.total_seconds()


async def undo_what_earlier_runs_left(
    own: Journal, http: HttpProbe, profile: Profile, *, secrets: Secrets, redactor: Redactor
) -> None:
    """Try again, once, what the latest runs left here, and note in both journals what became of it.

    Args:
        own: this run's journal.
        http: sends what undoes.
        profile: of the environment; what a run started itself ended with it.
        secrets: of that.
        redactor: takes tokens that are got on the way.
    """
    if profile.start is not None:
        return
    for folder, things in left_by_earlier_runs(own.file.parent, own.clock()).items():
        journal = Journal(folder / FILE_NAME, folder.name, own.scrub, own.clock)
        async for thing, undone in undo_again(
            things, journal, http, profile, secrets=secrets, redactor=redactor, clock=own.clock
        ):
            entry = own.begin(f"{thing.kind} of the run {folder.name}", thing.name)
            entry.note(undone.ending, why=undone.why)
