"""How requests must be spread over replicas."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from golive.net.masking import masked_text
from golive.rules.failure import fail


def accepted_counts(requests: int, share: float, error: float) -> tuple[int, int]:
    """Return the fewest and the most hits that a share explains: an exact binomial test turned around.

    Args:
        requests: independent draws.
        share: the probability of a hit, above 0 and below 1.
        error: the probability with which a right share may be rejected, half of it at either end
            (the equal-tailed exact test; Clopper and Pearson, 1934).
    """
    probabilities = [
        math.exp(
            math.lgamma(requests + 1) - math.lgamma(hits + 1) - math.lgamma(requests - hits + 1)
            + hits * math.log(share) + (requests - hits) * math.log1p(-share)
        )
        for hits in range(requests + 1)
    ]  # fmt: skip
    return _inner_end(probabilities, error / 2), requests - _inner_end(probabilities[::-1], error / 2)


def _inner_end(probabilities: Sequence[float], error: float) -> int:
    tail = 0.0
    for hits, probability in enumerate(probabilities):
        tail += probability
        if tail > error:
            return hits
    return len(probabilities) - 1


def requests_to_notice(share: float, significance: float) -> int:
    """Return how many requests without a hit show that a replica of this share is out of service.

    With so many, chance alone spares it no more often than ``significance``.
    """
    return math.ceil(math.log(significance) / math.log1p(-share))


def expect_spread(
    answered_by: Sequence[str], shares: Mapping[str, float], *, significance: float, where: str
) -> dict[str, tuple[int, int]]:
    """Requests are spread over the replicas by their shares, as far as chance allows.

    An exact binomial test for each replica, with the significance divided by their number (Bonferroni), so
    that a right balancer, also one that chooses at random, is rejected no more often than ``significance``.

    Args:
        answered_by: for each request the replica that answered.
        shares: replica to weight; two or more.
        significance: over all replicas together.
        where: the public address.

    Returns:
        Replica to the fewest and the most requests that are fine.
    """
    if not answered_by or len(shares) < 2:
        observed = f"{len(answered_by)} answers, {len(shares)} replicas"
        fail("distribution", expected="answers of two replicas or more", observed=observed, where=where)
    counts = Counter(answered_by)
    strangers = sorted(set(counts) - set(shares))
    if strangers:
        observed = ", ".join(map(masked_text, strangers[:4]))
        wanted = f"only {', '.join(shares)}"
        fail("instances that answered", expected=wanted, observed=observed, where=where)
    total = sum(shares.values())
    bounds = {
        name: accepted_counts(len(answered_by), weight / total, significance / len(shares))
        for name, weight in shares.items()
    }
    for name, (fewest, most) in bounds.items():
        if not fewest <= counts[name] <= most:
            wanted = f"{fewest} to {most} of {len(answered_by)} (binomial, significance {significance:g})"
            fail(f"requests to {name}", expected=wanted, observed=counts[name], where=where)
    return bounds


def expect_none_of(answered_by: Sequence[str], replica: str, *, state: str, where: str) -> None:
    """No request reached a replica that is out of service."""
    hits = sum(name == replica for name in answered_by)
    if hits or not answered_by:
        observed = f"{hits} of {len(answered_by)}" if answered_by else "no answer at all"
        fail(f"requests to {replica}, which is {state}", expected="none", observed=observed, where=where)
