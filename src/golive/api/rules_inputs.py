"""What an answer to a wrong input must be: a refusal, which is no accident and gives nothing away."""

from datetime import timedelta

from golive.net.headers import read_age, read_cache_control
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.rules.failure import fail
from golive.rules.http import expect_error_shape

_REFUSALS = (400, 413, 414, 415, 416, 422)
"""Statuses that refuse the input itself: 404, 429 or 502 refuse everybody."""


def expect_input_refused(observation: HttpObservation, *, what: str, also: tuple[int, ...] = ()) -> None:
    """A wrong input is refused as such, with the API's own error body: no success, no accident.

    Args:
        observation: the answer.
        what: the input, in words.
        also: further statuses that refuse it here.
    """
    if observation.status not in (*_REFUSALS, *also):
        wanted = "the input refused (" + ", ".join(map(str, (*_REFUSALS, *also))) + ")"
        accident = ": the input reached code that does not expect it" if observation.status >= 500 else ""
        fail(what, expected=wanted, observed=f"{observation.status}{accident}", where=observation.title)
    expect_error_shape(observation, observation.status)


def expect_private(observation: HttpObservation) -> None:
    """No shared cache may keep the answer for somebody else (RFC 9111, 3 and 5.2.2)."""
    if observation.status != 200:
        fail("private answer", expected=200, observed=observation.status, where=observation.title)
    policy = read_cache_control(observation.header_values("cache-control"))
    wanted = "Cache-Control with private or no-store, neither public nor s-maxage"
    # With field names, private is about these fields only (RFC 9111, 5.2.2.7).
    is_private = policy.get("private") == "" or "no-store" in policy
    if not is_private or policy.keys() & {"public", "s-maxage"}:
        observed = masked_text(observation.header("cache-control") or "") or "no such header"
        fail("private answer", expected=wanted, observed=observed, where=observation.title)
    age = observation.header("age") or ""
    if age.strip() and read_age(observation.header_values("age")) != timedelta(0):
        observed = f"Age {masked_text(age, longest=20)}, from a cache"
        fail("private answer", expected="fresh from the API", observed=observed, where=observation.title)
