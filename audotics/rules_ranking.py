"""What a ranked list must be."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from golive.net.masking import masked_text
from golive.rules.failure import fail

Ranked = Sequence[Mapping[str, JsonValue]]


def expect_count(items: Ranked, *, at_least: int = 1, at_most: int | None = None, where: str) -> None:
    """The list has that many entries, never none."""
    lowest = max(1, at_least)
    if len(items) < lowest or (at_most is not None and len(items) > at_most):
        wanted = (
            f"{lowest} or more"
            if at_most is None
            else str(lowest)
            if lowest == at_most
            else f"{lowest}–{at_most}"
        )
        fail("length of the list", expected=wanted, observed=len(items), where=where)


def expect_no_duplicates(items: Ranked, *, key: str = "id", where: str) -> None:
    """Every entry has the key, and no two have the same value."""
    counts = Counter(_identities(items, key, where))
    repeated = [f"{masked_text(value)} ({count} times)" for value, count in counts.items() if count > 1]
    if repeated:
        fail("duplicates", expected=f"every {key} once", observed=", ".join(repeated[:3]), where=where)


def expect_scores_ordered(
    items: Ranked, *, key: str = "score", lowest: float = 0.0, highest: float = 1.0, where: str
) -> None:
    """Every entry has a finite score within bounds, and none is higher than the one before."""
    expect_count(items, where=where)
    before = math.inf
    for rank, item in enumerate(items, start=1):
        score = item.get(key)
        if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
            fail(f"{key} at rank {rank}", expected="a number", observed=type(score).__name__, where=where)
        if not lowest <= score <= highest:
            fail(
                f"{key} at rank {rank}",
                expected=f"{lowest:g}–{highest:g}",
                observed=f"{score:g}",
                where=where,
            )
        if score > before:
            wanted = f"at most {before:g}, as at rank {rank - 1}"
            fail(f"order at rank {rank}", expected=wanted, observed=f"{score:g}", where=where)
        before = score


def expect_overlap(
    one: Ranked, other: Ranked, *, at_least: float = 0.0, at_most: float = 1.0, key: str = "id", where: str
) -> None:
    """Two lists share entries within bounds, by the Jaccard index (shared / all, 0 to 1)."""
    index = jaccard(set(_identities(one, key, where)), set(_identities(other, key, where)))
    if not at_least <= index <= at_most:
        wanted = f"{at_least:.2f}–{at_most:.2f} (Jaccard)"
        fail("overlap of two lists", expected=wanted, observed=f"{index:.2f}", where=where)


def jaccard(one: set[str], other: set[str]) -> float:
    """Return shared / all of two sets; 0 for two empty ones."""
    return len(one & other) / len(one | other) if one | other else 0.0


def _identities(items: Ranked, key: str, where: str) -> list[str]:
    expect_count(items, where=where)
    values = [item.get(key) for item in items]
    for rank, value in enumerate(values, start=1):
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            fail(f"{key} at rank {rank}", expected="a text or a number", observed="none", where=where)
    return [str(value) for value in values]
