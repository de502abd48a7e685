"""What the body of an error must be: any form that clients can read, or the one that the profile names.

Read are ``{statusCode, message}``, problem details (RFC 9457), ``{error: {…}}``, ``{error: "…"}`` (RFC 6749,
5.2), ``{errors: […]}`` (JSON:API, 7.2), ``{detail}``, and a list of errors. A body says something in words,
and no other status than the answer's own.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from golive.net.errors import ProtocolError
from golive.net.headers import read_media_types
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.rules.failure import fail

_WORDS = ("message", "detail", "title", "error_description", "description", "reason", "msg", "error", "code")
_STATUSES = ("statusCode", "status_code", "status", "code")
_INTERNAL = frozenset({"stack", "trace", "stacktrace", "sql", "query"})
_DEEPEST = 3


def expect_error_body(observation: HttpObservation) -> None:
    """The body is an error's, in the form that the deployment promises, and shows nothing internal.

    Raises:
        AssertionError: it is none, contradicts the status, or shows what is internal.
    """
    form, where = observation.refusal.body, observation.title
    if form == "any" and not _is_json(observation):
        return
    body = _json(observation)
    if not isinstance(body, dict | list):
        fail("error body", expected="a JSON object", observed=type(body).__name__, where=where)
    if form not in ("json", "any") and not _FORMS[form](body):
        fail("error body", expected=f"of the form {form!r}", observed="another", where=where)
    other = next((said for said in _statuses(body) if said != observation.status), None)
    if other is not None:
        fail("error body's statusCode", expected=observation.status, observed=other, where=where)
    if not _words(body) or any(one.get("message", "said") in ("", None, [], {}) for one in _errors(body)):
        fail("error body", expected="a message", observed="none", where=where)
    leaks = sorted({key for one in _errors(body) for key in _INTERNAL & {name.lower() for name in one}})
    if leaks:
        fail("error body", expected="nothing internal", observed=", ".join(leaks), where=where)


def words_of(observation: HttpObservation) -> str:
    """Return what an error says in words; empty where it says nothing."""
    try:
        body = observation.json()
    except ProtocolError:
        return ""
    return masked_text(_words(body), observation.known, longest=120)


def _json(observation: HttpObservation) -> JsonValue:
    try:
        return observation.json()
    except ProtocolError as error:
        fail("body", expected="JSON", observed=error.message, where=observation.title)


def _is_json(observation: HttpObservation) -> bool:
    types = read_media_types(observation.header_values("content-type"))
    return any(one == "application/json" or one.endswith("+json") for one in types)


def _errors(body: JsonValue, depth: int = 0) -> Iterator[Mapping[str, JsonValue]]:
    """The error itself, and what it is wrapped in or made of; names of wrong fields are no keys of it."""
    if isinstance(body, list):
        for one in body:
            yield from _errors(one, depth + 1)
    elif isinstance(body, dict) and depth <= _DEEPEST:
        yield body
        for key in ("error", "errors"):
            inner = body.get(key)
            if key == "error" or isinstance(inner, list):
                yield from _errors(inner, depth + 1)


def _statuses(body: JsonValue) -> Iterator[int | str]:
    """Statuses that it says, in digits too (JSON:API); a ``code`` may be the application's own number."""
    for one in _errors(body):
        for key in _STATUSES:
            value = one.get(key)
            if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool):
                if (400 if key == "code" else 100) <= value < 600:
                    yield value
            elif key == "statusCode" and value is not None:
                yield "no number"


def _words(body: JsonValue, depth: int = 0) -> str:
    if depth > _DEEPEST:
        return ""
    if isinstance(body, str):
        return body.strip()
    if isinstance(body, list):
        return next((words for one in body if (words := _words(one, depth + 1))), "")
    if not isinstance(body, dict):
        return ""
    own = (_words(body.get(key), depth + 1) for key in _WORDS)
    fields = body.get("errors")
    inner = fields.values() if isinstance(fields, dict) else [fields]
    below = (_words(one, depth + 1) for one in inner)
    return next((words for words in (*own, *below) if words), "")


def _is_status_code(body: JsonValue) -> bool:
    return isinstance(body, dict) and "statusCode" in body and bool(body.get("message"))


def _is_problem(body: JsonValue) -> bool:
    return isinstance(body, dict) and any(body.get(key) for key in ("type", "title", "detail"))


def _is_nested(body: JsonValue) -> bool:
    return isinstance(body, dict) and bool(body.get("error"))


def _is_list(body: JsonValue) -> bool:
    return isinstance(body, dict) and bool(body.get("errors"))


def _is_detail(body: JsonValue) -> bool:
    return isinstance(body, dict) and bool(body.get("detail"))


_FORMS = {
    "status_code": _is_status_code,
    "problem": _is_problem,
    "nested": _is_nested,
    "list": _is_list,
    "detail": _is_detail,
}
"""Each form that a profile may name, and what is of it."""
