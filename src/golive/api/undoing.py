"""Undoing what a run did, request by request, and reading back whether it is gone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from golive.api.serialization import Wire
from golive.api.wire.csrf import Cookies, with_csrf
from golive.core.journal import Thing, UndoStep
from golive.core.outcome import Blind
from golive.net.errors import ProbeError
from golive.net.guard import current_effect
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret

_GONE = (404, 410)

TokenOf = Callable[[UndoStep], Awaitable[Secret | None]]
"""Gives the token that a step is sent with; Blind where there is none."""


class Ending(StrEnum):
    """What became of something that was to be undone."""

    REMOVED = "removed"
    ALREADY_GONE = "already gone"
    LEFT_BEHIND = "left behind"


@dataclass(frozen=True, slots=True)
class Undone:
    """The ending, and why it is no better one."""

    ending: Ending
    why: str = ""


class Undoing:
    """Sends what undoes a thing, the last step first, and believes only what it reads back."""

    def __init__(self, http: HttpProbe, wire: Wire, token_of: TokenOf) -> None:
        self._http = http
        self._wire = wire
        self._token_of = token_of

    async def undo(self, thing: Thing, *, look_first: bool = True) -> Undone:
        """Undo it; nothing is raised, because the next thing must be undone too.

        Args:
            thing: of the journal.
            look_first: whether to read back before anything is sent: it may be gone already.
        """
        if look_first and thing.read_back is not None:
            seen = await self._sent(thing.read_back)
            if isinstance(seen, HttpObservation) and seen.status in _GONE:
                return Undone(Ending.ALREADY_GONE)
        if not thing.steps:
            return Undone(Ending.LEFT_BEHIND, _nothing_to_send(thing))
        done = "; ".join([await self._words_of(step) for step in reversed(thing.steps)])
        if thing.read_back is None:
            return Undone(Ending.LEFT_BEHIND, f"cannot be read back ({done})")
        seen = await self._sent(thing.read_back)
        if isinstance(seen, str):
            return Undone(Ending.LEFT_BEHIND, f"cannot be read back: {seen} ({done})")
        if seen.status in _GONE:
            return Undone(Ending.REMOVED)
        if 200 <= seen.status < 300:
            return Undone(Ending.LEFT_BEHIND, f"it is still there, answered {seen.status} ({done})")
        return Undone(Ending.LEFT_BEHIND, f"cannot be read back: answered {seen.status} ({done})")

    async def _words_of(self, step: UndoStep) -> str:
        seen = await self._sent(step)
        return f"{step.words}: {seen if isinstance(seen, str) else seen.status}"

    async def _sent(self, step: UndoStep) -> HttpObservation | str:
        """The answer, or in words why there is none."""
        effect = current_effect.set(step.effect)
        try:
            token = await self._token_of(step)
            cookies: Cookies = {}
            if step.account and self._wire.token_cookie and token is not None:
                cookies, token = {self._wire.token_cookie: token}, None
            cookies, shown = await with_csrf(self._http, self._wire.csrf, step.method, cookies)
            return await self._http.request(
                step.method, step.url, token=token, cookies=cookies, headers=shown, json=step.body
            )
        except (ProbeError, Blind) as problem:
            return str(problem)
        finally:
            current_effect.reset(effect)


def _nothing_to_send(thing: Thing) -> str:
    if thing.remedy:
        return thing.remedy
    if not thing.is_made:
        return f"whether it came about is not known; look in the target for what is called {thing.called!r}"
    return "no request is known that undoes it"
