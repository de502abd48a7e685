"""Whether lists follow what people say: what they dislike is nowhere, and contexts change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from golive.core.duration import format_duration
from golive.net.masking import masked_text
from golive.rules.failure import fail

Lists = Sequence[Sequence[str]]
"""Ids of tracks, best first; of one question that was asked several times."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One list at one place."""

    what: str
    """Which list, such as "search"."""
    place: str
    ids: Sequence[str]
    where: str


def expect_nowhere(shown: Sequence[Shown], track: str, *, rated_at: str, within: timedelta) -> None:
    """A disliked track is in no list at any place, so long after the rating.

    Args:
        shown: at least one list.
        track: its id.
        rated_at: the place that was told.
        within: how long places may take to notice.
    """
    if not shown:
        fail("lists without what is disliked", expected="lists", observed="none", where=rated_at)
    still = [one for one in shown if track in one.ids]
    if still:
        first = still[0]
        places = ", ".join(dict.fromkeys(one.place for one in still))
        lists = ", ".join(dict.fromkeys(one.what for one in still))
        fail(
            f"what somebody dislikes is still in: {lists}",
            expected=f"nowhere, {format_duration(within)} after the rating at {rated_at}",
            observed=f"rank {list(first.ids).index(track) + 1} at {places}",
            where=first.where,
        )


def expect_context_counts(
    plain: Lists, contexts: Mapping[str, Lists], *, least_change: float, place: str, where: str
) -> None:
    """Each context changes the list by more than the same question differs from itself, and each to its own.

    Lists are compared by their average overlap (0 to 1, the first ranks count most), so that exploring lists
    do not pass for lists of a context.

    Args:
        plain: lists without a context, two at least.
        contexts: by context, two lists of each at least.
        least_change: how much less alike lists must be than lists of the same question are.
        place: where they were asked for.
        where: the route.
    """
    for context, lists in contexts.items():
        alike = min(likeness_within(plain), likeness_within(lists))
        likeness = likeness_between(plain, lists)
        # The less alike lists of one question are, the more of a difference chance makes by itself.
        needed = max(least_change, (1 - alike) / 2)
        if likeness > alike - needed:
            fail(
                f"the context {masked_text(context)} changes nothing",
                expected=f"a list that differs by {needed:.2f} more than the same question does by itself",
                observed=f"likeness {likeness:.2f} to the list without it,"
                f" {alike:.2f} among themselves, at {place}",
                where=where,
            )
    for context, lists in contexts.items():
        others = [other for name, other in contexts.items() if name != context]
        # Near contexts, such as focus and sleep, may agree; nobody needs contexts that all do.
        if others and all(_agree(lists, other) for other in others):
            fail(
                f"the context {masked_text(context)} gets the same list as every other one",
                expected="a list of its own",
                observed=f"the same for {len(contexts)} contexts, at {place}",
                where=where,
            )


def _agree(ones: Lists, others: Lists) -> bool:
    return likeness_between(ones, others) >= min(likeness_within(ones), likeness_within(others))


def likeness_within(lists: Lists) -> float:
    """Return how alike the answers to one question are, 0 to 1."""
    pairs = [average_overlap(one, other) for one, other in combinations(lists, 2)]
    return sum(pairs) / len(pairs) if pairs else 1.0


def likeness_between(ones: Lists, others: Lists) -> float:
    """Return how alike the answers to two questions are, 0 to 1."""
    pairs = [average_overlap(one, other) for one in ones for other in others]
    return sum(pairs) / len(pairs)


def average_overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the mean, over all depths, of the share of tracks that both have down to there."""
    depth = max(len(one), len(other))
    shares = [len(set(one[:rank]) & set(other[:rank])) / rank for rank in range(1, depth + 1)]
    return sum(shares) / len(shares) if shares else 1.0


def expect_same_everywhere(said: Mapping[str, str], *, what: str, where: str) -> None:
    """Every place says the same."""
    values = dict.fromkeys(said.values())
    if len(values) > 1:
        first = next(iter(said.values()))
        other = next(place for place, value in said.items() if value != first)
        fail(
            f"replicas serve different {what}",
            expected=f"the same everywhere, such as {masked_text(first)} at {next(iter(said))}",
            observed=f"{masked_text(said[other])} at {other}",
            where=where,
        )
