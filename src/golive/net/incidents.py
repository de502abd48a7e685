"""What befell the requests of a check on their way: put off by a rate limit, or lost and sent again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, ClassVar, TypeVar
from weakref import WeakSet

from pydantic import JsonValue

from golive.core.controls import Control
from golive.core.outcome import Blind
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    HandshakeRefused,
    ProbeError,
    Refused,
    TlsFailed,
    TransportError,
)
from golive.net.headers import delta_seconds
from golive.net.http_observation import PUT_OFF, TOO_MANY
from golive.net.masking import masked_text

_PAUSE_SECONDS = 0.1

Result = TypeVar("Result")
Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class PutOff:
    """An answer 429: the target's word on how much the suite asked, not on what it asked."""

    where: str
    retry_after: str = ""
    """Seconds or a date (RFC 9110, 10.2.3), as the target said; empty where it did not."""
    is_of_a_page: bool = False
    """Whether a page in the browser got it: whatever the page shows then rests on it."""

    def explains(self, error: BaseException) -> bool:
        """Whether a check failed for want of this answer: its message names it, or it stumbled over it."""
        if isinstance(error, Refused | Blind):
            return False
        names_it = self.is_of_a_page or self.where in str(error)
        return names_it or isinstance(error, LookupError | TypeError | ValueError)

    def blind(self) -> Blind:
        """Return why the check saw nothing."""
        wait = masked_text(self.retry_after.strip(), longest=40)
        seconds = delta_seconds(wait) is not None
        end = f"in {wait} s" if seconds else f"after {wait}" if wait else "when the limit ends"
        said = f"Retry-After: {wait}" if wait else "without Retry-After"
        where = self.where.removesuffix(PUT_OFF)
        return Blind(
            f"the suite's own account or address has used up its requests: 429, {said} — {where}",
            remedy=f"run it again {end}, or exempt the suite's accounts and address from the limit",
        )


@dataclass(frozen=True, slots=True)
class Retry:
    """A transport error after which the same was tried again, on a new connection."""

    kind: ClassVar[str] = "retry"

    where: str
    """Host and port."""
    error: TransportError
    connections: int
    """That had been opened to the same host and port by then, by all checks together."""
    lost: int
    """How many of them had broken by then."""

    @property
    def title(self) -> str:
        """What was lost, and that it was tried again."""
        return f"{type(self.error).__name__}, tried again on a new connection: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """The error, and how often it happened there."""
        return {
            "where": self.where,
            "error": str(self.error),
            "connections by then": self.connections,
            "lost by then": self.lost,
        }


@dataclass(slots=True)
class Incidents:
    """Of one check. Tasks that it starts share it; what outlives the check, such as a fixture, has none."""

    put_off: list[PutOff] = field(default_factory=list)
    retries: list[Retry] = field(default_factory=list)
    exposed: dict[str, int] = field(default_factory=dict)
    """What answers to this check showed that is not for whoever asked, in words, to how often."""

    def put_off_in(self, error: BaseException) -> PutOff | None:
        """Return the answer 429 that explains why a check failed; None where it failed for another reason."""
        if isinstance(error, HandshakeRefused) and error.status == TOO_MANY:
            return PutOff(error.target)
        return next((one for one in self.put_off if one.explains(error)), None)


current_incidents: ContextVar[Incidents | None] = ContextVar("golive_incidents", default=None)
"""Of the check that is running in this context."""


def note_status(
    status: int, headers: Mapping[str, str], where: str, *, page: Incidents | None = None
) -> None:
    """Remember an answer 429 for the check.

    Args:
        status: of the answer.
        headers: of the answer; names in lower case.
        where: what was asked, as messages about this very answer name it.
        page: of the check that a page belongs to: the browser tells in a context where no check is running.
    """
    heard = current_incidents.get() if page is None else page
    if status == TOO_MANY and heard is not None:
        heard.put_off.append(PutOff(where, headers.get("retry-after", ""), is_of_a_page=page is not None))


class ConnectionTally:
    """How many connections each host was asked for, and how many of them broke; shared by all checks.

    All requests that a connection carries are lost with it, at once: they count as one.

    Args:
        together: seconds within which losses on standing connections of a host are one connection's.
    """

    def __init__(self, *, together: float = 0.5) -> None:
        self._together = together
        self._opened: dict[str, int] = {}
        self._lost: dict[str, int] = {}
        self._latest: dict[str, float] = {}
        self._counted: WeakSet[BaseException] = WeakSet()

    def opened(self, where: str) -> None:
        """Count a connection to a host and port, whatever becomes of it."""
        self._opened[where] = self._opened.get(where, 0) + 1

    def lose(self, where: str, error: TransportError, *, stood: bool) -> Retry:
        """Count a broken connection, and remember for the running check that it tries again.

        Args:
            where: host and port.
            error: what became of it.
            stood: whether the connection had carried requests before.
        """
        at = perf_counter()
        known = stood and at - self._latest.get(where, float("-inf")) <= self._together
        if not stood:
            # All who waited for a connection that failed were told by the same error.
            root = error.__cause__ or error
            known = root in self._counted
            self._counted.add(root)
        if stood:
            self._latest[where] = at
        if not known:
            self._lost[where] = self._lost.get(where, 0) + 1
        retry = Retry(where, error, self._opened.get(where, 0), self._lost[where])
        heard = current_incidents.get()
        if heard is not None:
            heard.retries.append(retry)
        return retry

    async def again(self, where: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Make a connection, which is safe to try again: once more, after a pause, where it broke.

        Args:
            where: host and port.
            attempt: connects; anything that it raises is raised, the second time in any case.
        """
        self.opened(where)
        try:
            return await attempt()
        except TransportError as error:
            if not is_lost(error):
                raise
            self.lose(where, error, stood=False)
        await asyncio.sleep(_PAUSE_SECONDS)
        self.opened(where)
        return await attempt()


async def unless_put_off(preparing: Awaitable[Result]) -> Result:
    """Await what prepares checks.

    Raises:
        Blind: it failed for want of what an answer 429 put off.
    """
    heard = Incidents()
    token = current_incidents.set(heard)
    try:
        return await preparing
    except Exception as error:
        put_off = heard.put_off_in(error)
        if put_off is None:
            raise
        raise put_off.blind() from error
    finally:
        current_incidents.reset(token)


async def controlled(what: str, look: Callable[[Callable[[Seen], Seen]], Awaitable[None]]) -> Control:
    """Look at a twin once, and keep what became of it.

    Args:
        what: should hold, as a clause.
        look: gets a function that keeps observations; raises where the twin does not hold.
    """
    seen: list[Any] = []

    def keep(observation: Seen) -> Seen:
        seen.append(observation)
        return observation

    try:
        await unless_put_off(look(keep))
    except (AssertionError, ProbeError, Blind) as failure:
        return Control(what, tuple(seen), failure)
    return Control(what, tuple(seen))


def is_lost(error: TransportError) -> bool:
    """Whether a connection was refused or broke, as one in a hundred may anywhere.

    A certificate that is refused, a name that does not exist or a deadline is no such chance.
    """
    if isinstance(error, TlsFailed):
        return error.is_lost
    return isinstance(error, ConnectFailed | ConnectionLost)
