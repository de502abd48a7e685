"""Undoing what a run did, request by request, and reading back whether it is gone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from golive.api.wire.csrf import Cookies, with_csrf
from golive.api.wire.serialization import Wire
from golive.core.journal import Thing, UndoStep
from golive.core.outcome import Blind
from golive.net.errors import ProbeError
from golive.net.guard import current_effect
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret

_GONE = (404, 410)
_NO_SUCH_ROUTE = (404, 405, 501)

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
    """Sends what undoes a thing, the last step first, and believes only what it reads back, as everybody.

    Where whoever has left is told that there is no such thing, although it is there, that proves nothing:
    this is looked for once, while somebody else is still in it.
    """

    def __init__(self, http: HttpProbe, wire: Wire, token_of: TokenOf) -> None:
        self.token_of = token_of
        self._http = http
        self._wire = wire
        self._hides: bool | None = None
        """Whether what is there is answered 404 to who has left; None: not seen yet."""

    async def undo(self, thing: Thing, *, look_first: bool = True) -> Undone:
        """Undo it; nothing is raised, because the next thing must be undone too.

        Args:
            thing: of the journal.
            look_first: whether to read back before anything is sent: it may be gone already.
        """
        if look_first and thing.read_backs and not await self._why_not_gone(thing):
            return Undone(Ending.ALREADY_GONE)
        if not thing.steps:
            return Undone(Ending.LEFT_BEHIND, _nothing_to_send(thing))
        done, is_nowhere = [], True
        for step in reversed(thing.steps):
            seen = await self._sent(step)
            done.append(f"{step.words}: {seen if isinstance(seen, str) else seen.status}")
            is_nowhere &= not isinstance(seen, str) and seen.status in _NO_SUCH_ROUTE
            await self._learn(thing, step, left=len(thing.steps) - len(done))
        why = await self._why_not_gone(thing) if thing.read_backs else "cannot be read back"
        if not why:
            return Undone(Ending.REMOVED)
        remedy = f": {thing.remedy}" if is_nowhere and thing.remedy else ""
        return Undone(Ending.LEFT_BEHIND, f"{why} ({'; '.join(done)}){remedy}")

    async def _why_not_gone(self, thing: Thing) -> str:
        """Why it is not seen to be gone; empty where it is, for each person who had to do with it."""
        unknown = ""
        for step in thing.read_backs:
            seen = await self._sent(step)
            if isinstance(seen, str):
                unknown = unknown or f"cannot be read back: {seen}"
            elif 200 <= seen.status < 300:
                return f"it is still there, answered {seen.status}{_to(step)}"
            elif seen.status not in _GONE:
                unknown = unknown or f"cannot be read back: answered {seen.status}{_to(step)}"
        if unknown or self._hides is False:
            return unknown
        return await self._why_still_open(thing)

    async def _why_still_open(self, thing: Thing) -> str:
        """As above, of a thing that nobody finds any more, which may be hidden from who has left."""
        if thing.knock is None:
            hidden = "cannot be read back: whoever has left is answered 404, also while it is there"
            return hidden if self._hides else ""
        seen = await self._sent(thing.knock)
        if isinstance(seen, str):
            return f"cannot be read back: {seen}"
        if seen.status in _GONE:
            return ""
        if not 200 <= seen.status < 300:
            return f"cannot be read back: answered {seen.status} to {thing.knock.words}"
        mine = (step for step in thing.steps if step.account == thing.knock.account)
        for step in mine:
            await self._sent(step)
        return f"it is still there: {thing.knock.words} is let in"

    async def _learn(self, thing: Thing, step: UndoStep, *, left: int) -> None:
        """See once whether who has left is answered 404 while somebody else still finds the thing."""
        of_leaver = next((one for one in thing.read_backs if one.account == step.account), None)
        staying = {one.account for one in thing.steps[:left]} - {step.account}
        of_other = next((one for one in thing.read_backs if one.account in staying), None)
        if self._hides is not None or of_leaver is None or of_other is None:
            return
        seen, by_other = await self._sent(of_leaver), await self._sent(of_other)
        if isinstance(seen, str) or isinstance(by_other, str) or not 200 <= by_other.status < 300:
            return
        self._hides = seen.status in _GONE

    async def _sent(self, step: UndoStep) -> HttpObservation | str:
        """The answer, or in words why there is none."""
        effect = current_effect.set(step.effect)
        try:
            token = await self.token_of(step)
            cookies: Cookies = {}
            if step.account and self._wire.token_cookie and token is not None:
                cookies, token = {self._wire.token_cookie: token}, None
            cookies, shown = await with_csrf(self._http, self._wire.csrf, step.method, cookies)
            return await self._http.request(
                step.method, step.url, token=token, cookies=cookies, headers=shown, json=step.body
            )
        except (ProbeError, Blind, AssertionError) as problem:
            return str(problem)
        finally:
            current_effect.reset(effect)


def _to(step: UndoStep) -> str:
    whose = step.account or step.secret
    return f" to {whose}" if whose else ""


def _nothing_to_send(thing: Thing) -> str:
    if thing.remedy:
        return thing.remedy
    if not thing.is_made:
        return f"whether it came about is not known; look in the target for what is called {thing.called!r}"
    return "no request is known that undoes it"
