"""Positive controls: a refusal shows something only where its rightful twin was let in, in this run.

A twin is looked at once in a run, by a session-scoped fixture that returns a `Control`. One check judges it,
and fails where it did not hold: that is the one finding. Whatever rests on it is blind meanwhile.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from golive.core.outcome import Blind
from golive.net.errors import ProbeError
from golive.net.headers import read_location
from golive.net.http_observation import HttpObservation
from golive.net.incidents import unless_put_off
from golive.rules.failure import fail
from golive.rules.http import REDIRECTS, expect_not_rate_limited, is_let_in, refuses_in_its_body

_NO_SUCH_ROUTE = {404: "no such route", 405: "no such method there", 410: "the route is gone"}
_REMEDY = "see to that first: it is a finding of its own, and this check then sees its target"

Seen = TypeVar("Seen")


class Unjudged(Blind):
    """Nothing can be said while a control does not hold; whatever rests on that control says the same."""


@dataclass(frozen=True, slots=True)
class Control:
    """What became of a twin."""

    what: str
    """What should hold, as a clause: "accounts.listener's own token is let in"."""
    seen: tuple[Any, ...] = ()
    """The observations, as evidence."""
    failure: AssertionError | ProbeError | Blind | None = None
    """Why it does not hold; None where it does."""

    def judge(self, evidence: Callable[[Any], Any]) -> None:
        """Be the check of this control: record what was seen, then fail where it does not hold.

        Raises:
            AssertionError, ProbeError: it does not hold.
            Blind: nobody could see whether it does.
        """
        for observation in self.seen:
            evidence(observation)
        if self.failure is not None:
            raise self.failure

    def expect_held(self) -> None:
        """Rest on this control.

        Raises:
            Unjudged: it does not hold, or nobody could see whether it does.
        """
        if self.failure is not None:
            raise self.unjudged()

    def unjudged(self) -> Unjudged:
        """Return what is said of whatever rests on this control, which does not hold."""
        if isinstance(self.failure, Unjudged):
            return Unjudged(self.failure.reason, remedy=self.failure.remedy)
        if isinstance(self.failure, Blind):
            return Unjudged(_cannot(self.what, self.failure.reason), remedy=self.failure.remedy)
        return Unjudged(_cannot(self.what, _first_line(self.failure)), remedy=_REMEDY)


def judge_all(controls: Sequence[Control], evidence: Callable[[Any], Any]) -> None:
    """Be the check of several controls: one finding for all that do not hold.

    Raises:
        AssertionError, ProbeError: one of them does not hold.
        Blind: nobody could see whether one does.
    """
    failures: list[AssertionError | ProbeError | Blind] = []
    for control in controls:
        try:
            control.judge(evidence)
        except (AssertionError, ProbeError, Blind) as failure:
            failures.append(failure)
    unmet = [failure for failure in failures if isinstance(failure, AssertionError)]
    if unmet:
        raise AssertionError("; ".join(map(_first_line, unmet)))
    if failures:
        raise next((one for one in failures if not isinstance(one, Blind)), failures[0])


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


def expect_twin(answer: HttpObservation, what: str, *, route: str, who: str) -> None:
    """In the middle of a check: what follows rests on this answer, which another check judges.

    Args:
        answer: to the rightful request.
        what: should hold, as a clause.
        route: its key in the profile.
        who: it must answer.

    Raises:
        Unjudged: it does not answer them.
    """
    try:
        expect_answered(answer, route=route, who=who)
    except AssertionError as failure:
        raise Unjudged(_cannot(what, _first_line(failure)), remedy=_REMEDY) from None


def expect_answered(answer: HttpObservation, *, route: str, who: str) -> None:
    """A declared route is there, and answers whom it is for: a success, which its body does not take back.

    Args:
        answer: to the rightful request.
        route: its key in the profile, such as "routes.profile".
        who: it is for, such as "accounts.listener" or "anybody".

    Raises:
        AssertionError: it does not; the message says first in which way.
        Blind: the rate limit was met.
    """
    if opens(answer):
        return
    expect_not_rate_limited(answer, f"{route} for {who}")
    _not_answered(answer, route=route, who=who)


def opens(answer: HttpObservation) -> bool:
    """Whether somebody is let in: by a success that its body does not take back."""
    return is_let_in(answer) and not refuses_in_its_body(answer)


def expect_there(answer: HttpObservation, *, route: str, who: str) -> None:
    """A declared route is there for whom it is for, whatever it says of itself; arguments as above.

    An accident of the server is no sign that a route is missing, nor is a health answer that says 503.
    """
    if answer.status >= 500:
        return
    expect_answered(answer, route=route, who=who)


def expect_spoken(answer: HttpObservation, *, where: str) -> None:
    """What answers is the application, and no wall, gateway or page before it that answers everybody alike.

    Args:
        answer: to a request that needs no rights.
        where: the application should answer, in words.

    Raises:
        AssertionError: something before it answers.
        Blind: the rate limit was met.
    """
    expect_not_rate_limited(answer, where)
    in_json = answer.body.lstrip()[:1] in (b"{", b"[")
    if answer.status in REDIRECTS or answer.status in (401, 403) or not (in_json or answer.status < 500):
        _not_answered(answer, route=where, who="anybody")
    if is_let_in(answer) and answer.body.lstrip()[:1] == b"<":
        _not_answered(answer, route=where, who="anybody")


def expect_twin_spoken(answer: HttpObservation, what: str) -> None:
    """In the middle of a check: what follows rests on the application's own answer, as `expect_spoken`.

    Raises:
        Unjudged: something before it answers.
    """
    try:
        expect_spoken(answer, where=what)
    except AssertionError as failure:
        raise Unjudged(_cannot(what, _first_line(failure)), remedy=_REMEDY) from None


def _not_answered(answer: HttpObservation, *, route: str, who: str) -> NoReturn:
    fail(route, expected=f"an answer to {who}", observed=_instead(answer), where=answer.title)


def _instead(answer: HttpObservation) -> str:
    status = answer.status
    if status in _NO_SUCH_ROUTE:
        return f"{status}: {_NO_SUCH_ROUTE[status]}"
    if status in REDIRECTS:
        place = urlsplit(read_location(answer.header_values("location"), answer.url) or "")
        return f"{status}: sent to {place.hostname or 'no place'}"
    if status in (401, 403):
        return f"{status}: turned away"
    if is_let_in(answer):
        page = answer.body.lstrip()[:1] == b"<"
        return f"{status}: {'a page, which is no answer of the API' if page else 'a body that refuses it'}"
    return f"{status}: an accident of the server or of what is before it"


def _cannot(what: str, why: str) -> str:
    return f"cannot be judged until {what}: {why}"


def _first_line(failure: BaseException | None) -> str:
    return str(failure).partition("\nassert ")[0].replace("\n", " ")
