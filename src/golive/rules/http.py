"""What an HTTP answer must be."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit

from pydantic import BaseModel, JsonValue, ValidationError

from golive.core.duration import format_duration
from golive.core.harm import Harm
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError
from golive.net.headers import delta_seconds, read_cache_control, read_hsts, read_location
from golive.net.http_observation import HttpObservation
from golive.net.masking import HIDDEN, SHOWN_HEADERS, masked_text, masked_url
from golive.rules.error_bodies import expect_error_body, words_of
from golive.rules.failure import fail

Model = TypeVar("Model", bound=BaseModel)

_PERMANENT = {301, 308}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Statuses that send a browser elsewhere (RFC 9110, 15.4)."""
_TOO_MANY = 429


def expect_status(observation: HttpObservation, *expected: int) -> None:
    """The status is one of ``expected``."""
    if not expected or observation.status not in expected:
        wanted = " or ".join(map(str, expected)) or "a status to be named"
        fail(
            "wrong status",
            expected=wanted,
            observed=_status(observation),
            where=observation.title,
            cause=_answer(observation),
            remedy=_remedy(observation),
        )


def expect_header(observation: HttpObservation, name: str, expected: str | None = None) -> str:
    """The header is there, not empty, and equal to ``expected`` (without regard to case) where that is given.

    Returns:
        The header's value.
    """
    value = observation.header(name)
    what = f"header {name}"
    if not value or not value.strip():
        fail(what, expected=expected or "a value", observed="no such header", where=observation.title)
    if expected is not None and value.strip().lower() != expected.strip().lower():
        shown = masked_text(value, observation.known) if name.lower() in SHOWN_HEADERS else HIDDEN
        fail(what, expected=expected, observed=shown, where=observation.title)
    return value


def expect_redirect_to_https(
    observation: HttpObservation, *, permanent: bool = False, same_path: bool = True
) -> None:
    """Plain HTTP is answered by a redirect to the same host over HTTPS.

    Args:
        observation: of a request over plain HTTP.
        permanent: demand 301 or 308.
        same_path: demand that path and query are kept.
    """
    asked = urlsplit(observation.url)
    if asked.scheme != "http":
        fail("not a request over plain HTTP", expected="http", observed=asked.scheme, where=observation.title)
    allowed = _PERMANENT if permanent else REDIRECTS
    if observation.status not in allowed:
        wanted = f"a redirect to HTTPS ({', '.join(map(str, sorted(allowed)))})"
        fail(
            "H08 plain HTTP is served",
            expected=wanted,
            observed=_status(observation),
            where=observation.title,
        )
    locations = observation.header_values("location")
    if len(locations) != 1:
        fail(
            "redirect", expected="one Location", observed=f"{len(locations)} of them", where=observation.title
        )
    there = read_location(locations, observation.url)
    if there is None:
        fail("redirect", expected="a URL as Location", observed="none", where=observation.title)
    to = urlsplit(there)
    wanted = f"https://{asked.hostname}{asked.path or '/'}" if same_path else f"https://{asked.hostname}"
    same = to.scheme == "https" and to.hostname == asked.hostname
    if same and same_path:
        same = (to.path or "/", to.query) == (asked.path or "/", asked.query)
    if not same:
        observed = masked_url(locations[0], observation.known)
        case = "H11" if to.hostname != asked.hostname else "H13"
        fail(
            f"{case if to.scheme == 'https' else 'H09'} redirect to the wrong place",
            expected=masked_url(wanted),
            observed=observed,
            where=observation.title,
        )


def expect_hsts(
    observation: HttpObservation, min_age: timedelta, *, include_subdomains: bool = False
) -> None:
    """Strict-Transport-Security is sent once and is valid (RFC 6797, 6.1), for at least ``min_age``."""
    what, where = "Strict-Transport-Security", observation.title
    lines = observation.header_values("strict-transport-security")
    if len(lines) != 1:
        fail(what, expected="one header", observed=f"{len(lines) or 'none'}", where=where)
    found = read_hsts(lines)
    if found.fault or found.max_age is None:
        wanted = "each directive once, max-age in seconds (RFC 6797, 6.1)"
        observed = f"{masked_text(found.fault)}: {masked_text(lines[0]) or 'nothing'}"
        fail(what, expected=wanted, observed=observed, where=where)
    if found.max_age < min_age or found.max_age == timedelta(0):
        wanted = f"max-age of at least {format_duration(min_age)}"
        fail(what, expected=wanted, observed=format_duration(found.max_age), where=where)
    if include_subdomains and not found.subdomains:
        fail(what, expected="includeSubDomains", observed=masked_text(lines[0]), where=where)


