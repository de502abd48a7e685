"""What a run creates or changes in its target, and what undoes it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import JsonValue

from golive.core.outcome import Effect
from golive.core.record import Instant, Record


class UndoStep(Record):
    """One request, with the name of whose it is; no secret stands in it."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: str
    account: str | None = None
    """The test account (a role of the profile) whose access token is sent."""
    secret: str | None = None
    """The secret of the profile that is sent as a bearer token instead."""
    body: JsonValue = None
    """Sent as JSON; None sends nothing."""
    effect: Effect = Effect.WRITE

    @property
    def words(self) -> str:
        """Method and whose, as in ``DELETE as friend``."""
        whose = self.account or self.secret
        return f"{self.method} as {whose}" if whose else self.method


class JournalLine(Record):
    """One event of one thing."""

    run: str
    at: Instant
    event: str
    key: str
    """The same for all events of a thing, and of no other."""
    kind: str
    name: str
    undo: UndoStep | None = None
    """One more step that undoes it; the last is done first."""
    read_back: UndoStep | None = None
    """One more person's request that is answered 404 or 410 once it is gone, and was answered well before."""
    knock: UndoStep | None = None
    """A request that lets anybody in while the thing is there, as was seen; 404 or 410 once it is gone."""
    remedy: str = ""
    """What a person does where no request undoes it."""
    ends: Instant | None = None
    """When it ends by itself."""
    why: str = ""


BEGINS = frozenset({"creating", "changing"})
"""Events after which something may be there; they are written before it is."""
CLOSES = frozenset(
    {"removed", "dropped", "undone", "deleted", "resolved", "not created", "already gone", "sent", "not sent"}
)
"""Events after which nothing is left to undo: it is gone, never was, or, as a message, cannot be unsaid."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a run created or changed, as far as its journal tells."""

    key: str
    kind: str
    name: str
    called: str
    """Its first name, which people see in the target."""
    steps: tuple[UndoStep, ...] = ()
    """In the order in which they became necessary."""
    read_backs: tuple[UndoStep, ...] = ()
    """Of each person who had to do with it."""
    knock: UndoStep | None = None
    remedy: str = ""
    ends: Instant | None = None
    why: str = ""
    is_made: bool = False
    """Whether it is known to have come about."""
    is_closed: bool = False

    def __str__(self) -> str:
        also = f" ({self.called})" if self.called != self.name else ""
        return f"{self.kind} {self.name}{also}"


def things_of(lines: Iterable[JournalLine]) -> tuple[Thing, ...]:
    """Return what the lines are about, in the order of their first events."""
    things: dict[str, Thing] = {}
    for line in lines:
        known = things.get(line.key)
        if known is None:
            if line.event not in BEGINS:
                continue
            known = Thing(line.key, line.kind, line.name, line.name)
        things[line.key] = replace(
            known,
            name=line.name,
            steps=(*known.steps, line.undo) if line.undo else known.steps,
            read_backs=_with(known.read_backs, line.read_back),
            knock=line.knock or known.knock,
            remedy=line.remedy or known.remedy,
            ends=line.ends or known.ends,
            why=line.why or known.why,
            is_made=known.is_made or line.event not in BEGINS,
            is_closed=line.event in CLOSES,
        )
    return tuple(things.values())


def _with(known: tuple[UndoStep, ...], step: UndoStep | None) -> tuple[UndoStep, ...]:
    return known if step is None or step in known else (*known, step)
