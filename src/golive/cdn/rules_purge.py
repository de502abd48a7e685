"""What a purge must come to."""

from golive.cdn.observation import ResponseSummary
from golive.core.outcome import Blind
from golive.rules.failure import fail


def expect_forgotten(before: ResponseSummary, after: ResponseSummary, again: ResponseSummary) -> None:
    """The edge had the answer in its store, asked the origin anew after the purge, and has it again.

    Raises:
        AssertionError: it answered from what it had before, or stores nothing any more.
        Blind: the edge does not show what its cache does, or had nothing in its store.
    """
    if before.cache != "hit":
        raise Blind(
            f"nothing was in the store before the purge ({before.cache_message})",
            remedy="have the edge cache assets and send Age or Cache-Status",
        )
    for answer in (after, again):
        if answer.status != 200:
            fail("asset after the purge", expected=200, observed=answer.status, where=answer.title)
    if after.cache == "hit":
        observed = f"still a hit ({after.cache_message})"
        fail("purged asset", expected="the origin asked anew", observed=observed, where=after.title)
    if again.cache == "miss":
        fail(
            "asset after the purge", expected="stored again", observed=again.cache_message, where=again.title
        )
