"""What the answer to a rightful request must be: the twin of what must be refused."""

from typing import NoReturn
from urllib.parse import urlsplit

from golive.core.controls import SEE_TO_THAT, Unjudged, cannot, first_line
from golive.net.headers import read_location
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail
from golive.rules.http import REDIRECTS, expect_not_rate_limited, is_let_in, refuses_in_its_body

_NO_SUCH_ROUTE = {404: "no such route", 405: "no such method there", 410: "the route is gone"}


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
        raise Unjudged(cannot(what, first_line(failure)), remedy=SEE_TO_THAT) from None


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


def expect_spoken(answer: HttpObservation, *, where: str, elsewhere: HttpObservation | None = None) -> None:
    """What answers is the application, and no wall, gateway or page before it that answers everybody alike.

    Args:
        answer: to a request that needs no rights.
        where: the application should answer, in words.
        elsewhere: the answer at another path, which tells a gateway that is in trouble everywhere from an
            application that says 5xx of its own health.

    Raises:
        AssertionError: something before it answers.
        Blind: the rate limit was met.
    """
    expect_not_rate_limited(answer, where)
    is_a_page = is_let_in(answer) and answer.body.lstrip()[:1] == b"<"
    in_trouble = answer.status >= 500 and elsewhere is not None and elsewhere.status >= 500
    if answer.status in REDIRECTS or answer.status in (401, 403) or is_a_page or in_trouble:
        _not_answered(answer, route=where, who="anybody")


def expect_twin_spoken(answer: HttpObservation, what: str) -> None:
    """In the middle of a check: what follows rests on the application's own answer, as `expect_spoken`.

    Raises:
        Unjudged: something before it answers.
    """
    try:
        expect_spoken(answer, where=what)
    except AssertionError as failure:
        raise Unjudged(cannot(what, first_line(failure)), remedy=SEE_TO_THAT) from None


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
    if status < 500:
        return f"{status}: refused"
    return f"{status}: an accident of the server or of what is before it"
