"""What a real-time connection must have received, and must not have."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.net.errors import HandshakeRefused
from golive.net.masking import masked_text
from golive.realtime.observation import Ack, Match, RealtimeEvent, RealtimeObservation
from golive.rules.failure import fail

_TOO_MANY = 429
_CLIENT_ERRORS = 400
_REFUSING_WORDS = frozenset({"error", "fail", "failed", "failure", "refused", "denied", "rejected"})
"""What an answer's ``status`` says where it refuses."""
_REFUSES_A_CLIENT = (None, 400, 401, 403)
"""Statuses of a handshake that refuse a token or an origin; over some transports there is none."""


def expect_received_once(
    observation: RealtimeObservation, match: Match, *, what: str, since: float, within: timedelta
) -> RealtimeEvent:
    """Exactly one matching event arrived, within the budget.

    Args:
        observation: of the connection that must hear it.
        match: which events are meant.
        what: their name in messages.
        since: when its cause was sent, seconds of `time.monotonic`.
        within: budget from cause to arrival.

    Returns:
        The event.
    """
    matching = [event for event in observation.events if match(event)]
    if len(matching) != 1:
        observed = f"{len(matching)} times" if matching else _instead(observation)
        fail(f"{what} not received once", expected="once", observed=observed, where=observation.target)
    took = matching[0].at - since
    if not 0 <= took <= within.total_seconds():
        observed = format_duration(timedelta(seconds=took))
        fail(
            f"{what} late",
            expected=f"≤ {format_duration(within)}",
            observed=observed,
            where=observation.target,
        )
    return matching[0]


def expect_received(
    observation: RealtimeObservation, match: Match, *, what: str, since: float, within: timedelta
) -> None:
    """A matching event arrived within the budget, however often; arguments as `expect_received_once`."""
    matching = [event for event in observation.events if match(event)]
    if not matching:
        fail(f"{what} not received", expected=f"within {format_duration(within)}",
              observed=_instead(observation), where=observation.target)  # fmt: skip
    expect_received_once(
        replace(observation, events=(matching[0],)), match, what=what, since=since, within=within
    )


def expect_not_received(
    observation: RealtimeObservation, match: Match, *, what: str, since: float, for_at_least: timedelta
) -> None:
    """No matching event arrived, at a connection that demonstrably listened.

    Silence proves something only where hearing was possible: the connection must have stood from ``since``
    for at least ``for_at_least``, and still stand.
    """
    matching = [event for event in observation.events if match(event)]
    if matching:
        fail(f"{what} received by an outsider", expected="never", observed=f"{len(matching)} times",
              where=observation.target)  # fmt: skip
    if not observation.connected or observation.dropped:
        state = "the connection was lost" if not observation.connected else "events were dropped"
        fail(
            f"{what}: silence proves nothing", expected="listening", observed=state, where=observation.target
        )
    listened = observation.observed_at - max(since, observation.opened_at)
    if observation.opened_at > since or listened < for_at_least.total_seconds():
        observed = format_duration(timedelta(seconds=max(0.0, listened)))
        wanted = f"listened for {format_duration(for_at_least)} from the cause on"
        fail(f"{what}: silence proves nothing", expected=wanted, observed=observed, where=observation.target)


def _instead(observation: RealtimeObservation) -> str:
    names = ", ".join(dict.fromkeys(event.name for event in observation.events))
    state = "" if observation.connected else ", and the connection was lost"
    return f"never (events received: {names or 'none'}){state}"


def expect_accepted(answer: Ack, *, within: timedelta | None = None) -> None:
    """The server did what was asked, and said so; ``within`` bounds how long that took."""
    refusal = refusal_of(answer)
    if refusal is not None or not answer.payload:
        observed = "an empty answer" if refusal is None else f"a refusal ({refusal})"
        fail(f"answer to {answer.event}", expected="accepted", observed=observed, where=answer.target)
    if within is not None and answer.elapsed_ms > within.total_seconds() * 1000:
        what, wanted = f"acknowledgement of {answer.event} late", f"≤ {format_duration(within)}"
        fail(what, expected=wanted, observed=f"{answer.elapsed_ms:.0f} ms", where=answer.target)


def expect_refused(answer: Ack, *, what: str) -> None:
    """The server refused what was asked, and said so: an accident of its own is no refusal."""
    refusal = refusal_of(answer)
    if refusal is None:
        fail(what, expected="an error as the answer", observed="accepted", where=answer.target)
    if refusal.startswith("5"):
        wanted = "the request refused"
        fail(what, expected=wanted, observed=f"an accident of the server ({refusal})", where=answer.target)


def expect_client_refused(refusal: HandshakeRefused, *, what: str) -> None:
    """A handshake was refused for what the client is: a gateway's error refuses everybody.

    Raises:
        AssertionError: it was refused for something else.
        Blind: a limit on the suite's own connections refused it.
    """
    if refusal.status == _TOO_MANY:
        raise Blind(
            f"a handshake {what} met a limit on the suite's own connections (429) — {refusal.target}",
            remedy="exempt the suite's address and accounts from the limit, or run it again later",
        )
    if refusal.status not in _REFUSES_A_CLIENT:
        wanted = "the client itself refused"
        fail(f"handshake {what}", expected=wanted, observed=refusal.message, where=refusal.target)


def refusal_of(answer: Ack) -> str | None:
    """Return how an answer refuses, status first where it names one; None when it does not."""
    body = answer.payload
    if not isinstance(body, dict) or not _says_no(body):
        return None
    error = body.get("error", body)
    if not isinstance(error, dict):
        return masked_text(str(error), longest=80)
    parts = (error.get("statusCode") or error.get("code"), error.get("message"))
    return masked_text(" ".join(str(part) for part in parts if part), longest=80) or "no reason given"


def _says_no(body: dict[str, JsonValue]) -> bool:
    # `error: null` beside an answer is a success, as in JSON-RPC's and Node's own style.
    if body.get("error") not in (None, False) or body.get("ok") is False or body.get("success") is False:
        return True
    status = body.get("status", body.get("statusCode"))
    if isinstance(status, int) and not isinstance(status, bool):
        return status >= _CLIENT_ERRORS
    return isinstance(status, str) and status.lower() in _REFUSING_WORDS


def expect_in_order(
    observation: RealtimeObservation, match: Match, *, what: str, count: int, version: str | None
) -> None:
    """Exactly ``count`` matching events arrived, in the order in which their causes were made.

    Args:
        observation: of the connection that must hear them.
        match: which events are meant.
        what: their name in messages.
        count: how many were caused.
        version: field (dots lead into objects) that counts them one by one; None where there is none.
    """
    matching = [event for event in observation.events if match(event)]
    if len(matching) != count or observation.dropped:
        dropped = f", {observation.dropped} dropped by the suite itself" if observation.dropped else ""
        fail(what, expected=f"{count} times", observed=f"{len(matching)} times{dropped}",
              where=observation.target)  # fmt: skip
    if version is None:
        return
    numbers = [_at(event.payload, version) for event in matching]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        fail(f"{version} of {what}", expected="a number", observed="none", where=observation.target)
    for place, (before, after) in enumerate(pairwise(numbers), start=2):
        if after != before + 1:  # type: ignore[operator]  # numbers, as was just seen
            wanted, observed = f"{version} {before + 1}", f"{version} {after}"  # type: ignore[operator]
            what = f"order of {what}: event {place} of {count}"
            fail(what, expected=wanted, observed=observed, where=observation.target)


def _at(value: JsonValue, path: str) -> JsonValue:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