def expect_no_store(observation: HttpObservation) -> None:
    """Cache-Control forbids every cache to keep the answer (RFC 9111, 5.2.2.5)."""
    if "no-store" not in read_cache_control(observation.header_values("cache-control")):
        observed = masked_text(observation.header("cache-control") or "") or "no such header"
        fail("Cache-Control", expected="no-store", observed=observed, where=observation.title)


def expect_error_shape(observation: HttpObservation, status: int) -> None:
    """The answer is an error: that status, or what the profile has beside it, with an error's body.

    Where the profile names pages for it, a way there is one as well, if nobody is signed in by it.
    """
    if observation.status in REDIRECTS and observation.refusal.pages:
        _expect_error_page(observation, str(status))
        return
    expect_status(observation, *observation.refusal.statuses(status))
    expect_error_body(observation)


def _expect_error_page(observation: HttpObservation, what: str) -> None:
    places = observation.header_values("location")
    there = urlsplit(read_location(places, observation.url) or "")
    page = there._replace(query="", fragment="").geturl().rstrip("/")
    if page not in {one.rstrip("/") for one in observation.refusal.pages}:
        wanted = "a page that the profile names for refusals"
        fail(what, expected=wanted, observed=masked_url(page) or "no place", where=observation.title)
    for cookie in observation.cookies():
        if cookie.name in observation.refusal.cookies and cookie.is_handed_out:
            fail(what, expected="nobody signed in", observed=f"{cookie.name} is handed out",
                  where=observation.title)  # fmt: skip


def expect_refusal(observation: HttpObservation, what: str, *statuses: int) -> None:
    """What must not get in is refused: one of ``statuses``, in the form of the API's own errors.

    Only a good answer says that something was let in; another status is no refusal as expected, and no
    accusation either.

    Args:
        observation: the answer.
        what: what must be refused, such as "an expired token".
        statuses: that refuse it.

    Raises:
        AssertionError: it is not refused, or not as expected.
        Blind: the rate limit was met, so that nobody knows what would have become of it.
    """
    if observation.status in REDIRECTS and observation.refusal.pages:
        _expect_error_page(observation, what)
        return
    if observation.status not in observation.refusal.statuses(*statuses):
        expect_not_rate_limited(observation, what)
        wanted = f"refused with {' or '.join(map(str, statuses)) or 'a status to be named'}"
        observed = f"{_status(observation)}, {_instead_of_a_refusal(observation)}"
        is_in = is_let_in(observation) and not refuses_in_its_body(observation)
        fail(
            what,
            expected=wanted,
            observed=observed,
            where=observation.title,
            harm=Harm.PEOPLE if is_in else None,
            cause=let_in(what) if is_in else _answer(observation),
            remedy=_remedy(observation),
        )
    expect_error_body(observation)


def expect_not_rate_limited(observation: HttpObservation, what: str) -> None:
    """The request was answered, and not put off by a limit on the suite's own requests.

    Raises:
        Blind: status 429 (RFC 6585, 4), with what the answer says about when to come again.
    """
    if observation.status == _TOO_MANY:
        after = observation.header("retry-after")
        when = f"run it again after {masked_text(after, observation.known, longest=40)}" if after else "wait"
        when += " s" if delta_seconds(after) is not None else ""
        raise Blind(
            f"{what} was answered 429: the suite's own requests met a limit, so nothing was seen"
            f" — {observation.title}",
            remedy=f"{when}, or exempt the suite's address and accounts from the limit",
        )


def let_in(what: str) -> str:
    """The cause of whatever lets in what must be refused; what stands in brackets is a form of the same."""
    return f"{what.partition(' (')[0]} is let in"


