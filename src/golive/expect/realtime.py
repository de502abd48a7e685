"""What a real-time connection must have received, and must not have."""

from datetime import timedelta

from golive.expect.failure import unmet
from golive.model.duration import format_duration
from golive.probes.realtime import Match, RealtimeEvent, RealtimeObservation


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
        unmet(f"{what} not received once", expected="once", observed=observed, where=observation.target)
    took = matching[0].at - since
    if not 0 <= took <= within.total_seconds():
        observed = format_duration(timedelta(seconds=took))
        unmet(
            f"{what} late",
            expected=f"≤ {format_duration(within)}",
            observed=observed,
            where=observation.target,
        )
    return matching[0]


def expect_not_received(
    observation: RealtimeObservation, match: Match, *, what: str, since: float, for_at_least: timedelta
) -> None:
    """No matching event arrived, at a connection that demonstrably listened.

    Silence proves something only where hearing was possible: the connection must have stood from ``since``
    for at least ``for_at_least``, and still stand.
    """
    matching = [event for event in observation.events if match(event)]
    if matching:
        unmet(f"{what} received by an outsider", expected="never", observed=f"{len(matching)} times",
              where=observation.target)  # fmt: skip
    if not observation.connected or observation.dropped:
        state = "the connection was lost" if not observation.connected else "events were dropped"
        unmet(
            f"{what}: silence proves nothing", expected="listening", observed=state, where=observation.target
        )
    listened = observation.observed_at - max(since, observation.opened_at)
    if observation.opened_at > since or listened < for_at_least.total_seconds():
        observed = format_duration(timedelta(seconds=max(0.0, listened)))
        wanted = f"listened for {format_duration(for_at_least)} from the cause on"
        unmet(f"{what}: silence proves nothing", expected=wanted, observed=observed, where=observation.target)


def _instead(observation: RealtimeObservation) -> str:
    names = ", ".join(dict.fromkeys(event.name for event in observation.events))
    state = "" if observation.connected else ", and the connection was lost"
    return f"never (events received: {names or 'none'}){state}"
