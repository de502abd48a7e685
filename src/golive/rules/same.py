"""Whether two answers can be told apart."""

import json

from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail

_MOVING = frozenset({
    "date", "age", "content-length", "via", "server", "alt-svc", "set-cookie", "etag", "x-request-id",
    "x-correlation-id", "traceparent", "retry-after",
})  # fmt: skip
"""Headers that differ between any two answers."""
_MOVING_FIELDS = frozenset({"timestamp", "time", "date", "requestid", "request_id", "traceid", "instance"})


def expect_same_answer(one: HttpObservation, other: HttpObservation, *, what: str) -> None:
    """Status, kinds of headers and body are the same, but for what differs between any two answers."""
    where = f"{one.title}"
    if one.status != other.status:
        fail(what, expected="the same status", observed=f"{one.status} and {other.status}", where=where)
    headers = [{name for name, _ in seen.headers} - _MOVING for seen in (one, other)]
    limits = {name for name in headers[0] ^ headers[1] if "ratelimit" not in name}
    if limits:
        fail(what, expected="the same headers", observed=f"{', '.join(sorted(limits))} in one", where=where)
    if not one.body or _plain(one) != _plain(other):
        observed = "different bodies" if one.body else "no body at all"
        fail(what, expected="the same body", observed=observed, where=where)


def _plain(observation: HttpObservation) -> str:
    try:
        body = observation.json()
    except ProtocolError:
        return observation.text()
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key.lower() not in _MOVING_FIELDS}
    return json.dumps(body, sort_keys=True)
