"""Open connections of somebody for whom it is over: they hear nothing more, and change nothing."""

from collections.abc import Sequence
from datetime import timedelta

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.realtime.observation import Ack, Match, RealtimeObservation
from golive.realtime.rules import refusal_of
from golive.rules.failure import fail


def heard_since(observation: RealtimeObservation, match: Match, since: float) -> bool:
    """Whether a matching event came at ``since`` or later."""
    return any(match(event) for event in observation.events if event.at >= since)


def expect_heard(observation: RealtimeObservation, match: Match, *, since: float, what: str) -> None:
    """The twin: somebody for whom it is not over hears, so that silence elsewhere shows something.

    Raises:
        Blind: they do not.
    """
    if not heard_since(observation, match, since):
        raise Blind(
            f"{what} was not heard by {observation.target} either, so silence elsewhere shows nothing",
            remedy="see why members hear nothing first (the line's other checks)",
        )


def expect_deaf(
    observation: RealtimeObservation,
    match: Match,
    *,
    since: float,
    who: str,
    done_at: str,
    within: timedelta,
) -> None:
    """An open connection hears nothing more of a session that is over for whoever has it.

    Args:
        observation: of the connection, closed or standing; it was seen to hear before.
        match: what members hear.
        since: when ``within`` had passed after the end, seconds of `time.monotonic`.
        who: such as "who left".
        done_at: the place at which it ended.
        within: how long places may take to notice.
    """
    count = sum(match(event) for event in observation.events if event.at >= since)
    if count:
        fail(
            f"{who} goes on hearing what members do, on a connection that was open",
            expected=f"nothing later than {format_duration(within)} after the end, which was at {done_at}",
            observed="changes heard" if count > 1 else "a change heard",
            where=observation.target,
        )


def expect_told_everywhere(
    observations: Sequence[RealtimeObservation], match: Match, *, since: float, what: str, done_at: str
) -> None:
    """What members hear at one replica they hear at each; where none of them hears it, it is not told.

    Args:
        observations: of a member's connections, one at each replica; a closed one was told by that.
        match: the event.
        since: when its cause was sent, seconds of `time.monotonic`.
        what: the cause, such as "the end of a session".
        done_at: the place of the cause.
    """
    told = [one for one in observations if heard_since(one, match, since) or not one.connected]
    missed = [one for one in observations if one not in told]
    if told and missed:
        fail(
            f"{what} is told to some members only",
            expected="heard at every replica",
            observed=f"done at {done_at}, heard at {told[0].target} and not here",
            where=missed[0].target,
        )


def is_accepted(answer: Ack | None) -> bool:
    """Whether a server did what was asked, going by its answer; silence and a lost connection did not."""
    return answer is not None and bool(answer.payload) and refusal_of(answer) is None


def expect_powerless(*, is_done: bool, who: str, done_at: str, within: timedelta, where: str) -> None:
    """What was asked over an open connection after the end was not done.

    Args:
        is_done: whether it was, as the session itself shows.
        who: such as "who signed out".
        done_at: the place at which it ended.
        within: how long places may take to notice.
        where: the connection.
    """
    if is_done:
        fail(
            f"{who} goes on changing the session, over a connection that was open",
            expected=f"refused from {format_duration(within)} after the end on, which was at {done_at}",
            observed="the change was made",
            where=where,
        )
