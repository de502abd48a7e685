"""Whether a list fits preferences better than chance would, and how varied it is."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from golive.net.masking import masked_text
from golive.rules.failure import fail


def probability_by_chance(hits: int, of: int, share: float) -> float:
    """Return the probability of ``hits`` or more among ``of`` draws that each hit with ``share``.

    The upper tail of the binomial distribution. Drawing without replacement (the hypergeometric case, as
    for a list without duplicates) makes many hits rarer still, so this errs on the side of chance.
    """
    tail = (
        math.comb(of, count) * share**count * (1 - share) ** (of - count)
        for count in range(max(0, hits), of + 1)
    )
    return min(1.0, sum(tail))


def expect_better_than_chance(
    genres: Sequence[str], preferred: Collection[str], *, share: float, significance: float, where: str
) -> float:
    """So many tracks of a list are of preferred genres that chance alone would hardly have chosen them.

    Args:
        genres: of each track of the list.
        preferred: the genres that are liked.
        share: of the whole catalogue that is of these genres.
        significance: the highest probability by chance (one-sided binomial test) that is fine.
        where: which list.

    Returns:
        The probability.
    """
    if not genres or not preferred:
        fail("fit to the preferences", expected="a list and preferences", observed="none", where=where)
    hits = sum(genre in set(preferred) for genre in genres)
    probability = probability_by_chance(hits, len(genres), share)
    if probability > significance:
        least = next(
            (
                n
                for n in range(len(genres) + 1)
                if probability_by_chance(n, len(genres), share) <= significance
            ),
            None,
        )
        wanted = f"{least} or more of {len(genres)}" if least is not None else "a longer list"
        fail(
            f"tracks of preferred genres ({', '.join(sorted(preferred))})",
            expected=f"{wanted} (p ≤ {significance:g})",
            observed=f"{hits}, as chance would choose (p = {probability:.2g})",
            where=where,
        )
    return probability


def expect_share(
    genres: Sequence[str], wanted: Collection[str], *, at_least: float, what: str, where: str
) -> float:
    """At least that part of a list is of the wanted genres.

    Returns:
        The part.
    """
    if not genres or not wanted:
        fail(what, expected="a list and wanted genres", observed="none", where=where)
    hits = sum(genre in set(wanted) for genre in genres)
    if hits < at_least * len(genres):
        counts = Counter(masked_text(genre, longest=30) for genre in genres)
        found = ", ".join(f"{genre} {count}" for genre, count in counts.most_common(4))
        fail(
            what,
            expected=f"{at_least:.0%} or more of {', '.join(sorted(wanted))}",
            observed=f"{hits} of {len(genres)} ({found})",
            where=where,
        )
    return hits / len(genres)


def expect_varied(
    tracks: Sequence[Mapping[str, Sequence[str]]], *, at_most: float, key: str = "artists", where: str
) -> None:
    """No artist stands on more than that part of a list."""
    if not tracks:
        fail("artists", expected="a list", observed="none", where=where)
    counts = Counter(artist for track in tracks for artist in set(track[key]))
    if not counts:
        fail("artists", expected="an artist for every track", observed="none", where=where)
    artist, count = counts.most_common(1)[0]
    # One of two tracks is a half; a share means something only where it allows for two of an artist.
    if count > max(1.0, at_most * len(tracks)):
        fail(
            "tracks of one artist",
            expected=f"at most {at_most:.0%} of the list",
            observed=f"{count} of {len(tracks)} of {masked_text(artist, longest=40)}",
            where=where,
        )
