"""What an answer to a wrong input must be: a refusal, which is no accident and gives nothing away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from golive.api.rules_privacy import expect_nothing_internal
from golive.net.headers import read_age, read_cache_control
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.rules.error_bodies import expect_error_body
from golive.rules.failure import fail

_REFUSALS = (400, 413, 414, 415, 416, 422)
"""Statuses that refuse the input itself: 404, 429 or 502 refuse everybody."""
_SHOWN = 4
"""Inputs of one kind that are named; the evidence has all of them."""


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
    expect_error_body(observation)


@dataclass(frozen=True, slots=True)
class Tried:
    """A wrong input, where it was sent, and what became of it."""

    place: str
    """The operation: method and route."""
    what: str
    """Which input was wrong, and how."""
    refusals: tuple[int, ...]
    """Statuses that refuse it."""
    answer: HttpObservation


def expect_all_refused(tried: Sequence[Tried]) -> None:
    """Each wrong input is refused as one, by an error that shows nothing internal.

    What is wrong is said once for each operation and kind, with every input that met it.

    Raises:
        AssertionError: one is not.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for one in tried:
        try:
            _expect_refused(one)
        except AssertionError as error:
            kinds.setdefault((one.place, str(error).partition(" — ")[0]), []).append(one.what)
    said = [f"{problem}, for {_inputs(inputs)} — {place}" for (place, problem), inputs in kinds.items()]
    if said:
        raise AssertionError("; ".join(said))


def _expect_refused(one: Tried) -> None:
    answer = one.answer
    if answer.status not in one.refusals:
        wanted = " or ".join(map(str, one.refusals))
        accident = ": the input reached code that does not expect it" if answer.status >= 500 else ""
        fail("wrong input", expected=wanted, observed=f"{answer.status}{accident}", where=one.place)
    expect_error_body(answer)
    expect_nothing_internal(answer)


def _inputs(inputs: Sequence[str]) -> str:
    more = f" and {len(inputs) - _SHOWN} more" if len(inputs) > _SHOWN else ""
    return ", ".join(inputs[:_SHOWN]) + more


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