def is_let_in(observation: HttpObservation) -> bool:
    """Whether the answer is a success (RFC 9110, 15.3): the only proof that somebody was let in."""
    return 200 <= observation.status < 300


def refuses_in_its_body(observation: HttpObservation) -> bool:
    """Whether a success only by its status says otherwise: a page where the API answers, or an error.

    It lets nobody in. Data beside an error (GraphQL, 7.1) is an answer all the same.
    """
    text = observation.body.lstrip()
    if text[:1] == b"<":
        return True
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, dict) or body.get("data"):
        return False
    statuses = [body.get(name) for name in ("statusCode", "status", "code")]
    return (
        any(body.get(name) for name in ("error", "errors"))
        or any(body.get(name) is False for name in ("success", "ok"))
        or any(isinstance(status, int) and 400 <= status < 600 for status in statuses)
    )


def _instead_of_a_refusal(observation: HttpObservation) -> str:
    status = observation.status
    if is_let_in(observation):
        if refuses_in_its_body(observation):
            return "not let in by what it says, and not refused as expected"
        return "it is let in"
    if status in REDIRECTS:
        return "sent elsewhere, and not refused as expected"
    if 400 <= status < 500:
        return "not let in, and not refused as expected"
    return "an accident of the server or of what is before it, and not refused as expected"


@overload
def expect_json(
    observation: HttpObservation, schema: type[Model], *, may_be_empty: bool = False
) -> Model: ...
@overload
def expect_json(
    observation: HttpObservation, schema: Mapping[str, Any], *, may_be_empty: bool = False
) -> JsonValue: ...
def expect_json(
    observation: HttpObservation,
    schema: type[BaseModel] | Mapping[str, Any],
    *,
    may_be_empty: bool = False,
) -> BaseModel | JsonValue:
    """The body is JSON that fits ``schema``. Messages name places and rules, never values.

    Args:
        observation: the answer.
        schema: a pydantic model, or a JSON Schema (2020-12).
        may_be_empty: whether ``{}``, ``[]``, ``""`` and ``null`` may fit.

    Returns:
        An instance of the model, or the JSON value.
    """
    value = _json(observation)
    if not may_be_empty and value in ({}, [], "", None):
        fail("JSON body", expected="something in it", observed="nothing", where=observation.title)
    if isinstance(schema, type):
        try:
            return schema.model_validate(value)
        except ValidationError as error:
            details = error.errors(include_input=False, include_url=False, include_context=False)
            problems = [f"{_place(entry['loc'])}: {entry['msg']}" for entry in details]
    else:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - half a second to import

        found = Draft202012Validator(schema).iter_errors(value)
        problems = [_unmet(error) for error in found]
        if not problems:
            return value
    observed = "; ".join(masked_text(problem, observation.known) for problem in problems[:3])
    more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
    return fail(
        "JSON body does not fit", expected="the schema", observed=observed + more, where=observation.title
    )


def _answer(observation: HttpObservation) -> str:
    """What other checks meet as well: this route answers its caller with an error."""
    if observation.status < 400:
        return ""
    route = masked_url(observation.url.partition("?")[0], observation.known)
    return f"{observation.method} {route} answers {observation.status}"


def _remedy(observation: HttpObservation) -> str:
    """What an owner does about a status that says whose turn it is."""
    if observation.status >= 500:
        return "look for this request in the server's error log: it failed there"
    if observation.status in (404, 405):
        return "deploy the route, or correct its path and method in the profile"
    return ""


def _json(observation: HttpObservation) -> JsonValue:
    try:
        return observation.json()
    except ProtocolError as error:
        fail("body", expected="JSON", observed=error.message, where=observation.title)


def _unmet(error: Any) -> str:
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"{error.json_path}: no {', '.join(missing)}"
    return f"{error.json_path}: violates {error.validator!r}"


def _place(location: tuple[int | str, ...]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _status(observation: HttpObservation) -> str:
    said = words_of(observation) if observation.status >= 400 else ""
    return f"{observation.status} ({said})" if said else str(observation.status)
