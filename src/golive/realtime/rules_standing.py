"""What people in a room must be told over time: each event at every place, after a silence too."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.realtime.observation import Match, RealtimeObservation
from golive.rules.failure import fail


def expect_told_everywhere(
    seen: Sequence[RealtimeObservation], match: Match, *, what: str, since: float, within: timedelta
) -> None:
    """Everybody who listens, at every place, was told exactly once and in time.

    Args:
        seen: connections that stand, at least one.
        match: which events are meant; only those that came at ``since`` or later count.
        what: the event's name.
        since: when its cause was sent, seconds of `time.monotonic`.
        within: from cause to arrival.
    """
    if not seen:
        fail(f"{what} told", expected="listeners", observed="none", where="real time")
    for one in seen:
        _expect_all_kept(one)
        times = [event.at - since for event in one.events if event.at >= since and match(event)]
        if not times:
            state = "" if one.connected else ", and the connection was lost"
            fail(
                f"people are not told of {what}",
                expected=f"within {format_duration(within)} at every replica",
                observed=f"never{state}, at {_share(seen, match, since)}",
                where=one.target,
            )
        if len(times) > 1:
            fail(
                f"people are told of {what} more than once",
                expected="once",
                observed=f"{len(times)} times",
                where=one.target,
            )
        if times[0] > within.total_seconds():
            fail(
                f"people are told late of {what}",
                expected=f"within {format_duration(within)}",
                observed=f"{times[0]:.2f} s",
                where=one.target,
            )


def expect_each_once_in_order(
    observation: RealtimeObservation,
    match: Match,
    *,
    what: str,
    since: float,
    count: int,
    version: str | None,
) -> None:
    """Exactly ``count`` events came at ``since`` or later, and what numbers them only grows.

    Args:
        observation: of a connection that must hear them.
        match: which events are meant.
        what: their name.
        since: when the first cause was sent, seconds of `time.monotonic`.
        count: how many were caused, one after the other.
        version: field (dots lead into objects) that grows with each; None where there is none.
    """
    _expect_all_kept(observation)
    events = [event for event in observation.events if event.at >= since and match(event)]
    if len(events) != count:
        fail(
            f"{what} {'more often' if len(events) > count else 'less often'} than it happened",
            expected=f"{count} times",
            observed=f"{len(events)} times",
            where=observation.target,
        )
    if version is None:
        return
    numbers = [number_at(event.payload, version) for event in events]
    for place, (before, after) in enumerate(pairwise(numbers), start=2):
        if before is None or after is None or after <= before:
            fail(
                f"{what} out of order",
                expected=f"{version} above {before} at event {place} of {count}",
                observed=str(after),
                where=observation.target,
            )


def number_at(payload: JsonValue, path: str) -> int | None:
    """Return the whole number at a dotted path of a payload; None where there is none."""
    for key in path.split("."):
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload if isinstance(payload, int) and not isinstance(payload, bool) else None


def expect_kept(observation: RealtimeObservation, *, idle_for: timedelta) -> None:
    """A connection on which nothing was said for so long still stands.

    Raises:
        Blind: it was not watched for so long.
    """
    _expect_all_kept(observation)
    stood = observation.observed_at - observation.opened_at
    if not observation.connected:
        fail(
            "a connection on which nothing is said is ended",
            expected=f"kept for {format_duration(idle_for)}",
            observed="lost",
            where=observation.target,
            remedy="see which proxy ends idle connections, or have the server ping more often than it waits",
        )
    if stood < idle_for.total_seconds():
        raise Blind(
            f"a connection was watched for {stood:.1f} s only — {observation.target}",
            remedy="run it again",
        )


def _expect_all_kept(observation: RealtimeObservation) -> None:
    if observation.dropped:
        raise Blind(
            f"{observation.dropped} events were dropped by the suite itself — {observation.target}",
            remedy="run it when less is said",
        )


def _share(seen: Sequence[RealtimeObservation], match: Match, since: float) -> str:
    deaf = [one for one in seen if not any(event.at >= since and match(event) for event in one.events)]
    return f"{len(deaf)} of {len(seen)} connections"
