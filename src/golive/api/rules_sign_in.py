"""What answers of a sign-in with an identity provider must be, where it must not begin or not succeed.

A refusal is an error of the API, or a way that leads to no session: back to a page of the deployment, or to
the provider to begin anew. Either is fine; only a session that opened is an accusation.
"""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from golive.net.headers import read_location
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_url, token_in_url
from golive.rules.failure import fail
from golive.rules.http import REDIRECTS, expect_refusal


def expect_callback_refused(
    answer: HttpObservation, what: str, *, ours: Collection[str], statuses: Collection[int]
) -> None:
    """A callback is refused by one of ``statuses``, or leads to a place of ``ours`` without any token.

    Args:
        answer: to the callback.
        what: what must be refused, for messages.
        ours: URLs whose origins a refused browser may be sent to: the frontend, the API, the provider.
        statuses: that refuse it.

    Raises:
        AssertionError: it is let in, led astray, or answered by an accident.
        Blind: the rate limit was met.
    """
    if answer.status not in REDIRECTS:
        expect_refusal(answer, what, *statuses)
        return
    place = _place(answer, what)
    if _origin(place) not in {_origin(urlsplit(url)) for url in ours}:
        wanted = "refused, or sent to a page of this deployment"
        fail(what, expected=wanted, observed=f"it leads to {place.hostname}", where=answer.title)
    if token_in_url(place.geturl()) or token_in_url(f"{place.path}?{place.fragment}"):
        fail(what, expected="refused", observed="a token in the address that it leads to", where=answer.title)


def expect_sign_in_not_begun(
    answer: HttpObservation,
    what: str,
    *,
    provider: str,
    ours: Collection[str],
    statuses: Collection[int],
) -> None:
    """A sign-in does not begin: the browser is not sent to ``provider``. Arguments and errors as above."""
    if answer.status in REDIRECTS:
        place = _place(answer, what)
        if place._replace(query="", fragment="").geturl() == provider:
            fail(
                what, expected="refused", observed=f"it begins at {masked_url(provider)}", where=answer.title
            )
    expect_callback_refused(answer, what, ours=ours, statuses=statuses)


def _place(answer: HttpObservation, what: str) -> SplitResult:
    places = answer.header_values("location")
    place = read_location(places, answer.url)
    if place is None:
        observed = f"{answer.status} to {'several places' if len(places) > 1 else 'no place'}"
        fail(what, expected="refused, or one place to go on", observed=observed, where=answer.title)
    return urlsplit(place)


def _origin(parts: SplitResult) -> tuple[str, str]:
    return parts.scheme, parts.netloc.lower()
